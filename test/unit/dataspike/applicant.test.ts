import {
  applicantFilterToQuery,
  applicantToWire,
  applicantUpdateToWire,
  searchOptionsToWire,
} from '../../../src/dataspike/applicantRequest';
import { parseApplicant } from '../../../src/dataspike/applicantWire';

test('an applicant is read whole', () => {
  expect(
    parseApplicant({
      applicant_id: 'a',
      external_id: 'customer-000123',
      type: 'Organization',
      email: 'anna@example.com',
      phone: null,
      provided_info: {
        full_name: 'Anna Eriksson',
        dob: '1974-08-12T00:00:00Z',
        gender: 'F',
        citizenship: 'DEU',
        addresses: { residence: { country: 'de', city: 'Bonn', postal_code: 53113, street: null } },
        custom_fields: { referral: 'partner-7' },
      },
      verification_status: 'Passed',
      last_verification_id: 'v',
      aml_screening_enabled: true,
      last_screened_at: '2025-03-14T09:26:53.589793Z',
      last_risk_score: 'High',
      last_tags: ['PEP', null, 'Sanctions'],
      tg_profile: '1234567890',
      cross_check_duplicated_applicant_ids: ['b'],
      not_known_yet: 1,
    }),
  ).toEqual({
    id: 'a',
    externalId: 'customer-000123',
    type: 'COMPANY',
    email: 'anna@example.com',
    phone: null,
    providedInfo: {
      fullName: 'Anna Eriksson',
      firstName: null,
      lastName: null,
      dateOfBirth: '1974-08-12',
      gender: 'FEMALE',
      citizenship: 'DE',
      country: null,
      address: null,
      residence: { country: 'DE', city: 'Bonn', postalCode: '53113', street: null },
      customFields: { referral: 'partner-7' },
    },
    systemInfo: null,
    verificationStatus: 'PASSED',
    rawVerificationStatus: 'Passed',
    latestVerificationId: 'v',
    screening: {
      enabled: true,
      lastScreenedAt: '2025-03-14T09:26:53.589Z',
      riskScore: 'HIGH',
      tags: ['PEP', 'Sanctions'],
    },
    telegramProfile: '1234567890',
    duplicateApplicantIds: ['b'],
  });
});

test('an applicant with nothing but an id is an applicant', () => {
  expect(parseApplicant({ id: 'a' })).toMatchObject({
    id: 'a',
    type: 'UNKNOWN',
    verificationStatus: 'UNKNOWN',
    rawVerificationStatus: null,
    screening: { enabled: false, riskScore: null, tags: [] },
  });
});

test('words that we do not know are UNKNOWN, and the status keeps its own', () => {
  expect(
    parseApplicant({ id: 'a', type: 'Vessel', verification_status: 'on_hold', last_risk_score: 'noMatches' }),
  ).toMatchObject({
    type: 'UNKNOWN',
    verificationStatus: 'UNKNOWN',
    rawVerificationStatus: 'on_hold',
    screening: { riskScore: 'UNKNOWN' },
  });
});

test('a creation has Dataspike’s words; null stays only where Dataspike takes it', () => {
  expect(
    applicantToWire({
      externalId: null,
      type: 'COMPANY',
      email: null,
      info: {
        firstName: 'Anna',
        lastName: null,
        dateOfBirth: '1974-08-12',
        gender: 'FEMALE',
        residence: { country: 'DE', postalCode: '53113', city: null },
        customFields: { referral: 'x' },
      },
      amlScreeningEnabled: null,
      searchOptions: null,
    }),
  ).toEqual({
    applicant_type: 'Organization',
    email: null,
    info: {
      first_name: 'Anna',
      dob: '1974-08-12',
      gender: 'F',
      addresses: { residence: { country: 'DE', postal_code: '53113' } },
      custom_fields: { referral: 'x' },
    },
    aml_screening_enabled: null,
  });
  expect(applicantToWire({})).toEqual({});
});

test('an update is a bare info object with email, phone and type beside it', () => {
  expect(
    applicantUpdateToWire({ fullName: 'Anna', gender: 'MALE', phone: null, type: 'PERSON', residence: null }),
  ).toEqual({
    full_name: 'Anna',
    gender: 'M',
    phone: null,
    applicant_type: 'Person',
  });
});

test.each(['OTHER', 'UNKNOWN', null] as const)('the gender %s is not sent', (gender) => {
  expect(applicantUpdateToWire({ gender })).toEqual({});
});

test('search options are sent in Dataspike’s words and may be null', () => {
  expect(
    searchOptionsToWire({
      riskScores: ['LOW', 'UNKNOWN', 'HIGH'],
      tags: null,
      fuzziness: false,
      fuzzinessLevel: 0,
      mode: 'AUTO',
    }),
  ).toEqual({ risk_scores: ['Low', 'High'], tags: null, fuzziness: false, fuzziness_level: 0, mode: 0 });
  expect(searchOptionsToWire({ riskScores: null, mode: null })).toEqual({ risk_scores: null, mode: null });
});

test('a filter for what no applicant can be matches nothing', () => {
  expect(applicantFilterToQuery({ type: 'UNKNOWN' })).toBeNull();
  expect(applicantFilterToQuery({ name: 'Anna', dateOfBirth: '1974-08-12', type: 'PERSON' })).toEqual({
    name: 'Anna',
    country: undefined,
    dob: '1974-08-12',
    type: 'Person',
  });
});
