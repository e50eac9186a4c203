import type { Caller } from '../../../src/access/caller';
import { createRateLimits, RateLimited, type SharedStore } from '../../../src/access/rateLimits';
import { createSubscriptionPlaces } from '../../../src/access/rateLimitsOfSubscriptions';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const caller = (id: string, kind: Caller['kind'] = 'API_KEY'): Caller => ({
  id,
  kind,
  scopes: new Set(['kyc:read']),
  expiresAt: null,
});
const nobody: Caller = { id: 'anonymous', kind: 'USER', scopes: new Set(), expiresAt: null };

const limitsOf = (store?: SharedStore) =>
  createRateLimits({ requestsPerMinute: 3, watcherRequestsPerMinute: 2, failuresPerMinute: 2, store });

test('a caller has so many requests a minute, and gets all of them back when it ends', async () => {
  const limits = limitsOf();
  const remaining: unknown[] = [];
  for (let time = 0; time < 4; time += 1) {
    const spent = await limits.spend(caller('a'), '::1');
    remaining.push([spent?.budget.remaining, spent?.isExceeded]);
    await jest.advanceTimersByTimeAsync(10_000);
  }
  expect(remaining).toEqual([
    [2, false],
    [1, false],
    [0, false],
    [0, true],
  ]);
  expect(await limits.spend(caller('a'), '::1')).toEqual({
    budget: { limit: 3, remaining: 0, resetMs: 20_000 },
    isExceeded: true,
  });
  await jest.advanceTimersByTimeAsync(20_001);
  expect(await limits.spend(caller('a'), '::1')).toMatchObject({ isExceeded: false, budget: { remaining: 2 } });
});

test('callers do not share a budget, and one that has the same name under another kind is another', async () => {
  const limits = limitsOf();
  for (let time = 0; time < 4; time += 1) await limits.spend(caller('a'), '::1');
  expect(await limits.spend(caller('b'), '::1')).toMatchObject({ isExceeded: false });
  expect(await limits.spend(caller('a', 'USER'), '::1')).toMatchObject({ isExceeded: false });
});

test('a watch token has a budget of its own, as has each address from which somebody asks without a token', async () => {
  const limits = limitsOf();
  expect((await limits.spend(caller('w', 'WATCHER'), '::1'))?.budget.limit).toBe(2);
  for (let time = 0; time < 2; time += 1) await limits.spend(nobody, '10.0.0.1');
  expect(await limits.spend(nobody, '10.0.0.1')).toMatchObject({ isExceeded: true });
  expect(await limits.spend(nobody, '10.0.0.2')).toMatchObject({ isExceeded: false });
});

test('failed tries are counted for each address', async () => {
  const limits = limitsOf();
  expect(await limits.spendFailure('10.0.0.1')).toBeNull();
  expect(await limits.spendFailure('10.0.0.1')).toBeNull();
  expect(await limits.spendFailure('10.0.0.1')).toBe(60_000);
  expect(await limits.spendFailure('10.0.0.2')).toBeNull();
});

test('0 switches every limit off', async () => {
  const limits = createRateLimits({ requestsPerMinute: 0, watcherRequestsPerMinute: 0, failuresPerMinute: 0 });
  expect(await limits.spend(caller('a'), '::1')).toBeNull();
  expect(await limits.spend(caller('w', 'WATCHER'), '::1')).toBeNull();
  expect(await limits.spendFailure('::1')).toBeNull();
});

test('while the store fails, the process counts for itself', async () => {
  const limits = limitsOf({ run: () => Promise.reject(new Error('gone')) });
  for (let time = 0; time < 3; time += 1) {
    expect(await limits.spend(caller('a'), '::1')).toMatchObject({ isExceeded: false });
  }
  expect(await limits.spend(caller('a'), '::1')).toMatchObject({ isExceeded: true });
});

test('a caller has so many subscriptions at once, and a place that is given back is free', () => {
  const places = createSubscriptionPlaces(2);
  const leave = places.take(caller('a'));
  places.take(caller('a'));
  expect(() => places.take(caller('a'))).toThrow(RateLimited);
  places.take(caller('b'));
  leave();
  places.take(caller('a'));
  expect(() => places.take(caller('a'))).toThrow('At most 2 subscriptions at once per caller');
});
