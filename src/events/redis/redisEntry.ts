import { z } from 'zod';
import { Gender } from '../../dataspike/applicant';
import { CheckErrorCategory } from '../../dataspike/checkError';
import { DocumentType } from '../../dataspike/document';
import { CheckStatus, CheckStep, type Verification, VerificationStatus } from '../../dataspike/verification';
import { isCursor } from '../cursor';
import { type VerificationEvent, VerificationEventSource } from '../verificationEvent';

/** One entry of the stream, ours or not. */
export interface RedisEntry {
  readonly cursor: string;
  /** Cursor of the entry before it; null when it does not say, which ours do. */
  readonly previous: string | null;
  /** Null when it is not an event that this version can read. */
  readonly event: VerificationEvent | null;
}

/** The field `event` of an entry of version 1. The other fields are `v`, `previous` and `previousStatus`. */
export function eventPayload(event: Omit<VerificationEvent, 'cursor' | 'previousStatus'>): string {
  const { source, occurredAt, acceptedAt, verification, traceparent } = event;
  return JSON.stringify({ source, occurredAt, acceptedAt, verification, traceparent });
}

/** Never throws: what is in Redis may have been written by anybody. */
export function parseEntry(cursor: string, fields: Readonly<Record<string, string | undefined>>): RedisEntry {
  const previous = fields.previous !== undefined && isCursor(fields.previous) ? fields.previous : null;
  if (fields.v !== '1' || !isCursor(cursor)) return { cursor, previous, event: null };
  const payload = payloadSchema.safeParse(parseJson(fields.event ?? ''));
  if (!payload.success) return { cursor, previous, event: null };
  const previousStatus = fields.previousStatus ? statusSchema.parse(fields.previousStatus) : null;
  return { cursor, previous, event: { cursor, previousStatus, ...payload.data } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// A process of the next release may know more values than this one: they are UNKNOWN here, as those of Dataspike are.
const statusSchema = z.enum(VerificationStatus).catch('UNKNOWN');
const documentTypeSchema = z.enum(DocumentType).catch('UNKNOWN');
const nullableText = z.string().nullable();
const objectSchema = z.record(z.string(), z.unknown());

const checkSchema = z.object({
  step: z.enum(CheckStep).catch('UNKNOWN'),
  rawStep: z.string(),
  status: z.enum(CheckStatus).catch('UNKNOWN'),
  errors: z.array(
    z.object({ code: z.number(), message: z.string(), category: z.enum(CheckErrorCategory).catch('UNKNOWN') }),
  ),
  pendingDocuments: z.array(documentTypeSchema),
  livenessScore: z.number().nullable(),
  data: objectSchema.nullable(),
});

const identityDocumentSchema = z.object({
  type: documentTypeSchema.nullable(),
  number: nullableText,
  fullName: nullableText,
  name: nullableText,
  surname: nullableText,
  dateOfBirth: nullableText,
  sex: z.enum(Gender).catch('UNKNOWN').nullable(),
  nationality: nullableText,
  issuingCountry: nullableText,
  issuedOn: nullableText,
  expiresOn: nullableText,
  personalNumber: nullableText,
  hasMrz: z.boolean().nullable(),
  other: objectSchema.nullable(),
});

const verificationSchema: z.ZodType<Verification> = z.object({
  id: z.string(),
  shortId: nullableText,
  status: statusSchema,
  rawStatus: z.string(),
  isFinal: z.boolean(),
  applicantId: nullableText,
  profileId: nullableText,
  url: nullableText,
  checks: z.array(checkSchema),
  documents: z.array(
    z.object({ id: z.string(), type: documentTypeSchema, rawType: z.string(), contentType: nullableText }),
  ),
  documentType: documentTypeSchema.nullable(),
  identityDocument: identityDocumentSchema.nullable(),
  country: nullableText,
  isSandbox: z.boolean().nullable(),
  createdAt: nullableText,
  completedAt: nullableText,
  expiresAt: nullableText,
  duplicateApplicantIds: z.array(z.string()),
});

const payloadSchema = z.object({
  source: z.enum(VerificationEventSource),
  occurredAt: z.string(),
  acceptedAt: z.number(),
  verification: verificationSchema,
  // An event is none the worse for one that cannot be read.
  traceparent: z.string().optional().catch(undefined),
});
