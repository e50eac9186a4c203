import { countOutcomes, type Ended, type Outcome } from '../src/chart/countOutcomes';

const PERIOD = { name: 'three minutes', bucketMs: 60_000, buckets: 3 };
const NOW_MS = Date.UTC(2026, 10, 23, 10, 2, 30);

const ended = (outcome: Outcome, agoMs: number): Ended => ({
  id: `${outcome}${agoMs}`,
  outcome,
  endedAtMs: NOW_MS - agoMs,
});

test('outcomes are counted where they fall; the last bar is the running one', () => {
  const buckets = countOutcomes(
    [ended('VERIFIED', 1_000), ended('FAILED', 29_000), ended('VERIFIED', 31_000), ended('CANCELED', 150_000)],
    PERIOD,
    NOW_MS,
  );
  expect(buckets.map(({ startMs }) => new Date(startMs).toISOString().slice(11, 19))).toEqual([
    '10:00:00',
    '10:01:00',
    '10:02:00',
  ]);
  expect(buckets.map(({ counts }) => counts)).toEqual([
    { VERIFIED: 0, FAILED: 0, EXPIRED: 0, CANCELED: 1 },
    { VERIFIED: 1, FAILED: 0, EXPIRED: 0, CANCELED: 0 },
    { VERIFIED: 1, FAILED: 1, EXPIRED: 0, CANCELED: 0 },
  ]);
  expect(buckets.map(({ total }) => total)).toEqual([1, 1, 2]);
});

test('what ended before the period is left out, what a faster clock says has ended now', () => {
  const buckets = countOutcomes([ended('FAILED', 151_000), ended('EXPIRED', -90_000)], PERIOD, NOW_MS);
  expect(buckets.map(({ total }) => total)).toEqual([0, 0, 1]);
});
