import type { VerificationStatus } from '../generated/graphql';

/** How a verification can end, from the bottom of a bar to its top. */
export const OUTCOMES = ['VERIFIED', 'FAILED', 'EXPIRED', 'CANCELED'] as const satisfies readonly VerificationStatus[];
export type Outcome = (typeof OUTCOMES)[number];

/** A verification that has ended. */
export interface Ended {
  readonly id: string;
  readonly outcome: Outcome;
  readonly endedAtMs: number;
}

/** A bar of the chart. */
export interface Bucket {
  readonly startMs: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly total: number;
}

export interface Period {
  readonly name: string;
  readonly bucketMs: number;
  readonly buckets: number;
}

export const PERIODS: readonly [Period, ...Period[]] = [
  { name: 'Last 30 minutes', bucketMs: 60_000, buckets: 30 },
  { name: 'Last 24 hours', bucketMs: 3_600_000, buckets: 24 },
  { name: 'Last 14 days', bucketMs: 86_400_000, buckets: 14 },
];

/** @returns null while it goes on, and for an outcome that nobody knows */
export function toOutcome(status: VerificationStatus): Outcome | null {
  return OUTCOMES.find((outcome) => outcome === status) ?? null;
}

/** The bars of a period, oldest first; the last one holds `nowMs`. What ended before the period is left out. */
export function countOutcomes(ended: Iterable<Ended>, { bucketMs, buckets }: Period, nowMs: number): Bucket[] {
  const firstMs = startOf(nowMs, bucketMs, buckets);
  const counts = Array.from({ length: buckets }, () => ({ VERIFIED: 0, FAILED: 0, EXPIRED: 0, CANCELED: 0 }));
  for (const { outcome, endedAtMs } of ended) {
    // Clocks differ: what ended in a moment that is still to come has ended now.
    const bucket = counts[Math.min(buckets - 1, Math.floor((endedAtMs - firstMs) / bucketMs))];
    if (bucket) bucket[outcome] += 1;
  }
  return counts.map((count, index) => ({
    startMs: firstMs + index * bucketMs,
    counts: count,
    total: OUTCOMES.reduce((sum, outcome) => sum + count[outcome], 0),
  }));
}

/** When the first bar of a period begins. */
export function startOf(nowMs: number, bucketMs: number, buckets: number): number {
  return Math.floor(nowMs / bucketMs) * bucketMs - (buckets - 1) * bucketMs;
}
