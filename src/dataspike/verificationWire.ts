import { parseCheckError } from './checkErrorWire';
import { parseDocument, parseIdentityDocument, readDocumentType } from './documentWire';
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
  isRecord,
  parseId,
  readBoolean,
  readFilledText,
  readInteger,
  readList,
  readNumber,
  readRecord,
  readText,
  readWebAddress,
  requireRecord,
  wordReader,
  wrongShape,
} from './wire';
import { readCountry } from './wireCountry';
import { readTimestamp } from './wireTime';

/** Words beside our own that mean the same; guide, section 8, step 3. */
const STATUS_SYNONYMS: Readonly<Record<string, VerificationStatus>> = {
  APPROVED: 'VERIFIED',
  PASSED: 'VERIFIED',
  REJECTED: 'FAILED',
  DECLINED: 'FAILED',
  CANCELLED: 'CANCELED',
  QUEUED: 'IN_PROGRESS',
};

const readStatus = wordReader(VerificationStatus, STATUS_SYNONYMS);
const readStep = wordReader(CheckStep, { POA: 'PROOF_OF_ADDRESS' });
const readCheckStatus = wordReader(CheckStatus);

/** Any of the vendor's words for a status, whatever its case; what we do not know, or nothing, is UNKNOWN. */
export function readVerificationStatus(value: unknown): VerificationStatus {
  return readStatus(value) ?? 'UNKNOWN';
}

/**
 * A verification as a reading, its creation or a delivery's payload has it.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseVerification(json: unknown): Verification {
  const wire = requireRecord(json);
  const rawStatus = readText(wire.status);
  const status = readVerificationStatus(rawStatus);
  const checks = readChecks(wire.checks);
  const mrz = checks.find((check) => check.step === 'DOCUMENT_MRZ');
  return {
    id: parseId(wire, 'id', 'verification_id'),
    shortId: readFilledText(wire.verification_url_id),
    status,
    rawStatus: rawStatus ?? '',
    isFinal: isFinalStatus(status),
    applicantId: readFilledText(wire.applicant_id),
    profileId: readFilledText(wire.profile_id),
    url: readWebAddress(wire.verification_url),
    checks,
    documents: readList(wire.documents, parseDocument),
    documentType: readDocumentType(wire.document_type),
    identityDocument: parseIdentityDocument(readRecord(wire.poi_data), mrz?.data ?? null),
    country: readCountry(wire.country_code),
    isSandbox: readBoolean(wire.is_sandbox),
    createdAt: readTimestamp(wire.created_at),
    completedAt: readTimestamp(wire.completed_at),
    expiresAt: readTimestamp(wire.expires_at),
    duplicateApplicantIds: readList(wire.duplicated_applicant_ids, readFilledText),
  };
}

/** The checks of a verification or of its client view, which Dataspike keys by step; in the order of CheckStep. */
export function readChecks(value: unknown): Check[] {
  if (!isRecord(value)) return [];
  const checks: Check[] = [];
  for (const step of Object.keys(value)) {
    const json = value[step];
    if (isRecord(json)) checks.push(parseCheck(step, json));
  }
  return checks.sort((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step));
}

/** One check; `rawStep` is the vendor's word for the step, for example `poa`. */
export function parseCheck(rawStep: string, json: unknown): Check {
  const wire = requireRecord(json);
  const data = readRecord(wire.data);
  const score = readNumber(data?.liveness_score);
  return {
    step: readStep(rawStep) ?? 'UNKNOWN',
    rawStep,
    status: readCheckStatus(wire.status) ?? 'UNKNOWN',
    errors: readList(wire.errors, parseCheckError),
    pendingDocuments: readList(wire.pending_documents, readDocumentType),
    livenessScore: score !== null && score >= 0 && score <= 1 ? score : null,
    data,
  };
}

const STEPS = Object.keys(CheckStep);

/**
 * One tracking event of a verification (v4).
 * @throws {UpstreamUnavailable} when it is no object or does not say what happened
 */
export function parseVerificationActivity(json: unknown): VerificationActivity {
  const wire = requireRecord(json);
  const event = readFilledText(wire.event);
  if (event === null) throw wrongShape();
  const { country } = wire;
  const device = readRecord(wire.user_agent);
  return {
    event,
    occurredAt: readTimestamp(wire.created_at),
    httpStatus: readInteger(wire.http_status),
    errorCodes: readList(wire.verification_errors, readInteger),
    country: readCountry(isRecord(country) ? (country.alpha2 ?? country.alpha3) : country),
    ipAddress: readFilledText(wire.ip_address),
    deviceType: readFilledText(device?.device_type),
    deviceOs: readFilledText(device?.device_os),
    browser: readFilledText(device?.browser),
  };
}
