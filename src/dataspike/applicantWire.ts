import {
  type Address,
  type Applicant,
  type ApplicantInfo,
  ApplicantStatus,
  ApplicantType,
  Gender,
  RiskScore,
} from './applicant';
import {
  isRecord,
  parseId,
  readBoolean,
  readFilledText,
  readList,
  readRecord,
  readText,
  requireRecord,
  wordReader,
} from './wire';
import { readCountry } from './wireCountry';
import { readDate, readTimestamp } from './wireTime';

const readType = wordReader(ApplicantType, { ORGANIZATION: 'COMPANY' });
const readStatus = wordReader(ApplicantStatus);
const readRiskScore = wordReader(RiskScore);

/** A person's gender or a document's sex: letters, 2022's words, AML's `Other`, a passport's X. */
export const readGender: (value: unknown) => Gender | null = wordReader(Gender, {
  F: 'FEMALE',
  M: 'MALE',
  X: 'OTHER',
});

/**
 * An applicant as every reading words it.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseApplicant(json: unknown): Applicant {
  const wire = requireRecord(json);
  return {
    id: parseId(wire, 'applicant_id', 'id'),
    externalId: readFilledText(wire.external_id),
    type: readType(wire.type) ?? 'UNKNOWN',
    email: readText(wire.email),
    phone: readText(wire.phone),
    providedInfo: readApplicantInfo(wire.provided_info),
    systemInfo: readApplicantInfo(wire.system_info),
    verificationStatus: readStatus(wire.verification_status) ?? 'UNKNOWN',
    rawVerificationStatus: readFilledText(wire.verification_status),
    latestVerificationId: readFilledText(wire.last_verification_id),
    screening: {
      enabled: readBoolean(wire.aml_screening_enabled) ?? false,
      lastScreenedAt: readTimestamp(wire.last_screened_at),
      riskScore: readRiskScore(wire.last_risk_score),
      tags: readList(wire.last_tags, readFilledText),
    },
    telegramProfile: readFilledText(wire.tg_profile),
    duplicateApplicantIds: readList(wire.cross_check_duplicated_applicant_ids, readFilledText),
  };
}

function readApplicantInfo(wire: unknown): ApplicantInfo | null {
  if (!isRecord(wire)) return null;
  return {
    fullName: readText(wire.full_name),
    firstName: readText(wire.first_name),
    lastName: readText(wire.last_name),
    dateOfBirth: readDate(wire.dob),
    gender: readGender(wire.gender),
    citizenship: readCountry(wire.citizenship),
    country: readCountry(wire.country),
    address: readText(wire.address),
    residence: readAddress(readRecord(wire.addresses)?.residence),
    customFields: readRecord(wire.custom_fields),
  };
}

function readAddress(wire: unknown): Address | null {
  if (!isRecord(wire)) return null;
  return {
    country: readCountry(wire.country),
    city: readText(wire.city),
    postalCode: readText(wire.postal_code),
    street: readText(wire.street),
  };
}
