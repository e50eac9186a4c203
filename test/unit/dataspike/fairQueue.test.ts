import { UpstreamTimeout } from '../../../src/dataspike/errors';
import { createFairQueue, type FairQueue } from '../../../src/dataspike/fairQueue';
import { createLearnedRate } from '../../../src/dataspike/learnedRate';
import { OWN_ORIGIN } from '../../../src/dataspike/origin';
import { rejection } from './upstream';

const by = (callerId: string, deadlineAtMs: number | null = null) => ({ ...OWN_ORIGIN, callerId, deadlineAtMs });
const enterOf = async (queue: FairQueue, ...where: Parameters<FairQueue['enter']>) => queue.enter(...where);
const settled = () => new Promise(setImmediate);

/** Enters, notes the order, and leaves when told to. */
function createPlayers(queue: ReturnType<typeof createFairQueue>) {
  const order: string[] = [];
  const leaving: (() => void)[] = [];
  const enter = (callerId: string, name = callerId) =>
    enterOf(queue, by(callerId)).then((leave) => {
      order.push(name);
      leaving.push(leave);
    });
  return {
    order,
    enter,
    async finishAll() {
      for (let leave = leaving.shift(); leave; leave = leaving.shift()) {
        leave();
        await settled();
      }
    },
  };
}

test('callers take turns, whoever has how many waiting', async () => {
  const queue = createFairQueue({ places: 1, rate: createLearnedRate() });
  const { order, enter, finishAll } = createPlayers(queue);
  for (let count = 0; count < 100; count += 1) void enter('loud');
  void enter('quiet');
  void enter('calm');
  void enter('quiet');
  await settled();
  await finishAll();
  expect(order).toHaveLength(103);
  expect(order.slice(0, 6)).toEqual(['loud', 'loud', 'quiet', 'calm', 'loud', 'quiet']);
  expect(queue.waiting()).toBe(0);
});

test('a place is kept free from a caller who has all the others', async () => {
  const queue = createFairQueue({ places: 16, rate: createLearnedRate() });
  const { order, enter } = createPlayers(queue);
  for (let count = 0; count < 50; count += 1) void enter('loud');
  await settled();
  expect(order).toHaveLength(14);
  await enter('quiet');
  expect(order.at(-1)).toBe('quiet');
});

test('nobody can fill the queue: the newest of who waits with the most gives way', async () => {
  const queue = createFairQueue({ places: 1, rate: createLearnedRate(), maxWaiting: 10 });
  const { order, enter, finishAll } = createPlayers(queue);
  const failures: string[] = [];
  for (let count = 0; count <= 12; count += 1) {
    enter('loud', `loud ${count}`).catch((error) => failures.push(`loud ${count}: ${error.reason}`));
  }
  await settled();
  // One runs, ten wait.
  expect(failures).toEqual(['loud 11: queue full', 'loud 12: queue full']);
  void enter('quiet');
  await settled();
  expect(failures).toEqual(['loud 11: queue full', 'loud 12: queue full', 'loud 10: queue full']);
  await finishAll();
  expect(order.slice(0, 3)).toEqual(['loud 0', 'loud 1', 'quiet']);
});

test('who leaves the queue leaves nothing behind, and knows that nothing was sent', async () => {
  const queue = createFairQueue({ places: 1, rate: createLearnedRate() });
  const leave = await queue.enter(by('a'));
  const late = new AbortController();
  const waiting = rejection(enterOf(queue, by('b'), late.signal));
  late.abort(new UpstreamTimeout());
  expect(await waiting).toMatchObject({ code: 'UPSTREAM_TIMEOUT', mayBeDone: false });
  expect(queue.waiting()).toBe(0);
  leave();
  expect(await queue.enter(by('c'))).toBeInstanceOf(Function);
});

describe('the rate that a 429 teaches', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** How many may go in so many seconds. */
  function count(rate: ReturnType<typeof createLearnedRate>, seconds: number): number {
    let gone = 0;
    for (let tick = 0; tick < seconds * 100; tick += 1) {
      while (gone < 10_000 && rate.take() === 0) gone += 1;
      jest.advanceTimersByTime(10);
    }
    return gone;
  }

  test('is half of what was seen, and grows slowly until it is unlimited again', () => {
    const rate = createLearnedRate();
    for (let gone = 0; gone < 100; gone += 1) rate.take();
    rate.learn(null, performance.now());
    const first = count(rate, 1);
    expect(first).toBeGreaterThan(45);
    expect(first).toBeLessThan(60);
    const fifth = count(rate, 4) / 4;
    expect(fifth).toBeGreaterThan(first);
    expect(fifth).toBeLessThan(100);
    count(rate, 15);
    expect(count(rate, 1)).toBeGreaterThan(1_000);
  });

  test('is learned once from a burst of which many are answered 429', () => {
    const rate = createLearnedRate();
    const sentAtMs = performance.now();
    for (let gone = 0; gone < 100; gone += 1) rate.take();
    jest.advanceTimersByTime(50);
    for (let refused = 0; refused < 30; refused += 1) rate.learn(null, sentAtMs);
    expect(count(rate, 1)).toBeGreaterThan(45);
  });

  test('makes all wait as long as Dataspike says, 30 s at most', () => {
    const rate = createLearnedRate();
    rate.learn(7_000, performance.now());
    expect(rate.pausedForMs()).toBe(7_000);
    expect(count(rate, 6)).toBe(0);
    expect(count(rate, 2)).toBeGreaterThan(0);
    rate.learn(3_600_000, performance.now());
    expect(rate.pausedForMs()).toBe(30_000);
  });

  test('fails at once who cannot wait so long', async () => {
    const rate = createLearnedRate();
    const queue = createFairQueue({ places: 1, rate });
    await queue.enter(by('a'));
    const waiting = rejection(enterOf(queue, by('b', performance.now() + 2_000)));
    rate.learn(7_000, performance.now());
    queue.reconsider();
    expect(await waiting).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterMs: 7_000 });
    queue.close();
  });
});
