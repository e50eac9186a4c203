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
  boolean,
  filledText,
  folded,
  isRecord,
  list,
  readFilledText,
  readObject,
  record,
  requireId,
  text,
} from './wire';
import { country } from './wireCountry';
import { date, timestamp } from './wireTime';

/** A person's gender or a document's sex: letters, 2022's words, AML's `Other`, a passport's X. */
export const gender = folded(Gender, { F: 'FEMALE', M: 'MALE', X: 'OTHER' });

const address = { country, city: text, postal_code: text, street: text };

const applicantInfo = {
  full_name: text,
  first_name: text,
  last_name: text,
  dob: date,
  gender,
  citizenship: country,
  country,
  address: text,
  addresses: record,
  custom_fields: record,
};

const applicant = {
  applicant_id: filledText,
  id: filledText,
  external_id: filledText,
  type: folded(ApplicantType, { ORGANIZATION: 'COMPANY' }),
  email: text,
  phone: text,
  provided_info: (value: unknown) => (isRecord(value) ? parseApplicantInfo(value) : null),
  system_info: (value: unknown) => (isRecord(value) ? parseApplicantInfo(value) : null),
  last_verification_id: filledText,
  verification_status: folded(ApplicantStatus),
  aml_screening_enabled: boolean,
  last_screened_at: timestamp,
  last_risk_score: folded(RiskScore),
  last_tags: list(readFilledText),
  tg_profile: filledText,
  cross_check_duplicated_applicant_ids: list(readFilledText),
};

/**
 * An applicant as every reading words it.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseApplicant(json: unknown): Applicant {
  const wire = readObject(applicant, json);
  return {
    id: requireId(wire.applicant_id, wire.id),
    externalId: wire.external_id,
    type: wire.type ?? 'UNKNOWN',
    email: wire.email,
    phone: wire.phone,
    providedInfo: wire.provided_info,
    systemInfo: wire.system_info,
    verificationStatus: wire.verification_status ?? 'UNKNOWN',
    rawVerificationStatus: isRecord(json) ? readFilledText(json.verification_status) : null,
    latestVerificationId: wire.last_verification_id,
    screening: {
      enabled: wire.aml_screening_enabled ?? false,
      lastScreenedAt: wire.last_screened_at,
      riskScore: wire.last_risk_score,
      tags: wire.last_tags,
    },
    telegramProfile: wire.tg_profile,
    duplicateApplicantIds: wire.cross_check_duplicated_applicant_ids,
  };
}

function parseApplicantInfo(json: unknown): ApplicantInfo {
  const wire = readObject(applicantInfo, json);
  const residence = wire.addresses?.residence;
  return {
    fullName: wire.full_name,
    firstName: wire.first_name,
    lastName: wire.last_name,
    dateOfBirth: wire.dob,
    gender: wire.gender,
    citizenship: wire.citizenship,
    country: wire.country,
    address: wire.address,
    residence: isRecord(residence) ? parseAddress(residence) : null,
    customFields: wire.custom_fields,
  };
}

function parseAddress(json: unknown): Address {
  const wire = readObject(address, json);
  return { country: wire.country, city: wire.city, postalCode: wire.postal_code, street: wire.street };
}
