import {
  type Address,
  type ApplicantFilter,
  type ApplicantType,
  type CreateApplicant,
  type Gender,
  type RiskScore,
  SearchMode,
  type SearchOptions,
  type UpdateApplicant,
  type WriteApplicantInfo,
} from './applicant';
import { written } from './wire';

/** The body of createApplicant: undefined is left out, and null too where Dataspike's schema has none. */
export function applicantToWire(input: CreateApplicant): Record<string, unknown> {
  return written(
    {
      external_id: input.externalId,
      applicant_type: typeToWire(input.type),
      email: input.email,
      phone: input.phone,
      info: input.info && infoToWire(input.info),
      aml_screening_enabled: input.amlScreeningEnabled,
      search_options: input.searchOptions && searchOptionsToWire(input.searchOptions),
    },
    ['email', 'phone', 'aml_screening_enabled'],
  );
}

/** The body of updateApplicantInfo: a bare info object, with email, phone and type beside its fields. */
export function applicantUpdateToWire(input: UpdateApplicant): Record<string, unknown> {
  return {
    ...infoToWire(input),
    ...written({ applicant_type: typeToWire(input.type), email: input.email, phone: input.phone }, ['email', 'phone']),
  };
}

/** The body of changeApplicantSearchOptions; null is kept, Dataspike takes it for every option. */
export function searchOptionsToWire(input: SearchOptions): Record<string, unknown> {
  const body = {
    risk_scores: input.riskScores?.flatMap((score) => RISK_SCORES[score] ?? []) ?? input.riskScores,
    tags: input.tags,
    sources: input.sources,
    fuzziness: input.fuzziness,
    fuzziness_level: input.fuzzinessLevel,
    phonetics: input.phonetics,
    mode: input.mode && MODES[input.mode],
  };
  return written(body, Object.keys(body));
}

/** The query of listApplicants; null when the filter asks for what no applicant can be, so that nothing matches. */
export function applicantFilterToQuery(filter: ApplicantFilter): Record<string, string | null | undefined> | null {
  if (filter.type === 'UNKNOWN') return null;
  return { name: filter.name, country: filter.country, dob: filter.dateOfBirth, type: typeToWire(filter.type) };
}

const RISK_SCORES: Readonly<Partial<Record<RiskScore, string>>> = { LOW: 'Low', MEDIUM: 'Medium', HIGH: 'High' };

const MODES: Readonly<Record<SearchMode, number>> = {
  [SearchMode.AUTO]: 0,
  [SearchMode.FULL_NAME_ONLY]: 1,
  [SearchMode.FIRST_AND_LAST_NAME_ONLY]: 2,
};

const TYPES: Readonly<Partial<Record<ApplicantType, string>>> = { PERSON: 'Person', COMPANY: 'Organization' };

// Dataspike takes M and F from us, although it shows more.
const GENDERS: Readonly<Partial<Record<Gender, string>>> = { FEMALE: 'F', MALE: 'M' };

function typeToWire(type: ApplicantType | null | undefined): string | undefined {
  return type ? TYPES[type] : undefined;
}

function infoToWire(info: WriteApplicantInfo): Record<string, unknown> {
  return written({
    full_name: info.fullName,
    first_name: info.firstName,
    last_name: info.lastName,
    dob: info.dateOfBirth,
    gender: info.gender && GENDERS[info.gender],
    citizenship: info.citizenship,
    country: info.country,
    address: info.address,
    addresses: info.residence && { residence: addressToWire(info.residence) },
    custom_fields: info.customFields,
  });
}

function addressToWire(input: Partial<Address>): Record<string, unknown> {
  return written({
    country: input.country,
    city: input.city,
    postal_code: input.postalCode,
    street: input.street,
  });
}
