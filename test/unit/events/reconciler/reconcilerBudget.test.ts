import { makeVerification } from '../verificationFixture';
import { setUpReconciler } from './reconcilerFixture';

beforeEach(() => {
  jest.useFakeTimers({ now: 1_741_944_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Requests in the busiest second, wherever it begins. */
function busiestSecond(times: readonly number[]): number {
  let first = 0;
  return times.reduce((most, atMs, at) => {
    while ((times[first] ?? 0) <= atMs - 1000) first += 1;
    return Math.max(most, at - first + 1);
  }, 0);
}

/** A generator of numbers from 0 to 1 that gives the same ones every time. */
function createRandom() {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test('5,000 verifications are polled within the budget, each one at least once a round', async () => {
  const perSecond = 2;
  const { asked, put, watchers, reconciler, stop } = setUpReconciler({ perSecond, random: createRandom() });
  reconciler.start();
  for (let at = 0; at < 5_000; at += 1) {
    put(makeVerification('PENDING', { id: `v${at}`, applicantId: `a${at}` }));
    watchers.watch({ verificationId: `v${at}` });
  }
  const roundMs = (5_000 / perSecond) * 1000;
  await jest.advanceTimersByTimeAsync(600_000);
  // 10 minutes are used in full, and never more than that.
  expect(asked.length).toBeGreaterThan(0.98 * 600 * perSecond);
  await jest.advanceTimersByTimeAsync(2 * 1.5 * roundMs - 600_000);
  await stop();

  expect(busiestSecond(asked.map(({ atMs }) => atMs))).toBeLessThanOrEqual(perSecond);
  for (const [fromMs, toMs] of [
    [0, 1.5 * roundMs],
    [1.5 * roundMs, 3 * roundMs],
  ] as const) {
    const within = asked.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    expect(new Set(within.map(({ what }) => what)).size).toBe(5_000);
  }
});

test('one that joins thousands is polled as soon as those that were due before it', async () => {
  const { asked, put, watchers, reconciler, stop } = setUpReconciler({ perSecond: 50, random: createRandom() });
  reconciler.start();
  for (let at = 0; at < 500; at += 1) {
    put(makeVerification('PENDING', { id: `v${at}`, applicantId: `a${at}` }));
    watchers.watch({ verificationId: `v${at}` });
  }
  await jest.advanceTimersByTimeAsync(60_000);
  put(makeVerification('PENDING', { id: 'joined', applicantId: 'joined' }));
  watchers.watch({ verificationId: 'joined' });
  await jest.advanceTimersByTimeAsync(3_500);
  expect(asked.some(({ what }) => what === 'read joined')).toBe(true);
  await stop();
});

test('10,000 who come and go at once leave nothing behind and cost no request', async () => {
  const { asked, watchers, reconciler, stop } = setUpReconciler({ perSecond: 2 });
  reconciler.start();
  for (let round = 0; round < 10_000; round += 1) {
    const filter = [{ verificationId: `v${round}` }, { applicantId: `a${round}` }, {}][round % 3];
    watchers.watch(filter ?? {}).close();
  }
  await jest.advanceTimersByTimeAsync(0);
  expect(jest.getTimerCount()).toBe(0);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
  await stop();
});
