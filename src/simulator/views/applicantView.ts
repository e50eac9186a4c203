import type { Applicant, Info } from '../world/records';
import type { Stamp } from './stamp';

/** `Applicant` of the contract: the id is called `applicant_id` here, and `id` only when it is made. */
export function viewApplicant(applicant: Applicant, stamp: Stamp): Info {
  const last = applicant.verifications.at(-1);
  const screening = applicant.lastScreening;
  return {
    applicant_id: applicant.id,
    external_id: applicant.externalId,
    type: applicant.type,
    email: applicant.email,
    phone: applicant.phone,
    system_info: applicant.systemInfo,
    provided_info: applicant.providedInfo,
    last_verification_id: last?.id ?? null,
    last_verification_date: last ? stamp('verification.created', last.ordinal, last.createdAtMs) : null,
    verification_status: applicant.verificationStatus,
    aml_screening_enabled: applicant.amlScreeningEnabled,
    last_aml_screening_id: screening?.id ?? null,
    last_screened_at: screening ? stamp('applicant.screened', applicant.ordinal, screening.atMs) : null,
    ...(screening ? { last_risk_score: screening.risk, last_tags: screening.tags } : {}),
    tg_profile: applicant.telegramProfile,
    ...(applicant.searchOptions ? { search_options: applicant.searchOptions } : {}),
    ...(applicant.duplicateIds.length > 0 ? { cross_check_duplicated_applicant_ids: applicant.duplicateIds } : {}),
  };
}
