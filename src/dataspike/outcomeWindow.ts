import { CircuitState, type IBreaker } from 'cockatiel';

const NEWEST = 50;
const WINDOW_MS = 10_000;
const IN_A_ROW = 5;

/**
 * When a host counts as down: the last 5 outcomes were failures, and so was at least half of the newest 50 within 10 s.
 *
 * Five in a row alone would open at 200 requests/s every 16 s on a host that fails every fifth request, which retries
 * hide well; half alone would open on one endpoint that fails among others that work. Both together open within 25 tries
 * of a full outage, and within five where there is little traffic. Cockatiel's own `SamplingBreaker` keeps what happened
 * before an idle hour, and its `ConsecutiveBreaker` knows nothing but the row.
 */
export function createOutcomeWindow(): IBreaker {
  let outcomes: { readonly atMs: number; readonly failed: boolean }[] = [];

  function push(failed: boolean): void {
    const atMs = performance.now();
    outcomes.push({ atMs, failed });
    // Cutting rarely keeps this cheap.
    if (outcomes.length >= 2 * NEWEST) outcomes = outcomes.slice(-NEWEST);
  }

  return {
    get state() {
      return outcomes;
    },
    set state(_restored) {
      outcomes = [];
    },
    success(state) {
      if (state === CircuitState.HalfOpen) outcomes = [];
      push(false);
    },
    failure() {
      push(true);
      if (outcomes.length < IN_A_ROW || !outcomes.slice(-IN_A_ROW).every(({ failed }) => failed)) return false;
      const sinceMs = performance.now() - WINDOW_MS;
      const newest = outcomes.slice(-NEWEST).filter(({ atMs }) => atMs > sinceMs);
      const failures = newest.filter(({ failed }) => failed).length;
      return failures >= IN_A_ROW && failures * 2 >= newest.length;
    },
  };
}
