import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parseDelivery } from '../../../src/webhooks/delivery';
import { readSample } from './signDelivery';

function deliver(body: unknown) {
  return parseDelivery(Buffer.from(JSON.stringify(body)));
}

function sample(file: string) {
  return JSON.parse(readSample(file).toString()) as { id: string; payload: Record<string, unknown> };
}

const NESTED_100_000 = '['.repeat(100_000) + ']'.repeat(100_000);

test.each([
  ['docver_verified.json', 'VERIFIED', '2025-03-14T09:26:53.589Z'],
  ['docver_failed_duplicate.json', 'FAILED', '2025-03-14T09:40:05.004Z'],
  ['docver_extended_fields.json', 'VERIFIED', '2025-03-14T13:12:00.000Z'],
  ['docver_legacy_2022.json', 'VERIFIED', '2022-10-03T08:15:20.111Z'],
  ['docver_canceled_inferred.json', 'CANCELED', '2025-03-15T00:00:01.000Z'],
  ['docver_expired_inferred.json', 'EXPIRED', '2025-03-15T00:00:01.000Z'],
])('%s is a state: %s', (file, status, occurredAt) => {
  const { id, payload } = sample(file);
  expect(parseDelivery(readSample(file))).toMatchObject({
    kind: 'STATE',
    eventType: 'DOCVER',
    deliveryKey: id,
    occurredAt,
    verification: { id: payload.id, status, isFinal: true, applicantId: payload.applicant_id },
  });
});

test('a state carries everything that the delivery says', () => {
  const delivery = parseDelivery(readSample('docver_failed_duplicate.json'));
  expect(delivery).toMatchObject({
    verification: {
      shortId: 'V9A02B7C4E1D8F360',
      documentType: 'PASSPORT',
      completedAt: '2025-03-14T09:40:04.575Z',
      duplicateApplicantIds: ['0192e7a0-7c4d-7f16-9e83-d0b2a5c8f647'],
      checks: [
        { step: 'DOCUMENT_MRZ', errors: [{ code: 7000 }] },
        { step: 'FACE_COMPARISON', errors: [{ code: 7002 }] },
      ],
    },
  });
});

test('one finished check is a hint to read the verification', () => {
  expect(parseDelivery(readSample('docver_checks_liveness.json'))).toEqual({
    kind: 'HINT',
    eventType: 'DOCVER_CHECKS',
    deliveryKey: '0192f2a9-d0c1-7e77-8b5a-6f4e3d2c1b09',
    verificationId: '0192f2a8-0e95-7d63-a471-9b0f2c6e8d55',
  });
});

test('the body of the seed guide is a hint, known by its hash', () => {
  const body = readSample('seed_docver_event.json');
  expect(parseDelivery(body)).toEqual({
    kind: 'HINT',
    eventType: 'DOCVER_EVENT',
    deliveryKey: createHash('sha256').update(body).digest('hex'),
    verificationId: 'verif_7c3e_9f0b4d21aa55',
  });
});

test('the body of the signature vector lacks the checks and is a hint', () => {
  const { body } = sample('signature_vector.json') as unknown as { body: string };
  expect(parseDelivery(Buffer.from(body))).toMatchObject({
    kind: 'HINT',
    verificationId: '0192f1c3-55aa-7b1f-a6d2-7c3e9f0b4d21',
  });
});

test.each([
  ['aml_screening_empty_payload.json', 'AML_SCREENING'],
  ['aml_screening_low_risk.json', 'AML_SCREENING'],
  ['aml_screening_medium_risk.json', 'AML_SCREENING'],
  ['aml_screening_search_response_variant.json', 'AML_SCREENING'],
  ['transaction_monitoring_envelope.json', 'TRANSACTION_MONITORING'],
  ['kyt_wallet_check_envelope.json', 'KYT_WALLET_CHECK'],
])('%s is about no verification', (file, eventType) => {
  expect(parseDelivery(readSample(file))).toEqual({ kind: 'OTHER', eventType, deliveryKey: sample(file).id });
});

test('every sample delivery is read', () => {
  const files = readdirSync(path.join(__dirname, '../../../dataspike/webhooks')).filter((file) =>
    file.endsWith('.json'),
  );
  expect(files.length).toBeGreaterThanOrEqual(15);
  for (const file of files) expect([file, parseDelivery(readSample(file)).kind]).not.toEqual([file, 'UNREADABLE']);
});

test.each(['id', 'applicant_id', 'status', 'checks'])(
  'a verification without %s is not taken for a whole one',
  (missing) => {
    const { payload, ...envelope } = sample('docver_verified.json');
    for (const value of [undefined, null, '', []]) {
      const delivery = deliver({ ...envelope, event_type: 'DOCVER', payload: { ...payload, [missing]: value } });
      expect(delivery.kind).toBe(missing === 'id' ? 'OTHER' : 'HINT');
    }
  },
);

test('a delivery without a readable time is a hint', () => {
  const envelope = sample('docver_verified.json');
  for (const timestamp of [undefined, null, 1741944413, 'yesterday', '2025-02-30T00:00:00Z']) {
    expect(deliver({ ...envelope, timestamp }).kind).toBe('HINT');
  }
});

test.each([
  ['2025-03-14T09:26:53Z', '2025-03-14T09:26:53.000Z'],
  ['2025-03-14T09:26:53.5Z', '2025-03-14T09:26:53.500Z'],
  ['2025-03-14T09:26:53.589793Z', '2025-03-14T09:26:53.589Z'],
  ['2025-03-14T09:26:53.589793021Z', '2025-03-14T09:26:53.589Z'],
  ['2025-03-14T11:26:53.589+02:00', '2025-03-14T09:26:53.589Z'],
])('a time written %s is %s', (timestamp, occurredAt) => {
  expect(deliver({ ...sample('docver_verified.json'), timestamp })).toMatchObject({ occurredAt });
});

test('a partial verification may name itself either way', () => {
  expect(deliver({ event_type: 'DOCVER', payload: { id: 'v1' } })).toMatchObject({
    kind: 'HINT',
    verificationId: 'v1',
  });
  expect(deliver({ event_type: 'DOCVER', payload: { verification_id: 'v1' } })).toMatchObject({
    kind: 'HINT',
    verificationId: 'v1',
  });
});

test('a status that we do not know is a state with the status unknown', () => {
  const { payload, ...envelope } = sample('docver_verified.json');
  expect(deliver({ ...envelope, payload: { ...payload, status: 'in_review' } })).toMatchObject({
    kind: 'STATE',
    verification: { status: 'UNKNOWN', rawStatus: 'in_review', isFinal: false },
  });
});

test.each<[string, unknown, string | null]>([
  ['an empty object', {}, null],
  ['a test event with an empty payload', { id: 'e1', event_type: 'DOCVER', payload: {} }, 'DOCVER'],
  ['a payload that is null', { id: 'e1', event_type: 'DOCVER', payload: null }, 'DOCVER'],
  ['a payload that is a list', { id: 'e1', event_type: 'DOCVER_CHECKS', payload: [] }, 'DOCVER_CHECKS'],
  ['an unknown type', { id: 'e1', event_type: 'SOMETHING_NEW', payload: { id: 'v1' } }, 'SOMETHING_NEW'],
  ['an id that is too long for one', { id: 'e1', event_type: 'DOCVER', payload: { id: 'v'.repeat(257) } }, 'DOCVER'],
  ['the seed shape without an id', { event: 'DOCVER_EVENT' }, 'DOCVER_EVENT'],
  ['an id without an event', { verification_id: 'v1' }, null],
])('%s is about no verification', (_what, body, eventType) => {
  expect(deliver(body)).toMatchObject({ kind: 'OTHER', eventType });
});

test('without a usable envelope id the hash of the body tells deliveries apart', () => {
  for (const id of [undefined, null, '', {}, 'x'.repeat(257)]) {
    const body = Buffer.from(JSON.stringify({ id, event_type: 'AML_SCREENING', payload: {} }));
    expect(parseDelivery(body)).toMatchObject({ deliveryKey: createHash('sha256').update(body).digest('hex') });
  }
});

test('a byte order mark and a broken letter lose nothing', () => {
  const body = Buffer.concat([
    Buffer.from('\ufeff{"event_type":"DOCVER","payload":{"id":"v1","name":"'),
    Buffer.from([0xff]),
    Buffer.from('"}}'),
  ]);
  expect(parseDelivery(body)).toMatchObject({ kind: 'HINT', verificationId: 'v1' });
});

test('keys that JavaScript treats in a special way are keys like others', () => {
  const body = '{"__proto__":{"event_type":"DOCVER","payload":{"id":"v1"}},"constructor":1,"toString":null}';
  expect(parseDelivery(Buffer.from(body))).toMatchObject({ kind: 'OTHER', eventType: null });
});

test.each([
  ['nothing', ''],
  ['no JSON', '{"id":'],
  ['a form', 'id=1&event_type=DOCVER'],
  ['null', 'null'],
  ['a number', '1'],
  ['text', '"DOCVER"'],
  ['a list', '[{"event_type":"DOCVER"}]'],
  ['100,000 nested lists', NESTED_100_000],
  ['100,000 nested lists in a payload', `{"event_type":"DOCVER","payload":{"id":"v1","checks":${NESTED_100_000}}}`],
])('%s is unreadable', (_what, body) => {
  expect(parseDelivery(Buffer.from(body))).toEqual({ kind: 'UNREADABLE' });
});

test('no JSON makes it throw', () => {
  const key = fc.constantFrom(
    'id',
    'event_type',
    'event',
    'payload',
    'timestamp',
    'verification_id',
    'status',
    'checks',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom('DOCVER', 'DOCVER_CHECKS'),
      tie('object'),
    ),
    object: fc.dictionary(key, tie('value')),
  }));
  fc.assert(
    fc.property(value, (body) => {
      expect(['STATE', 'HINT', 'OTHER', 'UNREADABLE']).toContain(deliver(body).kind);
    }),
    { numRuns: 500 },
  );
});
