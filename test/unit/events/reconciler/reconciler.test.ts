import { UpstreamRateLimited, UpstreamRefused, UpstreamUnavailable } from '../../../../src/dataspike/errors';
import { EventLogUnavailable } from '../../../../src/events/eventLog';
import { makeVerification } from '../verificationFixture';
import { setUpReconciler } from './reconcilerFixture';

type SetUp = ReturnType<typeof setUpReconciler>;
let made: SetUp[] = [];

beforeEach(() => {
  jest.useFakeTimers({ now: 1_741_944_000_000 });
});
afterEach(async () => {
  await Promise.all(made.map((each) => each.stop()));
  made = [];
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

/** A reconciler that runs; stopped after the test. */
function start(options: Parameters<typeof setUpReconciler>[0] = {}): SetUp {
  const setUp = setUpReconciler(options);
  made.push(setUp);
  setUp.reconciler.start();
  return setUp;
}

const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1000);
const gapsOf = (asked: SetUp['asked']) => asked.map(({ atMs }, at) => atMs - (asked[at - 1]?.atMs ?? 0));
const changesOf = ({ events }: SetUp) =>
  events.map(({ source, verification }) => `${source} ${verification.id} ${verification.status}`);

test('while nobody watches there is no request and no timer', async () => {
  const { asked, put } = start();
  put(makeVerification('PENDING'));
  await seconds(600);
  expect(asked).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});

test('when the last watcher has left there is no request and no timer', async () => {
  const { asked, put, watchers, takeAsked } = start();
  put(makeVerification('PENDING'));
  const all = [{ verificationId: 'verification-1' }, { applicantId: 'applicant-1' }, {}].map(watchers.watch);
  await seconds(5);
  expect(asked.length).toBeGreaterThan(3);
  for (const watcher of all) watcher.close();
  takeAsked();
  await seconds(1);
  expect(jest.getTimerCount()).toBe(0);
  await seconds(600);
  expect(asked).toEqual([]);
});

test('what was watched before the start is polled', async () => {
  const setUp = setUpReconciler();
  made.push(setUp);
  setUp.put(makeVerification('PENDING'));
  setUp.watchers.watch({ verificationId: 'verification-1' });
  setUp.reconciler.start();
  await seconds(2.5);
  expect(setUp.takeAsked()).toEqual(['read verification-1']);
});

test('the first look comes within 2.5 s, the next ones ever later, 25 s apart in the end', async () => {
  const { asked, put, watchers } = start();
  put(makeVerification('PENDING'));
  watchers.watch({ verificationId: 'verification-1' });
  await seconds(120);
  // The first one finds what the log did not know yet, so the second comes as soon again.
  expect(gapsOf(asked)).toEqual([2000, 2000, 3000, 4500, 6750, 10_125, 15_188, 22_782, 25_000, 25_000]);
});

test('the jitter is 20 % in both directions, and never makes it more than 30 s', async () => {
  for (const [random, factor] of [
    [() => 0, 0.8],
    [() => 1, 1.2],
  ] as const) {
    const { asked, put, watchers, stop } = start({ random });
    put(makeVerification('PENDING'));
    watchers.watch({ verificationId: 'verification-1' });
    await seconds(300);
    const gaps = gapsOf(asked);
    expect(gaps.slice(0, 3)).toEqual([2000, 2000, 3000].map((gap) => Math.round(gap * factor)));
    expect(gaps.at(-1)).toBe(25_000 * factor);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
    await stop();
  }
});

test('what a look finds is recorded with source POLL, and looked at again soon', async () => {
  const setUp = start();
  const { asked, put, watchers } = setUp;
  put(makeVerification('INITIAL'));
  watchers.watch({ verificationId: 'verification-1' });
  await seconds(60);
  put(makeVerification('PENDING'));
  await seconds(30);
  expect(changesOf(setUp)).toEqual(['POLL verification-1 INITIAL', 'POLL verification-1 PENDING']);
  const gaps = gapsOf(asked);
  const found = gaps.findIndex((gap, at) => at > 2 && gap === 2000);
  expect(gaps.slice(found, found + 2)).toEqual([2000, 3000]);
});

test('what is final is recorded and not asked for again', async () => {
  const setUp = start();
  setUp.put(makeVerification('IN_PROGRESS'));
  setUp.watchers.watch({ verificationId: 'verification-1' });
  await seconds(10);
  setUp.put(makeVerification('VERIFIED'));
  await seconds(30);
  expect(changesOf(setUp)).toEqual(['POLL verification-1 IN_PROGRESS', 'POLL verification-1 VERIFIED']);
  setUp.takeAsked();
  expect(jest.getTimerCount()).toBe(0);
  await seconds(600);
  expect(setUp.asked).toEqual([]);
});

test('what the log knows to be final is never asked for', async () => {
  const { recorder, watchers, asked } = start();
  await recorder.recordKnown(makeVerification('FAILED'), 'MUTATION');
  watchers.watch({ verificationId: 'verification-1' });
  await seconds(60);
  expect(asked).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});

test('an event puts the next look off by its interval, and a final one ends them', async () => {
  const { recorder, watchers, asked, put, takeAsked } = start();
  put(makeVerification('INITIAL'));
  watchers.watch({ verificationId: 'verification-1' });
  await seconds(1.9);
  put(makeVerification('PENDING'));
  await recorder.recordKnown(makeVerification('PENDING'), 'MUTATION');
  await seconds(1.9);
  expect(takeAsked()).toEqual([]);
  await seconds(0.2);
  expect(takeAsked()).toEqual(['read verification-1']);
  await recorder.recordDelivery({
    verification: makeVerification('EXPIRED'),
    occurredAt: new Date().toISOString(),
    deliveryKey: 'd1',
  });
  await seconds(600);
  expect(asked).toEqual([]);
});

test('an event makes a verification that was quiet for long due again in 2 s', async () => {
  const { recorder, watchers, put, takeAsked } = start();
  put(makeVerification('INITIAL'));
  watchers.watch({ verificationId: 'verification-1' });
  await seconds(200);
  put(makeVerification('PENDING'));
  await recorder.recordKnown(makeVerification('PENDING'), 'MUTATION');
  takeAsked();
  await seconds(2);
  expect(takeAsked()).toEqual(['read verification-1']);
});

test('an answer from before an event is not taken for news', async () => {
  const setUp = start();
  const { recorder, watchers, upstream, put, events } = setUp;
  put(makeVerification('PENDING'));
  watchers.watch({ verificationId: 'verification-1' });
  // The event comes while the answer with the old state is on its way.
  const read = upstream.get.bind(upstream);
  let isFirst = true;
  upstream.get = (id) => {
    const old = read(id);
    if (isFirst) void recorder.recordKnown(makeVerification('PENDING', { country: 'DE' }), 'MUTATION');
    isFirst = false;
    return old;
  };
  await seconds(2.1);
  upstream.get = read;
  put(makeVerification('PENDING', { country: 'DE' }));
  await seconds(60);
  expect(events.map(({ verification }) => verification.country)).toEqual(['DE']);
});

test('an event in the middle of a look makes the next one come soon', async () => {
  const { recorder, watchers, upstream, put, asked } = start();
  put(makeVerification('INITIAL'));
  watchers.watch({ verificationId: 'verification-1' });
  await seconds(200);
  const looks = asked.length;
  const read = upstream.get.bind(upstream);
  upstream.get = (id) => {
    const old = read(id);
    put(makeVerification('PENDING'));
    void recorder.recordKnown(makeVerification('PENDING'), 'MUTATION');
    return old;
  };
  await seconds(30);
  expect(gapsOf(asked).slice(looks, looks + 2)).toEqual([25_000, 2000]);
});

test('what nobody needs any more when its turn comes costs no request', async () => {
  const { recorder, watchers, put, takeAsked } = start({ perSecond: 0.1 });
  for (const id of ['v1', 'v2', 'v3']) put(makeVerification('PENDING', { id }));
  watchers.watch({ verificationId: 'v1' });
  await seconds(2.5);
  expect(takeAsked()).toEqual(['read v1']);
  const left = watchers.watch({ verificationId: 'v2' });
  await seconds(3);
  left.close();
  await seconds(60);
  expect(takeAsked()).not.toContain('read v2');

  watchers.watch({ verificationId: 'v3' });
  await seconds(3);
  await recorder.recordKnown(makeVerification('VERIFIED', { id: 'v3' }), 'MUTATION');
  await seconds(60);
  expect(takeAsked()).not.toContain('read v3');
});

test('an event while a look waits for its turn puts it off, too', async () => {
  const { recorder, watchers, put, takeAsked } = start({ perSecond: 0.1 });
  put(makeVerification('INITIAL'));
  watchers.watch({ verificationId: 'verification-1' });
  // The first look at 2 s; the second, due at 4 s, gets its turn at 12 s.
  await seconds(11);
  put(makeVerification('PENDING'));
  await recorder.recordKnown(makeVerification('PENDING'), 'MUTATION');
  await seconds(2);
  expect(takeAsked()).toEqual(['read verification-1']);
  await seconds(12);
  expect(takeAsked()).toEqual(['read verification-1']);
});

test('what does not exist is asked for every 30 s at most', async () => {
  const { watchers, asked } = start();
  watchers.watch({ verificationId: 'nobody' });
  watchers.watch({ applicantId: 'nobody' });
  await seconds(300);
  expect(gapsOf(asked.filter(({ what }) => what === 'read nobody')).slice(0, 4)).toEqual([
    2000, 25_000, 25_000, 25_000,
  ]);
  expect(gapsOf(asked.filter(({ what }) => what === 'list nobody 0')).slice(0, 3)).toEqual([250, 25_000, 25_000]);
});

test('an id that Dataspike refuses does not exist', async () => {
  const refusal = { text: null, error: null, validationErrors: [], pendingDocuments: [], checkErrors: [] };
  const { watchers, asked, logged } = start({
    fail() {
      throw new UpstreamRefused(400, refusal);
    },
  });
  watchers.watch({ verificationId: 'odd' });
  await seconds(60);
  expect(gapsOf(asked)).toEqual([2000, 25_000, 25_000]);
  expect(logged).toEqual([]);
});

test('a verification that appears later is found', async () => {
  const setUp = start();
  setUp.watchers.watch({ verificationId: 'verification-1' });
  await seconds(40);
  setUp.put(makeVerification('VERIFIED'));
  await seconds(30);
  expect(changesOf(setUp)).toEqual(['POLL verification-1 VERIFIED']);
});

test('a process that does not get the lease does not ask, and takes over when it gets it', async () => {
  let isOurs = false;
  const asked: string[] = [];
  const { put, watchers, takeAsked } = start({
    leases: {
      async acquire(name, ttlMs) {
        asked.push(`${name} ${ttlMs >= 2000}`);
        return isOurs;
      },
      async release() {},
    },
  });
  put(makeVerification('PENDING'));
  watchers.watch({ verificationId: 'verification-1' });
  watchers.watch({ applicantId: 'applicant-1' });
  watchers.watch({});
  await seconds(120);
  expect(takeAsked()).toEqual([]);
  expect(new Set(asked)).toEqual(
    new Set(['poll:verification-1 true', 'poll:applicant:applicant-1 true', 'poll-everything true']),
  );
  isOurs = true;
  await seconds(30);
  expect(takeAsked()).toEqual(expect.arrayContaining(['list everything 0', 'list applicant-1 0']));
});

test('a lease is held until after the next look, and given back when nobody watches, or all is said, or at the end', async () => {
  const held = new Map<string, number>();
  const { put, watchers, reconciler } = start({
    leases: {
      async acquire(name, ttlMs) {
        held.set(name, Date.now() + ttlMs);
        return true;
      },
      async release(name) {
        held.delete(name);
      },
    },
  });
  for (const id of ['v1', 'v2', 'v3']) put(makeVerification('PENDING', { id }));
  const [first] = ['v1', 'v2', 'v3'].map((verificationId) => watchers.watch({ verificationId }));
  await seconds(2.5);
  for (let second = 0; second < 100; second += 1) {
    for (const id of ['v1', 'v2', 'v3']) expect(held.get(`poll:${id}`)).toBeGreaterThan(Date.now());
    await seconds(1);
  }
  first?.close();
  await seconds(0);
  expect([...held.keys()].sort()).toEqual(['poll:v2', 'poll:v3']);
  put(makeVerification('VERIFIED', { id: 'v2' }));
  await seconds(30);
  expect([...held.keys()]).toEqual(['poll:v3']);
  await reconciler.stop();
  expect([...held.keys()]).toEqual([]);
});

test('an outage is logged once a minute by class alone, and asked about ever less often', async () => {
  const { watchers, asked, logged } = start({
    fail() {
      throw new UpstreamUnavailable(502);
    },
  });
  watchers.watch({ verificationId: 'verification-1' });
  await seconds(170);
  expect(logged.map(({ error }) => error)).toEqual(Array(logged.length).fill('UpstreamUnavailable'));
  expect(logged.length).toBeGreaterThanOrEqual(2);
  expect(logged.length).toBeLessThanOrEqual(3);
  expect(JSON.stringify(logged)).not.toContain('verification-1');
  expect(gapsOf(asked).slice(0, 4)).toEqual([2000, 3000, 4500, 6750]);
  expect(gapsOf(asked).at(-1)).toBe(25_000);
});

test.each([
  [7_000, 7_000],
  [null, 5_000],
])('when Dataspike asks to wait %s ms, everything waits %s ms', async (retryAfterMs, waitMs) => {
  let isLimited = true;
  const { watchers, put, asked } = start({
    fail() {
      if (isLimited) throw new UpstreamRateLimited(retryAfterMs);
    },
  });
  for (let at = 0; at < 20; at += 1) {
    put(makeVerification('PENDING', { id: `v${at}` }));
    watchers.watch({ verificationId: `v${at}` });
  }
  await seconds(2.001);
  isLimited = false;
  const before = asked.length;
  expect(before).toBeLessThanOrEqual(4);
  await jest.advanceTimersByTimeAsync(waitMs - 10);
  expect(asked).toHaveLength(before);
  await seconds(10);
  expect(asked.length).toBeGreaterThan(20);
});

test('while the log cannot be reached nobody is asked, and what was found is recorded once it is back', async () => {
  let isGone = true;
  const setUp = start({
    leases: {
      async acquire() {
        if (isGone) throw new EventLogUnavailable();
        return true;
      },
      async release() {},
    },
  });
  setUp.put(makeVerification('VERIFIED'));
  setUp.watchers.watch({ verificationId: 'verification-1' });
  await seconds(60);
  expect(setUp.asked).toEqual([]);
  isGone = false;
  await seconds(3);
  expect(changesOf(setUp)).toEqual(['POLL verification-1 VERIFIED']);
});

test('a state that the log thinks impossible is asked for again, and what Dataspike says counts', async () => {
  const setUp = start();
  await setUp.recorder.recordKnown(makeVerification('IN_PROGRESS'), 'MUTATION');
  setUp.put(makeVerification('PENDING'));
  setUp.watchers.watch({ verificationId: 'verification-1' });
  await seconds(3);
  expect(changesOf(setUp)).toEqual(['MUTATION verification-1 IN_PROGRESS', 'POLL verification-1 PENDING']);
  expect(setUp.takeAsked()).toEqual(['read verification-1', 'read verification-1']);
  await seconds(2);
  expect(setUp.takeAsked()).toEqual(['read verification-1']);
});

test('after a loss of the log the states are recorded anew', async () => {
  const setUp = setUpReconciler();
  made.push(setUp);
  let lose = () => {};
  const follow = setUp.log.follow;
  setUp.log.follow = (listener, onGap) => {
    lose = onGap ?? lose;
    return follow(listener);
  };
  setUp.reconciler.start();
  setUp.put(makeVerification('PENDING'));
  const recorded: string[] = [];
  const known = setUp.recorder.recordKnown;
  setUp.recorder.recordKnown = (verification, source) => {
    recorded.push(verification.id);
    return known(verification, source);
  };
  setUp.watchers.watch({ verificationId: 'verification-1' });
  await seconds(60);
  expect(recorded).toHaveLength(1);
  lose();
  await seconds(60);
  expect(recorded).toHaveLength(2);
});

test('stopping ends a look that is under way, and starts no other', async () => {
  const { asked, reads } = hangingReads();
  const { watchers, reconciler, logged } = start({ reads });
  for (const verificationId of ['v1', 'v2']) watchers.watch({ verificationId });
  await seconds(60);
  expect(asked).toHaveLength(2);
  await reconciler.stop();
  await seconds(60);
  expect(asked).toHaveLength(2);
  expect(logged).toEqual([]);
});

test('a Dataspike that does not answer is asked for a few things at once, not for ever more', async () => {
  const { asked, reads } = hangingReads();
  const { watchers } = start({ reads });
  for (let at = 0; at < 50; at += 1) watchers.watch({ verificationId: `v${at}` });
  await seconds(300);
  expect(asked).toHaveLength(4);
});

/** Reads that get no answer. */
function hangingReads() {
  const asked: string[] = [];
  function readVerification(id: string, signal: AbortSignal): Promise<never> {
    asked.push(id);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }
  return { asked, reads: { readVerification } };
}
