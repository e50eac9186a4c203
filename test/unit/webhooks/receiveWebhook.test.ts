import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import pino from 'pino';
import { UpstreamRateLimited, UpstreamUnavailable } from '../../../src/dataspike/errors';
import type { Verification, VerificationStatus } from '../../../src/dataspike/verification';
import { parseVerification } from '../../../src/dataspike/verificationWire';
import { type EventLog, EventLogUnavailable } from '../../../src/events/eventLog';
import { createMemoryEventLog } from '../../../src/events/memoryEventLog';
import { createStateRecorder } from '../../../src/events/recordState';
import type { VerificationEvent } from '../../../src/events/verificationEvent';
import { createWebhookReceiver } from '../../../src/webhooks/receiveWebhook';
import { createSignatureVerifier } from '../../../src/webhooks/signature';
import { makeVerification } from '../events/verificationFixture';
import { readSample, SECRET, signatureOf, signDelivery } from './signDelivery';

const SECONDS = 1741944413;
const VERIFIED = readSample('docver_verified.json');
const VERIFIED_ID = '0192f1c3-55aa-7b1f-a6d2-7c3e9f0b4d21';

/** A receiver in front of a memory log and of a Dataspike that answers with `read`. */
function setUp({
  read = async () => null,
  isUnsigned = false,
  wrapLog = (log) => log,
}: {
  read?: (id: string) => Promise<Verification | null>;
  isUnsigned?: boolean;
  wrapLog?: (log: EventLog) => EventLog;
} = {}) {
  const memoryLog = createMemoryEventLog({ retention: 1000 });
  const log = wrapLog(memoryLog);
  const events: VerificationEvent[] = [];
  memoryLog.follow((event) => events.push(event));
  const reads: string[] = [];
  const logged: string[] = [];
  const results: string[] = [];
  const recorder = createStateRecorder({
    log,
    readVerification(id) {
      reads.push(id);
      return read(id);
    },
  });
  const receiver = createWebhookReceiver({
    verifySignature: isUnsigned
      ? null
      : createSignatureVerifier({ secrets: [SECRET], toleranceSeconds: 300, now: () => SECONDS * 1000 }),
    recorder,
    log,
    logger: pino({ base: null, timestamp: false, level: 'trace' }, { write: (line: string) => void logged.push(line) }),
    onDelivery: (result) => results.push(result),
  });
  return {
    log: memoryLog,
    events,
    reads,
    results,
    /** Lines of the log, without the level. */
    logged,
    receive: receiver.receive,
    /** As Dataspike would, unless told otherwise. */
    deliver: (body: Buffer, signature: string | undefined = signDelivery(SECONDS, body)) =>
      receiver.receive({ signature, body }),
  };
}

function makeDelivery(eventId: string, status: string, timestamp: string): Buffer {
  const { payload, ...envelope } = JSON.parse(VERIFIED.toString());
  return Buffer.from(JSON.stringify({ ...envelope, id: eventId, timestamp, payload: { ...payload, status } }));
}

test('a signed state is appended and answered 200, without a read', async () => {
  const { deliver, events, reads, results } = setUp();
  expect(await deliver(VERIFIED)).toEqual({ status: 200, result: 'appended' });
  expect(events).toMatchObject([
    {
      source: 'WEBHOOK',
      occurredAt: '2025-03-14T09:26:53.589Z',
      verification: { id: VERIFIED_ID, status: 'VERIFIED' },
    },
  ]);
  expect(reads).toEqual([]);
  expect(results).toEqual(['appended']);
});

test('the same delivery again is answered 200 and changes nothing', async () => {
  const { deliver, events } = setUp();
  await deliver(VERIFIED);
  expect(await deliver(VERIFIED)).toEqual({ status: 200, result: 'duplicate' });
  expect(events).toHaveLength(1);
});

test('the same delivery many times at once is one event', async () => {
  const { deliver, events, results } = setUp();
  const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(VERIFIED)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(events).toHaveLength(1);
  expect(results.filter((result) => result === 'duplicate')).toHaveLength(9);
});

test('the same hint many times at once is one event', async () => {
  const body = readSample('docver_checks_liveness.json');
  const { deliver, events } = setUp({ read: async (id) => makeVerification('IN_PROGRESS', { id }) });
  const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(body)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(events).toHaveLength(1);
});

test.each<[string, (body: Buffer) => string | undefined, string]>([
  ['without a signature', () => '', 'signature_missing'],
  ['with a malformed signature', () => 'v1=abc', 'signature_malformed'],
  ['with a forged signature', (body) => signDelivery(SECONDS, body, `whsec_${'ab'.repeat(32)}`), 'signature_wrong'],
  [
    'with a short signature',
    (body) => `t=${SECONDS},v1=${signatureOf(SECONDS, body).slice(0, 32)}`,
    'signature_malformed',
  ],
  ['with an old signature', (body) => signDelivery(SECONDS - 301, body), 'signature_stale'],
  ['with a signature from the future', (body) => signDelivery(SECONDS + 301, body), 'signature_future'],
])('a delivery %s is answered 401 and leaves no trace, so that the real one is taken', async (_what, sign, result) => {
  const { deliver, events, reads, results } = setUp();
  expect(await deliver(VERIFIED, sign(VERIFIED))).toEqual({ status: 401, result });
  expect([events, reads, results]).toEqual([[], [], [result]]);
  expect(await deliver(VERIFIED)).toEqual({ status: 200, result: 'appended' });
});

test('the signature is looked at before the body', async () => {
  const { deliver } = setUp();
  expect((await deliver(Buffer.from('no json'), 'v1=abc')).status).toBe(401);
});

test.each(['', 'no json', '[]', 'null', '"x"', `${'['.repeat(100_000)}${']'.repeat(100_000)}`])(
  'a signed body that is no object is answered 400 (%#)',
  async (text) => {
    const { deliver, results } = setUp();
    expect(await deliver(Buffer.from(text))).toEqual({ status: 400, result: 'unreadable' });
    expect(results).toEqual(['unreadable']);
  },
);

test('every sample delivery is answered 200, also by a Dataspike that knows none of them', async () => {
  const files = readdirSync(path.join(__dirname, '../../../dataspike/webhooks')).filter((file) =>
    file.endsWith('.json'),
  );
  const { deliver, results } = setUp();
  for (const file of files) expect([file, (await deliver(readSample(file))).status]).toEqual([file, 200]);
  expect(new Set(results)).toEqual(new Set(['appended', 'not_found', 'ignored']));
  for (const file of files)
    expect([file, await deliver(readSample(file))]).toEqual([file, { status: 200, result: 'duplicate' }]);
});

test.each([
  'aml_screening_empty_payload.json',
  'aml_screening_search_response_variant.json',
  'kyt_wallet_check_envelope.json',
])('what is not about a verification is answered 200 and remembered: %s', async (file) => {
  const { deliver, events } = setUp();
  expect(await deliver(readSample(file))).toEqual({ status: 200, result: 'ignored' });
  expect(await deliver(readSample(file))).toEqual({ status: 200, result: 'duplicate' });
  expect(events).toEqual([]);
});

test('a test event whose ids do not exist is answered 200', async () => {
  const { deliver, reads } = setUp();
  const body = Buffer.from('{"id":"e1","event_type":"DOCVER","payload":{"id":"dummy"}}');
  expect(await deliver(body)).toEqual({ status: 200, result: 'not_found' });
  expect(reads).toEqual(['dummy']);
});

test('a hint publishes what Dataspike says, not what the delivery says', async () => {
  const { deliver, events } = setUp({ read: async () => makeVerification('FAILED', { id: 'uuid-1' }) });
  expect(await deliver(readSample('seed_docver_event.json'))).toEqual({ status: 200, result: 'appended' });
  expect(events).toMatchObject([{ verification: { id: 'uuid-1', status: 'FAILED' } }]);
});

test('a delivery that comes late never overwrites a final state', async () => {
  const { deliver, events, reads } = setUp({
    read: async () => parseVerification(JSON.parse(VERIFIED.toString()).payload),
  });
  await deliver(VERIFIED);
  const late = makeDelivery('late', 'in_progress', '2025-03-14T09:25:00Z');
  expect(await deliver(late)).toEqual({ status: 200, result: 'unchanged' });
  expect(await deliver(late)).toEqual({ status: 200, result: 'duplicate' });
  expect(reads).toEqual([VERIFIED_ID]);
  expect(events).toHaveLength(1);
});

test('in whatever order deliveries come, and however often, a final status is the last and appears once', async () => {
  const deliveries = [
    makeDelivery('e1', 'initial', '2025-03-14T09:21:00Z'),
    makeDelivery('e2', 'pending', '2025-03-14T09:22:00Z'),
    makeDelivery('e3', 'in_progress', '2025-03-14T09:23:00Z'),
    makeDelivery('e4', 'in_review', '2025-03-14T09:24:00Z'),
    makeDelivery('e5', 'verified', '2025-03-14T09:26:00Z'),
  ];
  // Dataspike has been done for long, as it is when deliveries come out of order.
  const upstream = parseVerification({ ...JSON.parse(VERIFIED.toString()).payload, status: 'verified' });
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([0, 1, 2, 3, 4, 4, 3, 2, 1, 0], { minLength: 1 }),
      fc.boolean(),
      async (order, isAtOnce) => {
        const { deliver, events } = setUp({ read: async () => upstream });
        const bodies = order.map((index) => deliveries[index] ?? VERIFIED);
        if (isAtOnce) await Promise.all(bodies.map((body) => deliver(body)));
        else for (const body of bodies) expect((await deliver(body)).status).toBe(200);

        const statuses = events.map((event): VerificationStatus => event.verification.status);
        const finals = statuses.filter((status) => status === 'VERIFIED');
        if (order.includes(4)) expect(statuses.at(-1)).toBe('VERIFIED');
        if (finals.length > 0) expect([finals.length, statuses.at(-1)]).toEqual([1, 'VERIFIED']);
      },
    ),
    { numRuns: 200 },
  );
});

test('a crash between check and append does not mark the delivery as seen', async () => {
  let isBroken = true;
  const { deliver, events, results } = setUp({
    wrapLog: (log) => ({
      ...log,
      append: (candidate) => (isBroken ? Promise.reject(new EventLogUnavailable()) : log.append(candidate)),
    }),
  });
  expect(await deliver(VERIFIED)).toEqual({ status: 503, result: 'unavailable', retryAfterSeconds: 5 });
  isBroken = false;
  expect(await deliver(VERIFIED)).toEqual({ status: 200, result: 'appended' });
  expect(events).toHaveLength(1);
  expect(results).toEqual(['unavailable', 'appended']);
});

test('while the event log is unreachable every readable delivery is answered 503', async () => {
  const { deliver, log } = setUp();
  await log.close();
  for (const file of ['docver_verified.json', 'docver_checks_liveness.json', 'aml_screening_empty_payload.json']) {
    expect(await deliver(readSample(file))).toEqual({ status: 503, result: 'unavailable', retryAfterSeconds: 5 });
  }
});

test('a hint while Dataspike cannot be read is answered 503 and taken when it comes again', async () => {
  let isDown = true;
  const { deliver } = setUp({
    async read(id) {
      if (isDown) throw new UpstreamUnavailable(502);
      return makeVerification('PENDING', { id });
    },
  });
  const body = readSample('docver_checks_liveness.json');
  expect(await deliver(body)).toEqual({ status: 503, result: 'unavailable', retryAfterSeconds: 5 });
  isDown = false;
  expect(await deliver(body)).toEqual({ status: 200, result: 'appended' });
});

test.each([
  [null, 5],
  [1, 1],
  [1500, 2],
  [1e12, 3600],
])(
  'when Dataspike asks to wait %p ms, the delivery may come again in %p s',
  async (retryAfterMs, retryAfterSeconds) => {
    const { deliver } = setUp({ read: () => Promise.reject(new UpstreamRateLimited(retryAfterMs)) });
    expect(await deliver(readSample('docver_checks_liveness.json'))).toMatchObject({ status: 503, retryAfterSeconds });
  },
);

test('a state that needs no read is taken while Dataspike is down', async () => {
  const { deliver } = setUp({ read: () => Promise.reject(new UpstreamUnavailable(502)) });
  expect((await deliver(VERIFIED)).status).toBe(200);
});

test('a mistake of ours is answered 503 so that nothing is lost', async () => {
  const { deliver, logged } = setUp({ read: () => Promise.reject(new TypeError('cannot read ERIKSSON of undefined')) });
  expect(await deliver(readSample('docver_checks_liveness.json'))).toEqual({
    status: 503,
    result: 'failed',
    retryAfterSeconds: 5,
  });
  expect(logged.join()).toContain('TypeError');
  expect(logged.join()).not.toContain('ERIKSSON');
});

test('a verification that keeps moving while it is read is answered 503, to be tried again', async () => {
  let count = 0;
  const { deliver, log } = setUp({
    async read(id) {
      count++;
      const verification = makeVerification('PENDING', { id, country: `C${count}` });
      await log.append({ source: 'POLL', occurredAt: '2025-03-14T09:00:00.000Z', deliveryKey: null, verification });
      return makeVerification('PENDING', { id });
    },
  });
  const body = readSample('docver_checks_liveness.json');
  expect(await deliver(body)).toEqual({ status: 503, result: 'conflict', retryAfterSeconds: 1 });
});

test('unsigned deliveries are believed in nothing but the id', async () => {
  const { receive, events, reads } = setUp({
    isUnsigned: true,
    read: async (id) => makeVerification('PENDING', { id, applicantId: 'from Dataspike' }),
  });
  expect(await receive({ signature: undefined, body: VERIFIED })).toEqual({ status: 200, result: 'appended' });
  expect(reads).toEqual([VERIFIED_ID]);
  expect(events).toMatchObject([{ verification: { status: 'PENDING', applicantId: 'from Dataspike' } }]);
});

test('a forged envelope id does not make an unsigned delivery a repeat', async () => {
  const { receive, reads } = setUp({ isUnsigned: true, read: async (id) => makeVerification('VERIFIED', { id }) });
  const { id } = JSON.parse(VERIFIED.toString());
  const forged = Buffer.from(JSON.stringify({ id, event_type: 'AML_SCREENING', payload: {} }));
  expect((await receive({ signature: undefined, body: forged })).result).toBe('ignored');
  expect((await receive({ signature: undefined, body: VERIFIED })).result).toBe('appended');
  expect((await receive({ signature: undefined, body: VERIFIED })).result).toBe('duplicate');
  expect(reads).toEqual([VERIFIED_ID]);
});

test('the log names type, result and a hash, and nothing of the content', async () => {
  const { deliver, logged } = setUp();
  const files = readdirSync(path.join(__dirname, '../../../dataspike/webhooks')).filter((file) =>
    file.endsWith('.json'),
  );
  for (const file of files) await deliver(readSample(file));
  await deliver(VERIFIED, 'v1=0123');
  await deliver(Buffer.from('{"event_type":"Anna Eriksson","payload":{}}'));
  await deliver(Buffer.from('{"event_type":"DOCVER\\nforged line","payload":{}}'));
  for (const line of logged) {
    const { level, msg, result, eventType, delivery, ...rest } = JSON.parse(line);
    expect([msg, rest]).toEqual(['webhook delivery', {}]);
    expect(String(result)).toMatch(/^[a-z_]+$/);
    expect(eventType ?? 'NONE').toMatch(/^[A-Z_]{1,40}$/);
    expect(delivery ?? '0123456789abcdef').toMatch(/^[0-9a-f]{16}$/);
    expect(level).toBeGreaterThan(0);
  }
  expect(logged).toHaveLength(files.length + 3);
  expect(logged.join()).not.toMatch(/eriksson|0192f1c|L898902C3|example\.com|whsec/i);
});
