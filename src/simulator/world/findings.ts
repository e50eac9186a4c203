import { findCountry } from './countries';
import { withoutSide } from './documentDetection';
import type { Identifiers } from './identifiers';
import { makePerson, type Person } from './people';
import type { Info, Verification } from './records';

/** What the checks read from the documents, in the shapes of the API. */
export interface Findings {
  /** `poi_data`; countries in alpha-3 */
  readonly identityData: Info;
  /** `checks.document_mrz.data` */
  readonly machineReadableZone: Info;
  /** `applicant.system_info`; countries in alpha-2 */
  readonly systemInfo: Info;
  readonly person: Person;
}

/** Reads a made-up person off the documents: the same applicant is always the same person. */
export function readDocuments(identifiers: Identifiers, verification: Verification): Findings {
  const person = makePerson(identifiers, verification.applicant.ordinal);
  const type = withoutSide(verification.identityDocumentType ?? 'passport');
  const alpha2 = verification.country ?? person.country;
  const alpha3 = findCountry(alpha2)?.alpha_3 ?? alpha2;
  const hasMrz = type !== 'driver_license';
  return {
    person,
    identityData: {
      parsed_type: type,
      has_mrz: hasMrz,
      raw_mrz_type: hasMrz ? mrzTypeOf(type) : null,
      country: alpha3,
      full_name: person.fullName,
      name: person.givenName,
      surname: person.familyName,
      document_number: person.documentNumber,
      nationality: alpha3,
      birth_date: person.birthDate,
      sex: person.sex,
      expiry_date: person.expiryDate,
      issue_date: person.issueDate,
      ...(type === 'driver_license' ? { license_number: person.documentNumber, license_class: 'B' } : {}),
    },
    machineReadableZone: {
      document_type: mrzTypeOf(type),
      country: alpha3,
      name: person.givenName,
      surname: person.familyName,
      doc_number: person.documentNumber,
      nationality: alpha3,
      birth_date: toMrzDate(person.birthDate),
      sex: person.sex,
      expiry_date: toMrzDate(person.expiryDate),
    },
    systemInfo: {
      full_name: person.fullName,
      first_name: person.givenName,
      last_name: person.familyName,
      dob: person.birthDate,
      gender: person.sex,
      citizenship: alpha2,
      country: alpha2,
      ...(verification.settings.poa_required ? { address: person.address } : {}),
    },
  };
}

function mrzTypeOf(type: string): string {
  return { passport: 'P', visa: 'V', residence_permit: 'IR' }[type] ?? 'ID';
}

/** YYYY-MM-DD to YYMMDD */
function toMrzDate(date: string): string {
  return date.slice(2).replaceAll('-', '');
}
