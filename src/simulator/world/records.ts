import type { CheckStep, VerificationStatus } from './vocabulary';

/** Facts about an applicant, with the vendor's field names. */
export type Info = Record<string, unknown>;

export interface Applicant {
  readonly id: string;
  /** 1 for the first applicant; made-up values follow from it */
  readonly ordinal: number;
  readonly externalId: string | null;
  readonly createdAtMs: number;
  type: string;
  email: string | null;
  phone: string | null;
  providedInfo: Info;
  systemInfo: Info;
  verificationStatus: 'initial' | 'queued' | 'passed' | 'failed';
  amlScreeningEnabled: boolean;
  lastScreening: { readonly id: string; readonly atMs: number; readonly risk: string; readonly tags: string[] } | null;
  telegramProfile: string | null;
  searchOptions: Info | null;
  duplicateIds: readonly string[];
  /** Oldest first */
  readonly verifications: Verification[];
  /** Oldest first */
  readonly documents: StoredDocument[];
}

export interface StoredDocument {
  readonly id: string;
  /** 1 for the first document of all; tells which of two identical files came first */
  readonly ordinal: number;
  readonly applicant: Applicant;
  /** As it is listed: two-sided documents with `_front` or `_back` */
  readonly type: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, hex; null for seeded ones, which are nobody's duplicates */
  readonly digest: string | null;
  /** Could be read; any other one is kept, but is of no use to a verification */
  readonly isUsable: boolean;
  /** Holds the text that makes its check fail with code 500 */
  readonly isTampered: boolean;
  /** Alpha-2, when the upload named it */
  readonly issuedCountry: string | null;
}

export interface CheckError {
  readonly code: number;
  readonly message: string;
}

export interface Check {
  readonly step: CheckStep;
  status: 'pending' | 'in_progress' | 'verified' | 'failed';
  errors: readonly CheckError[];
  data: Info | null;
}

/** Outcome fixed in advance, or by the control route: codes per check. */
export interface FixedResult {
  readonly status: VerificationStatus;
  readonly errors: Readonly<Partial<Record<CheckStep, readonly number[]>>>;
}

export interface Verification {
  readonly id: string;
  readonly ordinal: number;
  readonly shortId: string;
  readonly applicant: Applicant;
  readonly profile: Profile;
  /** The profile's settings when the verification was made, with what its creation overrode */
  readonly settings: Settings;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly checks: readonly Check[];
  readonly sandboxResult: FixedResult | null;
  readonly redirectUrl: string | null;
  status: VerificationStatus;
  updatedAtMs: number;
  completedAtMs: number | null;
  /** Newest of each type, in the order of arrival */
  documents: readonly StoredDocument[];
  /** Alpha-2 */
  country: string | null;
  identityDocumentType: string | null;
  identityData: Info | null;
  duplicateApplicantIds: readonly string[];
  manualFields: Info | null;
  amlSearchId: string | null;
  uploadAttempts: number;
  /** Oldest first */
  readonly trackingEvents: TrackingEvent[];
  /** Cancels for whatever is scheduled: expiry, or the ends of the checks */
  readonly scheduled: (() => void)[];
}

export interface Settings extends Info {
  readonly poi_required?: boolean;
  readonly poi_allowed_documents?: readonly string[];
  readonly face_comparison_required?: boolean;
  readonly face_comparison_allowed_documents?: readonly string[];
  readonly poa_required?: boolean;
  readonly disable_cross_check_by_bio?: boolean;
  readonly disable_cross_check_by_photo?: boolean;
  /** Alpha-2; a profile that lists any needs to know the applicant's country */
  readonly countries?: readonly string[];
  readonly area_filter_type?: 'include' | 'exclude';
}

export interface Profile {
  readonly id: string;
  readonly ordinal: number;
  readonly createdAtMs: number;
  name: string;
  description: string;
  settings: Settings;
  isDefault: boolean;
  isArchived: boolean;
  updatedAtMs: number;
  link: Link | null;
}

export interface Link {
  readonly id: string;
  readonly profile: Profile;
  readonly createdAtMs: number;
  expirationMinutes: number;
  archivedAtMs: number | null;
}

export interface Webhook {
  readonly id: string;
  url: string;
  eventTypes: readonly string[];
  enabled: boolean;
  isSandbox: boolean;
  secret: string;
  isDeleted: boolean;
}

/** What a tracking event (v4) keeps. */
export interface TrackingEvent {
  readonly event: 'open' | 'upload_file' | 'submit' | 'set_country' | 'set_custom_fields' | 'upload_custom_file';
  readonly referenceId: string | null;
  readonly userAgent: string;
  readonly httpStatus: number;
  readonly errorCodes: readonly number[];
  readonly country: string | null;
  readonly atMs: number;
}

/** Who is told what happened. */
export interface Announcements {
  /** A verification ended; also one that did not, when the control route asks for it. */
  verificationChanged(verification: Verification): void;
  checkFinished(verification: Verification, check: Check): void;
  /** A verified applicant whose screening is on was screened. */
  applicantScreened(verification: Verification): void;
}
