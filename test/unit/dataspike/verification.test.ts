import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { isFinalStatus, isReachable, VerificationStatus } from '../../../src/dataspike/verification';
import { verificationFilterToQuery, verificationToWire } from '../../../src/dataspike/verificationRequest';
import { parseVerification, parseVerificationActivity } from '../../../src/dataspike/verificationWire';

const SAMPLES = join(__dirname, '../../../dataspike/webhooks');
const sample = (name: string) => JSON.parse(readFileSync(join(SAMPLES, `${name}.json`), 'utf8')).payload;

test('a recorded delivery is read whole', () => {
  expect(parseVerification(sample('docver_verified'))).toEqual({
    id: '0192f1c3-55aa-7b1f-a6d2-7c3e9f0b4d21',
    shortId: 'V4C81D2E6A0F39B75',
    status: 'VERIFIED',
    rawStatus: 'verified',
    isFinal: true,
    applicantId: '0192f1c2-1e9d-7d3a-b8f4-0a5c6e7d8f92',
    profileId: null,
    url: 'https://am.dataspike.io/V4C81D2E6A0F39B75',
    checks: [
      {
        step: 'DOCUMENT_MRZ',
        rawStep: 'document_mrz',
        status: 'VERIFIED',
        errors: [],
        pendingDocuments: [],
        livenessScore: null,
        data: expect.objectContaining({ doc_number: 'L898902C3' }),
      },
      {
        step: 'FACE_COMPARISON',
        rawStep: 'face_comparison',
        status: 'VERIFIED',
        errors: [],
        pendingDocuments: [],
        livenessScore: null,
        data: null,
      },
    ],
    documents: [
      { id: '0192f1c3-9c01-7a44-8e2b-1f5d7c9a3b60', type: 'PASSPORT', rawType: 'passport', contentType: 'image/jpeg' },
      { id: '0192f1c3-b7f8-7d19-a0c6-4b8e2d6f1a73', type: 'SELFIE', rawType: 'selfie', contentType: 'image/jpeg' },
    ],
    documentType: 'PASSPORT',
    identityDocument: {
      type: 'PASSPORT',
      number: 'L898902C3',
      fullName: 'ANNA MARIA ERIKSSON',
      name: 'ANNA MARIA',
      surname: 'ERIKSSON',
      dateOfBirth: '1974-08-12',
      sex: 'FEMALE',
      nationality: null,
      issuingCountry: null,
      issuedOn: null,
      expiresOn: '2032-04-15',
      personalNumber: null,
      hasMrz: null,
      other: null,
    },
    country: null,
    isSandbox: null,
    createdAt: '2025-03-14T09:21:40.104Z',
    completedAt: '2025-03-14T09:26:53.281Z',
    expiresAt: '2025-03-14T13:21:40.104Z',
    duplicateApplicantIds: [],
  });
});

test('poi_data goes before the machine readable zone, and keeps what we do not model', () => {
  const verification = parseVerification(sample('docver_extended_fields'));
  expect(verification.identityDocument).toMatchObject({
    type: 'ID_CARD',
    issuedOn: '2022-04-16',
    hasMrz: true,
    other: { raw_mrz_type: 'ID' },
  });
  expect(verification).toMatchObject({ country: 'DE', isSandbox: true });
  expect(verification.checks.map((check) => check.step)).toEqual([
    'DOCUMENT_MRZ',
    'DOCUMENT_OCR',
    'FACE_COMPARISON',
    'LIVENESS',
    'PROOF_OF_ADDRESS',
  ]);
  expect(verification.checks[3]).toMatchObject({ livenessScore: 0.97, data: { liveness_code: 'OK' } });
});

test('each fact that poi_data lacks comes from the machine readable zone', () => {
  const verification = parseVerification({
    id: 'v',
    poi_data: { document_number: 'FROM-POI', nationality: 'DEU', name: null, card_number: null },
    checks: {
      document_mrz: {
        data: {
          document_type: 'I<',
          doc_number: 'FROM-MRZ',
          nationality: 'FRA',
          name: 'ANNA<MARIA<<',
          country: 'D<<',
          sex: '<',
        },
      },
    },
  });
  expect(verification.identityDocument).toMatchObject({
    type: 'ID_CARD',
    number: 'FROM-POI',
    nationality: 'DE',
    name: 'ANNA MARIA',
    fullName: 'ANNA MARIA',
    issuingCountry: 'DE',
    sex: 'UNKNOWN',
    other: null,
  });
});

test.each([
  [
    'docver_canceled_inferred',
    { status: 'CANCELED', isFinal: true, documents: [], completedAt: null, identityDocument: null },
  ],
  ['docver_expired_inferred', { status: 'EXPIRED', isFinal: true }],
  [
    'docver_legacy_2022',
    {
      status: 'VERIFIED',
      url: null,
      checks: [{ step: 'UNKNOWN', rawStep: 'passport', status: 'IN_PROGRESS', data: null, errors: [] }],
    },
  ],
  ['docver_failed_duplicate', { status: 'FAILED', duplicateApplicantIds: ['0192e7a0-7c4d-7f16-9e83-d0b2a5c8f647'] }],
])('the sample %s is read', (name, expected) => {
  expect(parseVerification(sample(name))).toMatchObject(expected);
});

test('every sample with a verification in it is read', () => {
  const names = readdirSync(SAMPLES).filter((name) => name.startsWith('docver_') && !name.includes('checks'));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) expect(parseVerification(sample(name.slice(0, -5))).status).not.toBe('UNKNOWN');
});

test.each([
  [500, 'TAMPERING'],
  [501, 'TAMPERING'],
  [502, 'UNKNOWN'],
  [1001, 'OCR'],
  [1099, 'OCR'],
  [1100, 'DATA'],
  [1999, 'DATA'],
  [2000, 'MRZ'],
  [2999, 'MRZ'],
  [3000, 'VALIDITY'],
  [3299, 'VALIDITY'],
  [3300, 'UNKNOWN'],
  [4000, 'FACE'],
  [4499, 'FACE'],
  [4500, 'ADDRESS'],
  [4999, 'ADDRESS'],
  [5014, 'LIVENESS'],
  [5500, 'UNKNOWN'],
  [6000, 'AML'],
  [6499, 'AML'],
  [7000, 'DUPLICATE'],
  [7099, 'DUPLICATE'],
  [8000, 'FLOW'],
  [9000, 'DEPENDENCY'],
  [9100, 'UNKNOWN'],
  [9500, 'KYB'],
  [9799, 'KYB'],
  [10_000, 'DEVICE'],
  [10_001, 'UNKNOWN'],
  [11_000, 'DEVICE'],
  [11_099, 'DEVICE'],
  [0, 'UNKNOWN'],
])('the code %i is about %s', (code, category) => {
  const { checks } = parseVerification({ id: 'v', checks: { liveness: { errors: [{ code, message: 'm' }] } } });
  expect(checks[0]?.errors).toEqual([{ code, message: 'm', category }]);
});

test('odd documents, errors and checks are left out, a liveness score out of range is none', () => {
  const verification = parseVerification({
    id: 'v',
    status: 'on_hold',
    documents: { document_id: 'd', document_type: 'moon_card' },
    checks: {
      liveness: {
        status: 'dancing',
        errors: [null, { message: 'no code' }, { code: '5014' }],
        pending_documents: ['selfie', null, 'hat'],
        data: { liveness_score: 97 },
      },
      poa: 'odd',
      document_ocr: null,
    },
    verification_url: 'not an address',
  });
  expect(verification).toMatchObject({ status: 'UNKNOWN', rawStatus: 'on_hold', isFinal: false, url: null });
  expect(verification.documents).toEqual([{ id: 'd', type: 'UNKNOWN', rawType: 'moon_card', contentType: null }]);
  expect(verification.checks).toEqual([
    expect.objectContaining({
      step: 'LIVENESS',
      status: 'UNKNOWN',
      errors: [{ code: 5014, message: '', category: 'LIVENESS' }],
      pendingDocuments: ['SELFIE', 'UNKNOWN'],
      livenessScore: null,
    }),
  ]);
});

test('a tracking event is read', () => {
  expect(
    parseVerificationActivity({
      event: 'upload_file',
      created_at: '2025-03-14T09:26:53.589793Z',
      http_status: 400,
      verification_errors: [5014, 'x'],
      country: { name: 'Germany', alpha2: null, alpha3: 'DEU' },
      ip_address: '192.0.2.1',
      user_agent: { header: 'h', device_type: 'desktop', device_os: 'Linux' },
    }),
  ).toEqual({
    event: 'upload_file',
    occurredAt: '2025-03-14T09:26:53.589Z',
    httpStatus: 400,
    errorCodes: [5014],
    country: 'DE',
    ipAddress: '192.0.2.1',
    deviceType: 'desktop',
    deviceOs: 'Linux',
    browser: null,
  });
});

test('only verified, failed, canceled and expired are final', () => {
  const final = Object.values(VerificationStatus).filter(isFinalStatus);
  expect(final).toEqual(['VERIFIED', 'FAILED', 'CANCELED', 'EXPIRED']);
});

test('exactly what the guide’s transitions lead to is reachable', () => {
  const reachable = Object.fromEntries(
    Object.values(VerificationStatus).map((from) => [
      from,
      Object.values(VerificationStatus)
        .filter((to) => isReachable(from, to))
        .join(' '),
    ]),
  );
  expect(reachable).toEqual({
    INITIAL: 'INITIAL PENDING IN_PROGRESS VERIFIED FAILED CANCELED EXPIRED',
    PENDING: 'PENDING IN_PROGRESS VERIFIED FAILED CANCELED EXPIRED',
    IN_PROGRESS: 'IN_PROGRESS VERIFIED FAILED CANCELED EXPIRED',
    VERIFIED: 'VERIFIED',
    FAILED: 'FAILED',
    CANCELED: 'CANCELED EXPIRED',
    EXPIRED: 'CANCELED EXPIRED',
    UNKNOWN: '',
  });
});

test('what is reachable in two steps is reachable in one', () => {
  const status = fc.constantFrom(...Object.values(VerificationStatus));
  fc.assert(
    fc.property(status, status, status, (from, via, to) => {
      fc.pre(isReachable(from, via) && isReachable(via, to));
      return isReachable(from, to);
    }),
    { numRuns: 200 },
  );
});

test('the body of a creation has Dataspike’s words and no gaps', () => {
  expect(
    verificationToWire({
      applicantId: 'a',
      profileId: 'default',
      applicantCountry: 'DE',
      expirationMinutes: 60,
      checksRequired: ['PASSPORT', 'UNKNOWN', 'POA_UTILITY_BILL'],
      redirectUrl: null,
      sandboxResult: { status: 'FAILED', errors: { documentMrz: [1001], faceComparison: [], poa: null } },
    }),
  ).toEqual({
    applicant_id: 'a',
    applicant_country: 'DE',
    expiration_minutes: 60,
    checks_required: ['passport', 'poa_utility_bill'],
    sandbox_result: { status: 'failed', errors: { document_mrz: [1001], face_comparison: [] } },
  });
  expect(verificationToWire({})).toEqual({});
});

test('a sandbox result without a status that Dataspike knows is refused', () => {
  expect(() => verificationToWire({ sandboxResult: { status: 'UNKNOWN' } })).toThrow('Dataspike refused the request');
});

test('a filter that names only what nothing can be matches nothing', () => {
  expect(verificationFilterToQuery({ statuses: ['UNKNOWN'] })).toBeNull();
  expect(verificationFilterToQuery({ documentTypes: ['UNKNOWN'], statuses: ['FAILED'] })).toBeNull();
  expect(verificationFilterToQuery({ profileIds: ['default'] })).toBeNull();
  expect(verificationFilterToQuery({ statuses: ['UNKNOWN', 'FAILED', 'IN_PROGRESS'], profileIds: [] })).toMatchObject({
    status: 'failed,in_progress',
    profile: null,
  });
});
