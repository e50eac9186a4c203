import { randomUUID } from 'node:crypto';
import { DocumentType } from '../dataspike/document';
import { isRecord } from '../dataspike/wire';
import { loadJose } from './loadJose';

/** Whose file it is: an applicant's, or one for a verification, which is uploaded by its short id. */
export type UploadRecipient =
  | { readonly kind: 'applicant'; readonly applicantId: string }
  | { readonly kind: 'verification'; readonly verificationId: string; readonly shortId: string };

/** What one upload is allowed to do. */
export interface UploadPermit {
  readonly recipient: UploadRecipient;
  readonly documentType: DocumentType;
  readonly side: 'front' | 'back' | null;
  /** ISO 3166-1 alpha-2 */
  readonly issuedCountry: string | null;
}

/** What one link shows. */
export interface DownloadPermit {
  readonly documentId: string;
  readonly rendition: 'content' | 'preview';
  /** The request that the link was made for, which the access record names together with the caller. */
  readonly issuedFor: string;
}

export interface IssuedTicket {
  /** Letters, digits, `-`, `_` and `.` only. */
  readonly ticket: string;
  /** RFC 3339, UTC; whole seconds */
  readonly expiresAt: string;
}

/** A ticket that was accepted. */
export type Admitted<P> = P & {
  /** The same for every use of one ticket. */
  readonly ticketId: string;
  /** Until it expires; more than 0. */
  readonly remainingMs: number;
};

/**
 * Signed permits to send or fetch one file without a token. Whoever holds one needs nothing else, and a browser keeps
 * addresses: they are short-lived, and hold ids but nothing about a person or a caller.
 */
export interface FileTickets {
  /** @param rightEndsAt when the caller's own right ends (RFC 3339); null: not by itself. A ticket never outlives it. */
  issueUpload(permit: UploadPermit, rightEndsAt: string | null): Promise<IssuedTicket>;
  issueDownload(permit: DownloadPermit, rightEndsAt: string | null): Promise<IssuedTicket>;
  /** @returns null for what is no ticket of ours for this purpose */
  readUpload(ticket: string): Promise<Admitted<UploadPermit> | 'expired' | null>;
  readDownload(ticket: string): Promise<Admitted<DownloadPermit> | 'expired' | null>;
}

const UPLOAD_MS = 10 * 60_000;
const DOWNLOAD_MS = 5 * 60_000;

/**
 * Tickets are JWTs (RFC 7519) with HS256. A permit for one purpose is none for the other (`aud`).
 * @param key 32 bytes for this purpose alone; every process that shares it accepts the others' tickets
 * @param now milliseconds since 1970; default the system's clock
 */
export function createFileTickets({ key, now = Date.now }: { key: Uint8Array; now?: () => number }): FileTickets {
  async function issue(audience: string, permit: object, ttlMs: number, rightEndsAt: string | null) {
    const endMs = Math.min(now() + ttlMs, rightEndsAt === null ? Number.POSITIVE_INFINITY : Date.parse(rightEndsAt));
    const endSeconds = Math.floor(endMs / 1000);
    const { SignJWT } = await loadJose();
    const ticket = await new SignJWT({ permit })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(audience)
      .setJti(randomUUID())
      .setExpirationTime(endSeconds)
      .sign(key);
    return { ticket, expiresAt: new Date(endSeconds * 1000).toISOString() };
  }

  async function read<P>(
    audience: string,
    readPermit: (value: unknown) => P | null,
    ticket: string,
  ): Promise<Admitted<P> | 'expired' | null> {
    const { errors, jwtVerify } = await loadJose();
    try {
      const rules = { algorithms: ['HS256'], audience, requiredClaims: ['exp', 'jti'], currentDate: new Date(now()) };
      const { payload } = await jwtVerify(ticket, key, rules);
      const remainingMs = Number(payload.exp) * 1000 - now();
      const permit = readPermit(payload.permit);
      return permit && { ...permit, ticketId: String(payload.jti), remainingMs };
    } catch (error) {
      // jose looks at the signature and the audience before it looks at the time.
      if (error instanceof errors.JWTExpired) return 'expired';
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  return {
    issueUpload: (permit, rightEndsAt) => issue('upload', permit, UPLOAD_MS, rightEndsAt),
    issueDownload: (permit, rightEndsAt) => issue('download', permit, DOWNLOAD_MS, rightEndsAt),
    readUpload: (ticket) => read('upload', readUploadPermit, ticket),
    readDownload: (ticket) => read('download', readDownloadPermit, ticket),
  };
}

/** @returns null where it is none, such as one of another release */
function readUploadPermit(value: unknown): UploadPermit | null {
  if (!isRecord(value)) return null;
  const { documentType, side, issuedCountry } = value as unknown as UploadPermit;
  const recipient = readRecipient(value.recipient);
  const isPermit =
    typeof documentType === 'string' &&
    Object.hasOwn(DocumentType, documentType) &&
    (side === null || side === 'front' || side === 'back') &&
    (issuedCountry === null || typeof issuedCountry === 'string');
  return recipient && isPermit ? { recipient, documentType, side, issuedCountry } : null;
}

function readRecipient(value: unknown): UploadRecipient | null {
  if (!isRecord(value)) return null;
  const { kind, applicantId, verificationId, shortId } = value;
  if (kind === 'applicant' && isId(applicantId)) return { kind, applicantId };
  return kind === 'verification' && isId(verificationId) && isId(shortId) ? { kind, verificationId, shortId } : null;
}

function readDownloadPermit(value: unknown): DownloadPermit | null {
  if (!isRecord(value)) return null;
  const { documentId, rendition, issuedFor } = value;
  if (!isId(documentId) || typeof issuedFor !== 'string') return null;
  return rendition === 'content' || rendition === 'preview' ? { documentId, rendition, issuedFor } : null;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
