import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type DeliveryOptions, deliver, readSample, signatureOf } from '../support/deliver';
import { sendRaw } from '../support/rawHttp';
import { createCase } from '../support/simulatedPeople';
import { callSimulator, eventually, startGateway, subscribeTo, type TestGateway } from '../support/startGateway';
import { force } from '../support/verifications';

const MAX_BYTES = 1_048_576;
const OTHER_SECRET = `whsec_${randomBytes(32).toString('hex')}`;
const NOW = Math.floor(Date.now() / 1000);

let app: TestGateway;
/** Where the events that a test is still to look at begin. */
let cursor: string;
beforeAll(async () => {
  app = await startGateway({}, { redeliveryDelaysMs: [50, 50, 50, 50] });
  cursor = await headCursor();
});
afterEach(() => {
  app.simulator.control.clearFaults();
  app.simulator.control.clearDeliveryFaults();
});
afterAll(() => app.close());

async function headCursor(of = app): Promise<string> {
  return (await of.graphql('{ eventCursor }')).data.eventCursor;
}

/** Watches only while it looks back: whoever watches for longer makes the gateway poll, which tells things, too. */
async function lookBack(
  isEnough: (updates: Update[]) => boolean,
  { of = app, after = cursor, verificationId }: { of?: TestGateway; after?: string; verificationId?: string } = {},
): Promise<Update[]> {
  const subscribed = subscribeTo(
    of.webSocketClient(),
    `subscription ($after: String!, $verificationId: ID) {
      verificationUpdated(after: $after, verificationId: $verificationId) { cursor source verification { id status } }
    }`,
    { after, verificationId },
  );
  const updates = () => subscribed.results.map((result): Update => result.data.verificationUpdated);
  await eventually(() => isEnough(updates()));
  subscribed.stop();
  return updates();
}

interface Update {
  readonly cursor: string;
  readonly source: string;
  readonly verification: { readonly id: string; readonly status: string };
}

/** Resolves once something about the verification was published since the last look. */
async function waitForEventOf(verificationId: string): Promise<void> {
  await lookBack((updates) => updates.length > 0, { verificationId });
}

/** Everything published since the last call. A delivery of its own marks the end, so nothing is still on its way. */
async function takePublished(): Promise<Update[]> {
  const marker = envelope('verified');
  expect((await deliver(app, marker)).status).toBe(200);
  const isMarker = ({ verification }: Update) => verification.id === marker.payload.id;
  const updates = await lookBack((seen) => seen.some(isMarker));
  const end = updates.findIndex(isMarker);
  cursor = updates[end]?.cursor ?? cursor;
  return updates.slice(0, end);
}

/** The whole state of a verification that exists nowhere else, under an envelope of its own. */
function envelope(status: string, verificationId: string = randomUUID()) {
  const sample = JSON.parse(readSample('docver_verified'));
  return { ...sample, id: randomUUID(), payload: { ...sample.payload, id: verificationId, status } };
}

const SAMPLES: readonly [name: string, published: string | null][] = [
  ['docver_verified', 'VERIFIED'],
  ['docver_failed_duplicate', 'FAILED'],
  ['docver_extended_fields', 'VERIFIED'],
  ['docver_legacy_2022', 'VERIFIED'],
  ['docver_canceled_inferred', 'CANCELED'],
  ['docver_expired_inferred', 'EXPIRED'],
  // About a verification that this Dataspike does not know.
  ['docver_checks_liveness', null],
  ['seed_docver_event', null],
  ['aml_screening_empty_payload', null],
  ['aml_screening_low_risk', null],
  ['aml_screening_medium_risk', null],
  ['aml_screening_search_response_variant', null],
  ['kyt_wallet_check_envelope', null],
  ['transaction_monitoring_envelope', null],
];

describe('a signed delivery', () => {
  test('every sample of the guide is in the table', () => {
    const files = readdirSync(path.join(__dirname, '../../dataspike/webhooks'));
    const names = files.map((file) => path.basename(file, '.json')).filter((name) => name !== 'signature_vector');
    expect(SAMPLES.map(([name]) => name).sort()).toEqual(names.sort());
  });

  test.each(SAMPLES)('%s is answered 200 and tells %s, also when it comes again', async (name, status) => {
    const sample = readSample(name);
    const first = await deliver(app, sample);
    expect([first.status, await first.text()]).toEqual([200, '']);
    expect((await deliver(app, sample)).status).toBe(200);
    const published = await takePublished();
    expect(published.map(({ source, verification }) => `${source} ${verification.status}`)).toEqual(
      status === null ? [] : [`WEBHOOK ${status}`],
    );
  });

  test('the same delivery ten times at once is one update', async () => {
    const body = JSON.stringify(envelope('verified'));
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(app, body)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await takePublished()).toHaveLength(1);
  });

  test('an envelope that was seen is dropped, whatever it says the second time', async () => {
    const first = envelope('in_progress');
    await deliver(app, first);
    await deliver(app, { ...first, payload: { ...first.payload, status: 'verified' } });
    expect((await takePublished()).map(({ verification }) => verification.status)).toEqual(['IN_PROGRESS']);
  });

  test('a hint is followed by what Dataspike says', async () => {
    const hints = [
      (id: string) => ({ ...JSON.parse(readSample('seed_docver_event')), verification_id: id }),
      (id: string) => ({
        ...JSON.parse(readSample('docver_checks_liveness')),
        id: randomUUID(),
        payload: { ...JSON.parse(readSample('docver_checks_liveness')).payload, verification_id: id },
      }),
      (id: string) => ({ ...envelope('verified', id), payload: { id, status: 'verified' } }),
    ];
    for (const hint of hints) {
      const { verificationId } = await createCase(app);
      expect((await deliver(app, hint(verificationId))).status).toBe(200);
      expect(await takePublished()).toEqual([
        expect.objectContaining({ verification: { id: verificationId, status: 'INITIAL' } }),
      ]);
    }
  });

  test.each([
    ['an unknown event type', { event_type: 'BRAND_NEW', payload: { id: 'x', status: 'verified' } }],
    ['an event type of 2022', { event_type: 'APPLICANT', payload: { id: 'x' } }],
    ['a test event', { event_type: 'DOCVER', payload: {} }],
    ['a test event about checks', { event_type: 'DOCVER_CHECKS', payload: {} }],
    ['an event without payload', { event_type: 'DOCVER' }],
    ['a payload that is no object', { event_type: 'DOCVER', payload: 'verified' }],
    ['neither of the known shapes', { hello: 'world' }],
    ['nothing', {}],
  ])('%s is answered 200 and tells nobody', async (_name, body) => {
    expect((await deliver(app, { id: randomUUID(), timestamp: new Date().toISOString(), ...body })).status).toBe(200);
    expect(await takePublished()).toEqual([]);
  });

  test('"Send Test" of the dashboard is answered 200', async () => {
    const { webhooks } = (await (
      await callSimulator(app.simulator, 'GET', '/api/v3/organization/webhooks', undefined)
    ).json()) as { webhooks: { webhook_id: string }[] };
    for (const eventType of ['DOCVER', 'AML_SCREENING'] as const) {
      const eventId = app.simulator.control.sendTestDelivery(String(webhooks[0]?.webhook_id), eventType);
      expect(await app.simulator.control.replayDelivery(String(eventId))).toEqual({ responseCode: 200 });
    }
    expect(await takePublished()).toEqual([]);
  });
});

describe('order', () => {
  test('what comes late is not told, once Dataspike is known to be further', async () => {
    const { verificationId } = await createCase(app);
    app.simulator.control.addDeliveryFault('hold', 3);
    for (const status of ['pending', 'in_progress', 'verified'] as const) force(app, verificationId, status);
    expect(await app.simulator.control.releaseDeliveries('reverse')).toBe(3);
    expect((await takePublished()).map(({ verification }) => verification)).toEqual([
      { id: verificationId, status: 'VERIFIED' },
    ]);
  });

  test.each([
    ['verified', 'failed', 'verified', ['VERIFIED']],
    ['verified', 'in_progress', 'verified', ['VERIFIED']],
    ['in_progress', 'initial', 'in_progress', ['IN_PROGRESS']],
    ['in_progress', 'pending', 'failed', ['IN_PROGRESS', 'FAILED']],
    ['expired', 'canceled', 'canceled', ['EXPIRED', 'CANCELED']],
    ['verified', 'failed', 'failed', ['VERIFIED', 'FAILED']],
  ] as const)('known %s, delivered %s, Dataspike says %s: %j is told', async (known, delivered, actual, told) => {
    const { verificationId } = await createCase(app);
    force(app, verificationId, known);
    await waitForEventOf(verificationId);
    app.simulator.control.addDeliveryFault('drop', 0);
    if (actual !== known) force(app, verificationId, actual);
    app.simulator.control.clearDeliveryFaults();
    const { status } = await deliver(app, {
      ...envelope(delivered, verificationId),
      timestamp: new Date().toISOString(),
    });
    expect(status).toBe(200);
    expect((await takePublished()).map(({ verification }) => verification.status)).toEqual(told);
  });

  test('a delivery that needs a read is not settled while Dataspike is down', async () => {
    const { verificationId } = await createCase(app);
    const hint = { ...JSON.parse(readSample('seed_docver_event')), verification_id: verificationId };
    app.simulator.control.addFault({ kind: 'status', status: 503, times: 0 });
    const refused = await deliver(app, hint);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    app.simulator.control.clearFaults();
    await eventually(async () => (await deliver(app, hint)).status === 200, 15_000);
    expect(await takePublished()).toHaveLength(1);
  });

  test('deliveries that fail on the way come again, and are told once', async () => {
    const { verificationId } = await createCase(app);
    for (const fault of ['bad-signature', 'unsigned', 'stale', 'duplicate'] as const) {
      app.simulator.control.addDeliveryFault(fault);
    }
    force(app, verificationId, 'canceled');
    // Three refusals, then redeliveries.
    await waitForEventOf(verificationId);
    expect(await takePublished()).toHaveLength(1);
  });
});

describe('the signature', () => {
  const body = JSON.stringify(envelope('verified'));
  const signed = (secret = app.webhookSecret, seconds = NOW) => signatureOf(body, secret, seconds);

  test.each<[string, (signature: string) => DeliveryOptions]>([
    ['none', () => ({ headers: { 'x-webhook-signature': null } })],
    ['an empty one', () => ({ headers: { 'x-webhook-signature': '' } })],
    ['another secret', () => ({ secret: OTHER_SECRET })],
    ['stale by 301 s', () => ({ seconds: NOW - 301 - 5 })],
    ['301 s ahead', () => ({ seconds: NOW + 301 + 60 })],
    ['another time than was signed', (signature) => header(signature.replace(/t=\d+/, `t=${NOW - 1}`))],
    ['no time', (signature) => header(signature.replace(/t=\d+,/, ''))],
    ['two times', (signature) => header(`t=${NOW},${signature}`)],
    ['a time that is no number', (signature) => header(signature.replace(/t=\d+/, 't=now'))],
    ['no v1', () => header(`t=${NOW}`)],
    ['v0 instead of v1', (signature) => header(signature.replace('v1=', 'v0='))],
    ['a digest that is too short', (signature) => header(signature.slice(0, -1))],
    ['a digest that is too long', (signature) => header(`${signature}0`)],
    ['a digest that is no hex', (signature) => header(signature.replace(/v1=../, 'v1=zz'))],
    ['nonsense', () => header('nonsense')],
    ['ten thousand wrong parts', () => header(`t=${NOW}${`,v1=${'0'.repeat(8)}`.repeat(500)}`)],
  ])('%s is answered 401, and the delivery may still come properly', async (_name, optionsFor) => {
    const fresh = JSON.stringify(envelope('verified'));
    const signature = signatureOf(fresh, app.webhookSecret, NOW);
    expect((await deliver(app, fresh, optionsFor(signature))).status).toBe(401);
    expect(await takePublished()).toEqual([]);
    expect((await deliver(app, fresh)).status).toBe(200);
    expect(await takePublished()).toHaveLength(1);
  });

  test('a body that was changed by one byte is refused', async () => {
    const changed = body.replace('verified', 'Verified');
    expect((await deliver(app, changed, header(signed()))).status).toBe(401);
    expect((await deliver(app, `${body}\n`, header(signed()))).status).toBe(401);
    expect((await deliver(app, JSON.stringify(JSON.parse(body), null, 1), header(signed()))).status).toBe(401);
  });

  test.each([
    ['a second v1 that fits', (signature: string) => signature.replace(',', `,v1=${'0'.repeat(64)},`)],
    ['spaces between the parts', (signature: string) => signature.replace(',', ' , ')],
    ['parts that we do not know', (signature: string) => `${signature},v2=abc`],
    [
      'a digest in capitals',
      (signature: string) => signature.replace(/v1=(.*)/, (_all, hex) => `v1=${hex.toUpperCase()}`),
    ],
  ])('%s is accepted', async (_name, change) => {
    const fresh = JSON.stringify(envelope('verified'));
    const signature = change(signatureOf(fresh, app.webhookSecret, NOW));
    expect((await deliver(app, fresh, header(signature))).status).toBe(200);
  });

  test('the header may be written in any case', async () => {
    for (const name of ['X-Webhook-Signature', 'x-webhook-signature', 'X-WEBHOOK-SIGNATURE']) {
      const fresh = JSON.stringify(envelope('verified'));
      const head = [
        'POST /webhooks/dataspike HTTP/1.1',
        'host: gateway',
        'connection: close',
        'CONTENT-TYPE: application/json',
        `${name}: ${signatureOf(fresh, app.webhookSecret)}`,
        `content-length: ${Buffer.byteLength(fresh)}`,
      ];
      expect((await sendRaw(app.gateway.url, [`${head.join('\r\n')}\r\n\r\n${fresh}`])).status).toBe(200);
    }
  });

  test('any of several secrets may sign, as during a rotation', async () => {
    const rotating = await startGateway({ WEBHOOK_SECRETS: `${OTHER_SECRET}, ${app.webhookSecret}` });
    try {
      for (const secret of [OTHER_SECRET, app.webhookSecret]) {
        expect((await deliver(rotating, envelope('verified'), { secret })).status).toBe(200);
      }
      const unknown = `whsec_${randomBytes(32).toString('hex')}`;
      expect((await deliver(rotating, envelope('verified'), { secret: unknown })).status).toBe(401);
    } finally {
      await rotating.close();
    }
  });
});

function header(signature: string): DeliveryOptions {
  return { headers: { 'x-webhook-signature': signature } };
}

describe('what HTTP refuses', () => {
  test.each([
    '',
    '{',
    '[]',
    '[{}]',
    'null',
    '"text"',
    '1',
    'true',
    `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    'a=1&b=2',
  ])('a signed body of %.12j is answered 400', async (body) => {
    expect((await deliver(app, body)).status).toBe(400);
  });

  test('1 MiB is accepted, one byte more is answered 413, with and without a length', async () => {
    const text = JSON.stringify(envelope('verified'));
    const largest = text.padEnd(MAX_BYTES, ' ');
    expect((await deliver(app, largest)).status).toBe(200);
    expect((await deliver(app, `${largest} `)).status).toBe(413);
    const head = `POST /webhooks/dataspike HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const endless = await sendRaw(app.gateway.url, [head, ...Array(64).fill(chunk)], 1);
    expect(endless.status).toBe(413);
  });

  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is answered 405', async (method) => {
    const response = await fetch(`${app.gateway.url}/webhooks/dataspike`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test.each([
    ['application/json; charset=utf-8', 200],
    ['Application/JSON', 200],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json-patch+json', 415],
    [null, 415],
  ])('the content type %s is answered %i', async (type, status) => {
    const response = await deliver(app, Buffer.from(JSON.stringify(envelope('verified'))), {
      headers: { 'content-type': type },
    });
    expect(response.status).toBe(status);
  });
});

test('where deliveries are not signed, only what Dataspike says is told', async () => {
  const trusting = await startGateway({ WEBHOOK_SECRETS: '', WEBHOOK_ALLOW_UNSIGNED: 'true' });
  try {
    const after = await headCursor(trusting);
    const { verificationId } = await createCase(trusting);
    const told = async (count: number) => {
      const updates = await lookBack(({ length }) => length >= count, { of: trusting, after });
      return updates.map(({ verification }) => verification);
    };
    const forged = envelope('verified', verificationId);
    const unsigned = { headers: { 'x-webhook-signature': null } };
    expect((await deliver(trusting, forged, unsigned)).status).toBe(200);
    expect(await told(1)).toEqual([{ id: verificationId, status: 'INITIAL' }]);

    // A guessed envelope id does not keep the real delivery out, and one of nobody tells nothing.
    expect((await deliver(trusting, envelope('verified'), unsigned)).status).toBe(200);
    trusting.simulator.control.addDeliveryFault('drop', 0);
    force(trusting, verificationId, 'canceled');
    const real = { ...envelope('canceled', verificationId), id: forged.id };
    expect((await deliver(trusting, real, unsigned)).status).toBe(200);
    expect(await told(2)).toEqual([
      { id: verificationId, status: 'INITIAL' },
      { id: verificationId, status: 'CANCELED' },
    ]);
  } finally {
    await trusting.close();
  }
});

test('nothing of a payload is logged', async () => {
  for (const [name] of SAMPLES) {
    await deliver(app, readSample(name));
    await deliver(app, { ...JSON.parse(readSample(name)), id: randomUUID() });
  }
  await deliver(app, { event_type: 'Anna Eriksson', id: 'Anna Eriksson', payload: { id: 'Anna Eriksson' } });
  const log = app.logLines().join('');
  expect(log).toContain('webhook delivery');
  const values = SAMPLES.flatMap(([name]) => leavesOf(JSON.parse(readSample(name)).payload));
  expect(values.length).toBeGreaterThan(100);
  expect([...values, 'Anna Eriksson', app.webhookSecret].filter((value) => log.includes(value))).toEqual([]);
});

/** Every text in it that is not a word of the vocabulary, such as `verified`. */
function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 3 && !/^[a-z_]+$/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}
