import type { CheckError } from './checkError';
import type { Document, DocumentType, IdentityDocument } from './document';

export const VerificationStatus = {
  INITIAL: 'INITIAL',
  PENDING: 'PENDING',
  IN_PROGRESS: 'IN_PROGRESS',
  VERIFIED: 'VERIFIED',
  FAILED: 'FAILED',
  CANCELED: 'CANCELED',
  EXPIRED: 'EXPIRED',
  UNKNOWN: 'UNKNOWN',
} as const;
export type VerificationStatus = keyof typeof VerificationStatus;

export const CheckStep = {
  DOCUMENT_MRZ: 'DOCUMENT_MRZ',
  DOCUMENT_OCR: 'DOCUMENT_OCR',
  FACE_COMPARISON: 'FACE_COMPARISON',
  LIVENESS: 'LIVENESS',
  PROOF_OF_ADDRESS: 'PROOF_OF_ADDRESS',
  UNKNOWN: 'UNKNOWN',
} as const;
export type CheckStep = keyof typeof CheckStep;

export const CheckStatus = {
  PENDING: 'PENDING',
  IN_PROGRESS: 'IN_PROGRESS',
  VERIFIED: 'VERIFIED',
  FAILED: 'FAILED',
  UNKNOWN: 'UNKNOWN',
} as const;
export type CheckStatus = keyof typeof CheckStatus;

export interface Verification {
  readonly id: string;
  readonly shortId: string | null;
  readonly status: VerificationStatus;
  /** The vendor's own word. */
  readonly rawStatus: string;
  /** VERIFIED, FAILED, CANCELED and EXPIRED; an unknown status is not final. */
  readonly isFinal: boolean;
  readonly applicantId: string | null;
  readonly profileId: string | null;
  /** Hosted page, exactly as given. */
  readonly url: string | null;
  /** In the order document, face, liveness, address, then unknown steps. */
  readonly checks: readonly Check[];
  readonly documents: readonly Document[];
  readonly documentType: DocumentType | null;
  readonly identityDocument: IdentityDocument | null;
  /** ISO 3166-1 alpha-2 */
  readonly country: string | null;
  readonly isSandbox: boolean | null;
  /** RFC 3339, UTC, milliseconds; so are the other times */
  readonly createdAt: string | null;
  readonly completedAt: string | null;
  readonly expiresAt: string | null;
  readonly duplicateApplicantIds: readonly string[];
}

export interface Check {
  readonly step: CheckStep;
  readonly rawStep: string;
  readonly status: CheckStatus;
  readonly errors: readonly CheckError[];
  readonly pendingDocuments: readonly DocumentType[];
  /** 0 to 1 */
  readonly livenessScore: number | null;
  readonly data: Readonly<Record<string, unknown>> | null;
}

/** One thing that the applicant did on the hosted page (tracking event, v4). */
export interface VerificationActivity {
  /** The vendor's own word: open, upload_file, submit, set_country, set_custom_fields, upload_custom_file. */
  readonly event: string;
  readonly occurredAt: string | null;
  readonly httpStatus: number | null;
  readonly errorCodes: readonly number[];
  /** ISO 3166-1 alpha-2 of where the applicant was. */
  readonly country: string | null;
  readonly ipAddress: string | null;
  readonly deviceType: string | null;
  readonly deviceOs: string | null;
  readonly browser: string | null;
}

export interface CreateVerification {
  readonly applicantId?: string | null;
  /** Left out: the organisation's default profile. */
  readonly profileId?: string | null;
  /** ISO 3166-1 alpha-2 */
  readonly applicantCountry?: string | null;
  /** 1 to 10080; Dataspike's default is 240 */
  readonly expirationMinutes?: number | null;
  readonly checksRequired?: readonly DocumentType[] | null;
  readonly redirectUrl?: string | null;
  readonly sandboxResult?: SandboxResult | null;
}

/** Fixes the outcome in advance; sandbox only. Error codes per check. */
export interface SandboxResult {
  readonly status: VerificationStatus;
  readonly errors?: {
    readonly documentMrz?: readonly number[] | null;
    readonly faceComparison?: readonly number[] | null;
    readonly poa?: readonly number[] | null;
    readonly liveness?: readonly number[] | null;
  } | null;
}

export interface VerificationFilter {
  readonly name?: string | null;
  /** ISO 3166-1 alpha-2 */
  readonly country?: string | null;
  /** YYYY-MM-DD, both ends included */
  readonly createdFrom?: string | null;
  readonly createdTo?: string | null;
  readonly documentTypes?: readonly DocumentType[] | null;
  readonly profileIds?: readonly string[] | null;
  readonly statuses?: readonly VerificationStatus[] | null;
}

/** Whether nothing is expected to change any more. UNKNOWN is not final: the vendor may have a new word on the way. */
export function isFinalStatus(status: VerificationStatus): boolean {
  return status === 'VERIFIED' || status === 'FAILED' || status === 'CANCELED' || status === 'EXPIRED';
}

/**
 * Whether a verification can have got from one status to the other, in any number of steps; staying counts. UNKNOWN on
 * either side is never reachable: ask Dataspike instead.
 */
export function isReachable(from: VerificationStatus, to: VerificationStatus): boolean {
  if (from === 'UNKNOWN' || to === 'UNKNOWN') return false;
  return REACHABLE[from].has(to);
}

type KnownStatus = Exclude<VerificationStatus, 'UNKNOWN'>;

/** Single steps, guide section 3. CANCELED and EXPIRED may replace each other: the documentation allows it literally. */
const NEXT: Readonly<Record<KnownStatus, readonly KnownStatus[]>> = {
  INITIAL: ['PENDING', 'IN_PROGRESS', 'CANCELED', 'EXPIRED'],
  PENDING: ['IN_PROGRESS', 'CANCELED', 'EXPIRED'],
  IN_PROGRESS: ['VERIFIED', 'FAILED', 'CANCELED'],
  VERIFIED: [],
  FAILED: [],
  CANCELED: ['EXPIRED'],
  EXPIRED: ['CANCELED'],
};

const REACHABLE = Object.fromEntries(
  (Object.keys(NEXT) as KnownStatus[]).map((status) => [status, reachableFrom(status)]),
) as Readonly<Record<KnownStatus, ReadonlySet<VerificationStatus>>>;

function reachableFrom(start: KnownStatus): ReadonlySet<VerificationStatus> {
  const reached = new Set<KnownStatus>([start]);
  // A set yields what is added while it is walked, so this ends when a step adds nothing new.
  for (const status of reached) for (const next of NEXT[status]) reached.add(next);
  return reached;
}
