import { parseCheckError } from './checkErrorWire';
import { documentType, parseDocument, parseIdentityDocument, readDocumentType } from './documentWire';
import {
  type Check,
  CheckStatus,
  CheckStep,
  isFinalStatus,
  type Verification,
  type VerificationActivity,
  VerificationStatus,
} from './verification';
import {
  boolean,
  filledText,
  folded,
  foldWord,
  integer,
  isRecord,
  list,
  readFilledText,
  readInteger,
  readNumber,
  readObject,
  readRecord,
  record,
  requireId,
  text,
  webAddress,
  wrongShape,
} from './wire';
import { country, readCountry } from './wireCountry';
import { timestamp } from './wireTime';

/** Words beside our own that mean the same; guide, section 8, step 3. */
const STATUS_SYNONYMS: Readonly<Record<string, VerificationStatus>> = {
  APPROVED: 'VERIFIED',
  PASSED: 'VERIFIED',
  REJECTED: 'FAILED',
  DECLINED: 'FAILED',
  CANCELLED: 'CANCELED',
  QUEUED: 'IN_PROGRESS',
};

/** Any of the vendor's words for a status, whatever its case; what we do not know, or nothing, is UNKNOWN. */
export function readVerificationStatus(value: unknown): VerificationStatus {
  return foldWord(value, VerificationStatus, STATUS_SYNONYMS) ?? 'UNKNOWN';
}

const verification = {
  id: filledText,
  verification_id: filledText,
  verification_url_id: filledText,
  verification_url: webAddress,
  status: text,
  applicant_id: filledText,
  profile_id: filledText,
  checks: readChecks,
  documents: list(parseDocument),
  document_type: documentType,
  poi_data: record,
  country_code: country,
  is_sandbox: boolean,
  created_at: timestamp,
  completed_at: timestamp,
  expires_at: timestamp,
  duplicated_applicant_ids: list(readFilledText),
};

/**
 * A verification as a reading, its creation or a delivery's payload has it.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseVerification(json: unknown): Verification {
  const wire = readObject(verification, json);
  const status = readVerificationStatus(wire.status);
  const mrz = wire.checks.find((check) => check.step === 'DOCUMENT_MRZ');
  return {
    id: requireId(wire.id, wire.verification_id),
    shortId: wire.verification_url_id,
    status,
    rawStatus: wire.status ?? '',
    isFinal: isFinalStatus(status),
    applicantId: wire.applicant_id,
    profileId: wire.profile_id,
    url: wire.verification_url,
    checks: wire.checks,
    documents: wire.documents,
    documentType: wire.document_type,
    identityDocument: parseIdentityDocument(wire.poi_data, mrz?.data),
    country: wire.country_code,
    isSandbox: wire.is_sandbox,
    createdAt: wire.created_at,
    completedAt: wire.completed_at,
    expiresAt: wire.expires_at,
    duplicateApplicantIds: wire.duplicated_applicant_ids,
  };
}

const check = {
  status: folded(CheckStatus),
  errors: list(parseCheckError),
  pending_documents: list(readDocumentType),
  data: record,
};

/** The checks of a verification or of its client view, which Dataspike keys by step; in the order of CheckStep. */
export function readChecks(value: unknown): Check[] {
  if (!isRecord(value)) return [];
  const checks = Object.entries(value).flatMap(([step, json]) => (isRecord(json) ? [parseCheck(step, json)] : []));
  return checks.sort((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step));
}

/** One check; `rawStep` is the vendor's word for the step, for example `poa`. */
export function parseCheck(rawStep: string, json: unknown): Check {
  const wire = readObject(check, json);
  const score = readNumber(wire.data?.liveness_score);
  return {
    step: foldWord(rawStep, CheckStep, { POA: 'PROOF_OF_ADDRESS' }) ?? 'UNKNOWN',
    rawStep,
    status: wire.status ?? 'UNKNOWN',
    errors: wire.errors,
    pendingDocuments: wire.pending_documents,
    livenessScore: score !== null && score >= 0 && score <= 1 ? score : null,
    data: wire.data,
  };
}

const STEPS = Object.keys(CheckStep);

const activity = {
  event: filledText,
  created_at: timestamp,
  http_status: integer,
  verification_errors: list(readInteger),
  country: (value: unknown) => (isRecord(value) ? readCountry(value.alpha2 ?? value.alpha3) : readCountry(value)),
  ip_address: filledText,
  user_agent: (value: unknown) => readRecord(value) ?? {},
};

/**
 * One tracking event of a verification (v4).
 * @throws {UpstreamUnavailable} when it is no object or does not say what happened
 */
export function parseVerificationActivity(json: unknown): VerificationActivity {
  const wire = readObject(activity, json);
  if (wire.event === null) throw wrongShape();
  return {
    event: wire.event,
    occurredAt: wire.created_at,
    httpStatus: wire.http_status,
    errorCodes: wire.verification_errors,
    country: wire.country,
    ipAddress: wire.ip_address,
    deviceType: readFilledText(wire.user_agent.device_type),
    deviceOs: readFilledText(wire.user_agent.device_os),
    browser: readFilledText(wire.user_agent.browser),
  };
}
