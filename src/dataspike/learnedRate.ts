/** How fast Dataspike lets us ask, learned from its 429 answers; nothing is published (guide, section 1). */
export interface LearnedRate {
  /** Takes leave for one request. @returns 0 when it may go now, else milliseconds until it is worth asking again */
  take(): number;
  /** How long nothing goes out, because Dataspike said so; 0 usually. */
  pausedForMs(): number;
  /**
   * A 429 came.
   * @param retryAfterMs what it asked for, null for nothing
   * @param sentAtMs when its request was sent, as `performance.now()` counts: many of one burst count once
   */
  learn(retryAfterMs: number | null, sentAtMs: number): void;
}

const LONGEST_PAUSE_MS = 30_000;
/** Who asks so seldom and is told to wait all the same was hardly too fast. */
const SLOWEST_PER_SECOND = 5;
const GROWTH_PER_SECOND = 1.1;

/**
 * A token bucket without a bottom at first. A 429 halves the rate that was seen during the last second, and pauses
 * everything for as long as it asks, 30 s at most: the key is the organisation's, so who goes on only prolongs it. The
 * rate grows by 10 % a second, and is unlimited again at twice what was too much.
 */
export function createLearnedRate(): LearnedRate {
  let perSecond = Number.POSITIVE_INFINITY;
  let unlimitedAt = Number.POSITIVE_INFINITY;
  let tokens = 0;
  let refilledAtMs = performance.now();
  let learnedAtMs = Number.NEGATIVE_INFINITY;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  let second = { startedAtMs: performance.now(), count: 0, before: 0 };

  function turnSecond(nowMs: number): void {
    const elapsedMs = nowMs - second.startedAtMs;
    if (elapsedMs < 1000) return;
    second = { startedAtMs: nowMs, count: 0, before: elapsedMs < 2000 ? second.count : 0 };
  }

  function refill(nowMs: number): void {
    const elapsed = Math.max(0, nowMs - Math.max(refilledAtMs, pausedUntilMs)) / 1000;
    refilledAtMs = nowMs;
    perSecond *= GROWTH_PER_SECOND ** elapsed;
    // A tenth of a second's worth may go at once: more would be the next burst.
    tokens = Math.min(Math.max(1, perSecond / 10), tokens + elapsed * perSecond);
    if (perSecond >= unlimitedAt) perSecond = Number.POSITIVE_INFINITY;
  }

  return {
    take() {
      const nowMs = performance.now();
      if (nowMs < pausedUntilMs) return pausedUntilMs - nowMs;
      if (perSecond !== Number.POSITIVE_INFINITY) {
        refill(nowMs);
        if (tokens < 1) return Math.max(1, ((1 - tokens) / perSecond) * 1000);
        tokens -= 1;
      }
      turnSecond(nowMs);
      second.count += 1;
      return 0;
    },
    pausedForMs: () => Math.max(0, pausedUntilMs - performance.now()),
    learn(retryAfterMs, sentAtMs) {
      const nowMs = performance.now();
      pausedUntilMs = Math.max(pausedUntilMs, nowMs + Math.min(retryAfterMs ?? 0, LONGEST_PAUSE_MS));
      if (sentAtMs < learnedAtMs) return;
      turnSecond(nowMs);
      const seen = Math.max(second.count, second.before, SLOWEST_PER_SECOND);
      perSecond = Math.max(SLOWEST_PER_SECOND, Math.min(seen, perSecond) / 2);
      unlimitedAt = seen * 2;
      tokens = 0;
      refilledAtMs = nowMs;
      learnedAtMs = nowMs;
    },
  };
}
