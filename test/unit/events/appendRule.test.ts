import fc from 'fast-check';
import type { Check, Verification, VerificationStatus } from '../../../src/dataspike/verification';
import { decideAppend, type LatestState, stateKey } from '../../../src/events/appendRule';
import type { Basis } from '../../../src/events/eventLog';
import { makeCandidate, makeVerification } from './verificationFixture';

const BASIS: Basis = { cursor: '1741944000000-7', confirmations: 2 };

function latestOf(status: VerificationStatus): LatestState {
  return { ...BASIS, verification: makeVerification(status) };
}

function decide(from: VerificationStatus | null, to: VerificationStatus, basedOn?: Basis | null) {
  return decideAppend(from && latestOf(from), makeCandidate(makeVerification(to), { basedOn }));
}

test('the first event of a verification may be anything', () => {
  expect(decide(null, 'INITIAL')).toBe('APPENDED');
  expect(decide(null, 'UNKNOWN')).toBe('APPENDED');
  expect(decide(null, 'VERIFIED', null)).toBe('APPENDED');
});

test('a candidate weighed against an event that is gone is a conflict', () => {
  expect(decide(null, 'VERIFIED', BASIS)).toBe('CONFLICT');
});

test('a candidate weighed against nothing is a conflict once there is something', () => {
  expect(decide('INITIAL', 'PENDING', null)).toBe('CONFLICT');
  expect(decide('INITIAL', 'PENDING', { ...BASIS, cursor: '1741944000000-6' })).toBe('CONFLICT');
  expect(decide('INITIAL', 'PENDING', BASIS)).toBe('APPENDED');
});

test('the same state is unchanged, whatever it is based on', () => {
  expect(decide('PENDING', 'PENDING')).toBe('UNCHANGED');
  expect(decide('VERIFIED', 'VERIFIED', null)).toBe('UNCHANGED');
});

test('a final state stays before one that is not, even when that was just read', () => {
  expect(decide('VERIFIED', 'IN_PROGRESS')).toBe('OUTDATED');
  expect(decide('VERIFIED', 'IN_PROGRESS', BASIS)).toBe('OUTDATED');
  expect(decide('EXPIRED', 'UNKNOWN', BASIS)).toBe('OUTDATED');
});

test('a final state gives way to another final state only when that is based on it', () => {
  expect(decide('EXPIRED', 'CANCELED')).toBe('OUTDATED');
  expect(decide('EXPIRED', 'CANCELED', null)).toBe('CONFLICT');
  expect(decide('EXPIRED', 'CANCELED', BASIS)).toBe('APPENDED');
});

test('what was weighed against a state that was said again since is a conflict', () => {
  expect(decide('EXPIRED', 'CANCELED', { ...BASIS, confirmations: 1 })).toBe('CONFLICT');
  expect(decide('PENDING', 'IN_PROGRESS', { ...BASIS, confirmations: 1 })).toBe('CONFLICT');
});

const livenessCheck: Check = {
  step: 'LIVENESS',
  rawStep: 'liveness',
  status: 'VERIFIED',
  errors: [],
  pendingDocuments: [],
  livenessScore: 0.97,
  data: { liveness_code: 'OK', nested: { a: 1, b: [1, 2] } },
};
const documents = [
  { id: 'd1', type: 'PASSPORT', rawType: 'passport', contentType: 'image/jpeg' },
  { id: 'd2', type: 'SELFIE', rawType: 'selfie', contentType: 'image/jpeg' },
] as const;

test.each<[string, Partial<Verification>]>([
  ['status', { status: 'IN_PROGRESS' }],
  ['raw status', { rawStatus: 'in_review' }],
  ['a check', { checks: [{ ...livenessCheck, status: 'FAILED' }] }],
  [
    'the data of a check',
    { checks: [{ ...livenessCheck, data: { nested: { a: 1, b: [2, 1] }, liveness_code: 'OK' } }] },
  ],
  ['a document', { documents: [documents[0]] }],
  ['document type', { documentType: 'PASSPORT' }],
  ['country', { country: 'DE' }],
  ['completion', { completedAt: '2025-03-14T09:26:53.281Z' }],
  ['expiry', { expiresAt: null }],
  ['duplicates', { duplicateApplicantIds: ['a1'] }],
])('another %s is another state', (_what, change) => {
  const base = makeVerification('PENDING', { checks: [livenessCheck], documents });
  expect(stateKey({ ...base, ...change })).not.toBe(stateKey(base));
});

test('what cannot move makes no other state', () => {
  const base = makeVerification('PENDING');
  const changes: Partial<Verification> = {
    id: 'x',
    shortId: null,
    profileId: null,
    url: null,
    isSandbox: null,
    createdAt: null,
  };
  expect(stateKey({ ...base, ...changes })).toBe(stateKey(base));
});

test('the order of documents, of duplicates and of keys makes no other state', () => {
  const one = makeVerification('FAILED', { checks: [livenessCheck], documents, duplicateApplicantIds: ['a', 'b'] });
  const other = makeVerification('FAILED', {
    checks: [{ ...livenessCheck, data: { nested: { b: [1, 2], a: 1 }, liveness_code: 'OK' } }],
    documents: [...documents].reverse(),
    duplicateApplicantIds: ['b', 'a'],
  });
  expect(stateKey(other)).toBe(stateKey(one));
  expect(stateKey(one)).toMatch(/^[A-Za-z0-9+/]{27}=$/);
});

test('a state that went through JSON keeps its key', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
      const verification = makeVerification('PENDING', { checks: [{ ...livenessCheck, data }] });
      expect(stateKey(JSON.parse(JSON.stringify(verification)))).toBe(stateKey(verification));
    }),
  );
});
