import type { Caller, CallerKind } from '../../../src/access/caller';
import { acceptedUntilMs, hasExpired, whenExpired } from '../../../src/access/callerExpiry';

const NOW = Date.parse('2025-03-14T09:26:53.000Z');
const DAY_MS = 86_400_000;

beforeEach(() => jest.useFakeTimers({ now: NOW }));
afterEach(() => jest.useRealTimers());

function caller(endsInMs: number | null, kind: CallerKind = 'USER'): Caller {
  const expiresAt = endsInMs === null ? null : new Date(NOW + endsInMs).toISOString();
  return { id: 'anna', kind, scopes: new Set(), expiresAt };
}

test('a foreign token is accepted for a minute behind its end, our own is not', () => {
  expect(acceptedUntilMs(caller(0))).toBe(NOW + 60_000);
  expect(acceptedUntilMs(caller(0, 'WATCHER'))).toBe(NOW);
  expect(hasExpired(caller(-59_999))).toBe(false);
  expect(hasExpired(caller(-60_000))).toBe(true);
  expect(hasExpired(caller(1, 'WATCHER'))).toBe(false);
  expect(hasExpired(caller(0, 'WATCHER'))).toBe(true);
  expect(hasExpired(caller(null, 'API_KEY'))).toBe(false);
});

test.each([
  ['at its own end', 5_000, 5_000],
  ['when the minute is over, for one that came within it', -20_000, 40_000],
  ['at once, for one whose minute is over', -70_000, 0],
  ['once, after more days than a timer can wait', 60 * DAY_MS, 60 * DAY_MS],
])('a connection ends %s', (_when, endsInMs, afterMs) => {
  const end = jest.fn();
  whenExpired(caller(endsInMs), end);
  if (afterMs > 0) jest.advanceTimersByTime(afterMs - 1);
  expect(end).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(end).toHaveBeenCalledTimes(1);
  expect(jest.getTimerCount()).toBe(0);
});

test('a right without an end, and a connection that has ended, leave no timer behind', () => {
  const end = jest.fn();
  whenExpired(caller(null), end)();
  const stop = whenExpired(caller(60 * DAY_MS), end);
  jest.advanceTimersByTime(30 * DAY_MS);
  stop();
  expect(jest.getTimerCount()).toBe(0);
  jest.advanceTimersByTime(90 * DAY_MS);
  expect(end).not.toHaveBeenCalled();
});
