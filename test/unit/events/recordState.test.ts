import fc from 'fast-check';
import { UpstreamRefused, UpstreamUnavailable } from '../../../src/dataspike/errors';
import type { Verification, VerificationStatus } from '../../../src/dataspike/verification';
import type { EventLog } from '../../../src/events/eventLog';
import { createMemoryEventLog } from '../../../src/events/memoryEventLog';
import { createStateRecorder } from '../../../src/events/recordState';
import { makeCandidate, makeVerification } from './verificationFixture';

const NOW = Date.UTC(2025, 2, 14, 10, 0, 0);
const NOW_TEXT = '2025-03-14T10:00:00.000Z';
const EARLY = '2025-03-14T09:00:00.000Z';
const LATE = '2025-03-14T09:30:00.000Z';

/** A recorder in front of a Dataspike that holds `upstream`; `reads` counts what it was asked. */
function setUp({
  upstream = {},
  byShortId,
}: {
  upstream?: Record<string, Verification>;
  byShortId?: Record<string, Verification>;
} = {}) {
  const log = createMemoryEventLog({ retention: 1000 });
  const reads: string[] = [];
  const recorder = createStateRecorder({
    log,
    now: () => NOW,
    async readVerification(id) {
      reads.push(id);
      return upstream[id] ?? null;
    },
    readByShortId: byShortId && (async (shortId) => byShortId[shortId] ?? null),
  });
  const deliver = (verification: Verification, occurredAt = LATE, deliveryKey: string | null = 'delivery-1') =>
    recorder.recordDelivery({ verification, occurredAt, deliveryKey });
  return { log, reads, recorder, upstream, deliver };
}

async function statusOf(log: EventLog): Promise<VerificationStatus | null> {
  return (await log.latest('verification-1'))?.verification.status ?? null;
}

test('the first signed delivery is believed without a read', async () => {
  const { log, reads, deliver } = setUp();
  expect(await deliver(makeVerification('VERIFIED'))).toBe('APPENDED');
  expect(await log.latest('verification-1')).toMatchObject({ source: 'WEBHOOK', occurredAt: LATE });
  expect(reads).toEqual([]);
});

test('a later delivery with a legal transition is believed without a read', async () => {
  const { log, reads, deliver } = setUp();
  await deliver(makeVerification('INITIAL'), EARLY, 'd1');
  expect(await deliver(makeVerification('VERIFIED'), LATE, 'd2')).toBe('APPENDED');
  expect(await statusOf(log)).toBe('VERIFIED');
  expect(reads).toEqual([]);
});

test('a delivery that says the same again, under another key, settles without a read', async () => {
  const { log, reads, deliver } = setUp();
  await deliver(makeVerification('VERIFIED'), LATE, 'd1');
  expect(await deliver(makeVerification('VERIFIED'), EARLY, 'd2')).toBe('UNCHANGED');
  expect(await log.hasSeen('d2')).toBe(true);
  expect(reads).toEqual([]);
});

test('a delivery from before the newest event makes us read, and the read counts', async () => {
  const { log, reads, deliver } = setUp({ upstream: { 'verification-1': makeVerification('IN_PROGRESS') } });
  await deliver(makeVerification('PENDING', { country: 'DE' }), LATE, 'd1');
  expect(await deliver(makeVerification('PENDING', { country: 'FR' }), EARLY, 'd2')).toBe('APPENDED');
  expect(await statusOf(log)).toBe('IN_PROGRESS');
  expect(reads).toEqual(['verification-1']);
});

test.each<[VerificationStatus, VerificationStatus]>([
  ['IN_PROGRESS', 'PENDING'],
  ['IN_PROGRESS', 'INITIAL'],
  ['PENDING', 'UNKNOWN'],
  ['UNKNOWN', 'PENDING'],
])('a delivery that would go from %s to %s makes us read', async (from, to) => {
  const { log, reads, deliver, upstream } = setUp();
  await log.append(makeCandidate(makeVerification(from), { occurredAt: EARLY }));
  upstream['verification-1'] = makeVerification('VERIFIED');
  expect(await deliver(makeVerification(to))).toBe('APPENDED');
  expect(reads).toEqual(['verification-1']);
  expect(await statusOf(log)).toBe('VERIFIED');
});

test('a first delivery with a status that we do not know makes us read', async () => {
  const { log, reads, deliver } = setUp({ upstream: { 'verification-1': makeVerification('FAILED') } });
  expect(await deliver(makeVerification('UNKNOWN', { rawStatus: 'in_review' }))).toBe('APPENDED');
  expect(reads).toHaveLength(1);
  expect(await statusOf(log)).toBe('FAILED');
});

test('a status that we do not know is published when Dataspike says it, too', async () => {
  const unknown = makeVerification('UNKNOWN', { rawStatus: 'in_review' });
  const { log, deliver } = setUp({ upstream: { 'verification-1': unknown } });
  await deliver(makeVerification('PENDING'), EARLY, 'd1');
  expect(await deliver(unknown, LATE, 'd2')).toBe('APPENDED');
  expect((await log.latest('verification-1'))?.verification.rawStatus).toBe('in_review');
});

test('a final state is never overwritten by a late delivery', async () => {
  const { log, reads, deliver } = setUp({ upstream: { 'verification-1': makeVerification('VERIFIED') } });
  await deliver(makeVerification('VERIFIED'), LATE, 'd1');
  expect(await deliver(makeVerification('IN_PROGRESS'), NOW_TEXT, 'd2')).toBe('UNCHANGED');
  expect(await statusOf(log)).toBe('VERIFIED');
  expect(await log.hasSeen('d2')).toBe(true);
  expect(reads).toHaveLength(1);
});

test('a final state stays when a read lags behind it, and the delivery is settled', async () => {
  const { log, deliver } = setUp({ upstream: { 'verification-1': makeVerification('IN_PROGRESS') } });
  await deliver(makeVerification('VERIFIED'), LATE, 'd1');
  expect(await deliver(makeVerification('IN_PROGRESS'), NOW_TEXT, 'd2')).toBe('OUTDATED');
  expect(await statusOf(log)).toBe('VERIFIED');
  expect(await log.hasSeen('d2')).toBe(true);
});

test('a final state is corrected by what Dataspike says, not by a delivery', async () => {
  const { log, deliver, upstream } = setUp({ upstream: { 'verification-1': makeVerification('FAILED') } });
  await deliver(makeVerification('FAILED'), EARLY, 'd1');
  expect(await deliver(makeVerification('VERIFIED'), LATE, 'd2')).toBe('UNCHANGED');
  expect(await statusOf(log)).toBe('FAILED');
  upstream['verification-1'] = makeVerification('VERIFIED');
  expect(await deliver(makeVerification('VERIFIED'), LATE, 'd3')).toBe('APPENDED');
  expect(await statusOf(log)).toBe('VERIFIED');
});

test.each<[string, Verification, Verification]>([
  ['a canceled one after an expired one', makeVerification('EXPIRED'), makeVerification('CANCELED')],
  ['the same one with other facts', makeVerification('VERIFIED'), makeVerification('VERIFIED', { country: 'DE' })],
])('another final state makes us read, even where it could follow: %s', async (_what, before, after) => {
  const { log, reads, deliver, upstream } = setUp();
  await deliver(before, EARLY, 'd1');
  upstream['verification-1'] = before;
  expect(await deliver(after, LATE, 'd2')).toBe('UNCHANGED');
  expect(reads).toHaveLength(1);
  upstream['verification-1'] = after;
  expect(await deliver(after, LATE, 'd3')).toBe('APPENDED');
  expect((await log.latest('verification-1'))?.verification).toEqual(after);
});

test('what a delivery leaves out stays known', async () => {
  const { log, deliver } = setUp();
  await log.append(makeCandidate(makeVerification('PENDING', { country: 'DE' }), { occurredAt: EARLY }));
  await deliver(makeVerification('VERIFIED', { profileId: null, isSandbox: null, country: null, url: null }));
  expect((await log.latest('verification-1'))?.verification).toMatchObject({
    status: 'VERIFIED',
    profileId: 'profile-1',
    isSandbox: true,
    country: 'DE',
    url: 'https://am.dataspike.io/V4C81D2E6A0F39B75',
  });
});

test('a read that Dataspike does not answer is passed on, and the delivery counts as new again', async () => {
  const log = createMemoryEventLog({ retention: 10 });
  const recorder = createStateRecorder({
    log,
    readVerification: () => Promise.reject(new UpstreamUnavailable(502)),
  });
  await expect(recorder.recordFromUpstream('verification-1', 'WEBHOOK', 'd1')).rejects.toThrow(UpstreamUnavailable);
  expect(await log.hasSeen('d1')).toBe(false);
});

test.each([
  [400, 'NOT_FOUND'],
  [422, 'NOT_FOUND'],
  [409, 'refused'],
])('a %d to a read by id means %s', async (status, expected) => {
  const log = createMemoryEventLog({ retention: 10 });
  const refusal = { text: null, error: null, validationErrors: [], pendingDocuments: [], checkErrors: [] };
  const readVerification = () => Promise.reject(new UpstreamRefused(status, refusal));
  const recorder = createStateRecorder({ log, readVerification });
  const outcome = await recorder.recordFromUpstream('dummy', 'WEBHOOK', 'd1').catch((error) => {
    expect(error).toBeInstanceOf(UpstreamRefused);
    return 'refused';
  });
  expect(outcome).toBe(expected);
  expect(await log.hasSeen('d1')).toBe(expected === 'NOT_FOUND');
});

test('a short id that is refused as an id is still asked for as a short id', async () => {
  const refusal = { text: null, error: null, validationErrors: [], pendingDocuments: [], checkErrors: [] };
  const verification = makeVerification('VERIFIED');
  const log = createMemoryEventLog({ retention: 10 });
  const recorder = createStateRecorder({
    log,
    async readVerification(id) {
      if (id === verification.id) return verification;
      throw new UpstreamRefused(400, refusal);
    },
    readByShortId: async () => verification,
  });
  expect(await recorder.recordFromUpstream('V4C8', 'WEBHOOK', 'd1')).toBe('APPENDED');
});

test('a verification that Dataspike does not know settles the delivery', async () => {
  const { log, reads, recorder } = setUp({ byShortId: {} });
  expect(await recorder.recordFromUpstream('nowhere', 'WEBHOOK', 'd1')).toBe('NOT_FOUND');
  expect(await log.hasSeen('d1')).toBe(true);
  expect(await recorder.recordFromUpstream('nowhere', 'POLL', null)).toBe('NOT_FOUND');
  expect(reads).toEqual(['nowhere', 'nowhere']);
});

test('a verification named by its short id is recorded under its own', async () => {
  const verification = makeVerification('VERIFIED', { completedAt: LATE });
  const { log, recorder } = setUp({ upstream: { 'verification-1': verification }, byShortId: { V4C8: verification } });
  await log.append(makeCandidate(makeVerification('PENDING')));
  expect(await recorder.recordFromUpstream('V4C8', 'WEBHOOK', 'd1')).toBe('APPENDED');
  expect(await log.latest('verification-1')).toMatchObject({ previousStatus: 'PENDING', occurredAt: LATE });
  expect(await log.latest('V4C8')).toBeNull();
});

test('the time of a read is its completion when final, else now, and never before the newest event', async () => {
  const { log, recorder, upstream } = setUp();
  upstream['verification-1'] = makeVerification('PENDING');
  await recorder.recordFromUpstream('verification-1', 'POLL', null);
  expect(await log.latest('verification-1')).toMatchObject({ source: 'POLL', occurredAt: NOW_TEXT });
  upstream['verification-1'] = makeVerification('VERIFIED', { completedAt: LATE });
  await recorder.recordFromUpstream('verification-1', 'HISTORY', null);
  expect(await log.latest('verification-1')).toMatchObject({ source: 'HISTORY', occurredAt: NOW_TEXT });

  upstream.other = makeVerification('VERIFIED', { id: 'other', completedAt: LATE });
  await recorder.recordFromUpstream('other', 'POLL', null);
  expect((await log.latest('other'))?.occurredAt).toBe(LATE);
});

test('a read that another event overtook is done again', async () => {
  const log = createMemoryEventLog({ retention: 10 });
  const answers = [makeVerification('INITIAL'), makeVerification('VERIFIED')];
  const recorder = createStateRecorder({
    log,
    async readVerification() {
      const answer = answers.shift() ?? null;
      if (answer?.status === 'INITIAL') await log.append(makeCandidate(makeVerification('IN_PROGRESS')));
      return answer;
    },
  });
  expect(await recorder.recordFromUpstream('verification-1', 'POLL', null)).toBe('APPENDED');
  expect((await log.read(await firstCursor(log), 10))?.map((event) => event.verification.status)).toEqual([
    'IN_PROGRESS',
    'VERIFIED',
  ]);
});

test('a read that is overtaken every time gives up after three tries, and the delivery counts as new again', async () => {
  const log = createMemoryEventLog({ retention: 10 });
  let reads = 0;
  const recorder = createStateRecorder({
    log,
    async readVerification() {
      reads++;
      await log.append(makeCandidate(makeVerification('PENDING', { country: `C${reads}` })));
      return makeVerification('PENDING');
    },
  });
  expect(await recorder.recordFromUpstream('verification-1', 'WEBHOOK', 'd1')).toBe('CONFLICT');
  expect(reads).toBe(3);
  expect(await log.hasSeen('d1')).toBe(false);
});

test('two deliveries at once cannot bring a verification backwards', async () => {
  const { log, deliver } = setUp({ upstream: { 'verification-1': makeVerification('IN_PROGRESS') } });
  await deliver(makeVerification('INITIAL'), EARLY, 'd1');
  await Promise.all([
    deliver(makeVerification('IN_PROGRESS'), '2025-03-14T09:20:00.000Z', 'd2'),
    deliver(makeVerification('PENDING'), '2025-03-14T09:10:00.000Z', 'd3'),
  ]);
  expect(await statusOf(log)).toBe('IN_PROGRESS');
  expect([await log.hasSeen('d2'), await log.hasSeen('d3')]).toEqual([true, true]);
});

test('a state that was just read elsewhere is recorded without another read', async () => {
  const { log, reads, recorder } = setUp();
  expect(await recorder.recordKnown(makeVerification('INITIAL'), 'MUTATION')).toBe('APPENDED');
  expect(await recorder.recordKnown(makeVerification('INITIAL'), 'POLL')).toBe('UNCHANGED');
  expect(await recorder.recordKnown(makeVerification('EXPIRED'), 'MUTATION')).toBe('APPENDED');
  expect(await recorder.recordKnown(makeVerification('EXPIRED'), 'POLL')).toBe('UNCHANGED');
  expect(await log.latest('verification-1')).toMatchObject({ source: 'MUTATION', previousStatus: 'INITIAL' });
  expect(reads).toEqual([]);
});

test('of two final states that were read, another read tells which one holds', async () => {
  const { log, reads, recorder, upstream } = setUp();
  await recorder.recordKnown(makeVerification('EXPIRED'), 'POLL');
  upstream['verification-1'] = makeVerification('EXPIRED');
  expect(await recorder.recordKnown(makeVerification('CANCELED'), 'MUTATION')).toBe('UNCHANGED');
  upstream['verification-1'] = makeVerification('CANCELED');
  expect(await recorder.recordKnown(makeVerification('CANCELED'), 'MUTATION')).toBe('APPENDED');
  expect(await log.latest('verification-1')).toMatchObject({ source: 'MUTATION', previousStatus: 'EXPIRED' });
  expect(reads).toHaveLength(2);
});

test('a late read of a final state does not replace one that was delivered again meanwhile', async () => {
  const log = createMemoryEventLog({ retention: 10 });
  const expired = makeVerification('EXPIRED');
  const answers = [makeVerification('CANCELED'), expired];
  const recorder = createStateRecorder({
    log,
    async readVerification() {
      const answer = answers.shift() ?? null;
      // While the answer is on its way, Dataspike goes back to what the log says.
      const delivery = { verification: expired, occurredAt: LATE, deliveryKey: 'd3' };
      if (answer !== expired) expect(await recorder.recordDelivery(delivery)).toBe('UNCHANGED');
      return answer;
    },
  });
  await recorder.recordDelivery({ verification: expired, occurredAt: EARLY, deliveryKey: 'd1' });
  const canceled = { verification: makeVerification('CANCELED'), occurredAt: LATE, deliveryKey: 'd2' };
  expect(await recorder.recordDelivery(canceled)).toBe('UNCHANGED');
  expect(await statusOf(log)).toBe('EXPIRED');
  expect(answers).toEqual([]);
});

test('a state that was read elsewhere and overtaken meanwhile is dropped', async () => {
  const { log, recorder } = setUp();
  await recorder.recordKnown(makeVerification('IN_PROGRESS'), 'POLL');
  expect(await recorder.recordKnown(makeVerification('INITIAL'), 'MUTATION')).toBe('OUTDATED');
  expect(await recorder.recordKnown(makeVerification('UNKNOWN'), 'POLL')).toBe('APPENDED');
  expect(await recorder.recordKnown(makeVerification('VERIFIED'), 'POLL')).toBe('APPENDED');
  expect(await recorder.recordKnown(makeVerification('UNKNOWN'), 'POLL')).toBe('OUTDATED');
  expect(await statusOf(log)).toBe('VERIFIED');
});

test('however deliveries, reads and mutations interleave, no status follows a final one and all ends where Dataspike is', async () => {
  const path: VerificationStatus[] = ['INITIAL', 'PENDING', 'IN_PROGRESS', 'FAILED'];
  const step = fc.record({
    at: fc.nat({ max: 3 }),
    way: fc.constantFrom('delivery', 'read', 'known'),
    upstreamAt: fc.nat({ max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.scheduler(), async (steps, scheduler) => {
      const log = createMemoryEventLog({ retention: 1000 });
      let upstreamAt = 0;
      const stateAt = (at: number) => makeVerification(path[at] ?? 'INITIAL');
      const readUpstream = async () => stateAt(upstreamAt);
      const readVerification = scheduler.scheduleFunction(readUpstream);
      const recorder = createStateRecorder({ log, readVerification, now: () => NOW });
      const work = steps.map(async ({ at, way, upstreamAt: reached }, index) => {
        // Dataspike itself only moves on; a delivery and a mutation tell of what has been.
        upstreamAt = Math.max(upstreamAt, at, reached);
        const occurredAt = new Date(NOW + at * 1000).toISOString();
        if (way === 'read') return recorder.recordFromUpstream('verification-1', 'POLL', null);
        if (way === 'known') return recorder.recordKnown(stateAt(at), 'MUTATION');
        return recorder.recordDelivery({ verification: stateAt(at), occurredAt, deliveryKey: `d${index}` });
      });
      await scheduler.waitFor(Promise.all(work));
      await scheduler.waitFor(recorder.recordFromUpstream('verification-1', 'POLL', null));

      const events = (await log.read(await firstCursor(log), 1000)) ?? [];
      const reached = events.map((event) => path.indexOf(event.verification.status));
      expect(reached).toEqual([...reached].sort((a, b) => a - b));
      expect(reached.at(-1)).toBe(upstreamAt);
    }),
    { numRuns: 300 },
  );
});

test('however late reads and deliveries of two final states come that replace each other, the log ends with the newer one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.scheduler(), async (changes, scheduler) => {
      const log = createMemoryEventLog({ retention: 1000 });
      let upstream = makeVerification('CANCELED');
      const readVerification = scheduler.scheduleFunction(async () => upstream);
      const recorder = createStateRecorder({ log, readVerification, now: () => NOW });
      /** Dataspike delivers again what was not settled. */
      const deliver = async (verification: Verification, deliveryKey: string) => {
        await scheduler.schedule(Promise.resolve());
        while ((await recorder.recordDelivery({ verification, occurredAt: LATE, deliveryKey })) === 'CONFLICT');
      };
      const deliveries: Promise<void>[] = [];
      const change = async (index: number) => {
        await scheduler.schedule(Promise.resolve());
        upstream = makeVerification(upstream.status === 'CANCELED' ? 'EXPIRED' : 'CANCELED');
        deliveries.push(deliver(upstream, `d${index}`));
      };
      await scheduler.waitFor(Promise.all(Array.from({ length: changes }, (_, index) => change(index))));
      await scheduler.waitFor(Promise.all(deliveries));
      expect(await statusOf(log)).toBe(upstream.status);
    }),
    { numRuns: 500 },
  );
});

/** The cursor that the first event of a memory log follows. */
async function firstCursor(log: EventLog): Promise<string> {
  return `${log.position().split('-')[0]}-0`;
}
