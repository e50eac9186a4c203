import { BrokenCircuitError, CircuitState, circuitBreaker, DelegateBackoff, handleType } from 'cockatiel';
import { DataspikeError, UpstreamTimeout, UpstreamUnavailable } from './errors';
import { createOutcomeWindow } from './outcomeWindow';
import type { CallSignal } from './stopSignal';

/** Spares a host that is down, and those who would wait for it. */
export interface Breaker {
  /** @throws {UpstreamUnavailable} at once while it is open, or while another request probes the host */
  check(): void;
  /**
   * Runs one try. Where the breaker is open and its time has come, this one is the probe.
   * @param caller when it has aborted, what the try ended with says nothing about the host
   * @throws what `check` and `work` throw
   */
  run<T>(work: () => Promise<T>, caller?: CallSignal): Promise<T>;
  isOpen(): boolean;
}

/** Until the 1st, 2nd and every later probe. Short, since a host that is back must be in full use within 5 s. */
const PROBE_AFTER_MS = [1000, 2000, 3000] as const;

/**
 * A circuit breaker for one host, on cockatiel's. It opens on 5xx, broken connections and timeouts (createOutcomeWindow
 * says when), never on 4xx or on an answer that makes no sense. Probes go one at a time; while one is under way the
 * others are refused, where cockatiel would let them wait and rush in together.
 * @param onChange told when it opens and closes
 */
export function createBreaker({ onChange = () => {} }: { onChange?: (isOpen: boolean) => void } = {}): Breaker {
  let openings = 0;
  let probeAtMs = 0;
  const policy = circuitBreaker(handleType(HostFailure), {
    breaker: createOutcomeWindow(),
    halfOpenAfter: new DelegateBackoff(({ attempt }) => {
      const longestMs = PROBE_AFTER_MS[Math.min(attempt, PROBE_AFTER_MS.length) - 1] ?? 0;
      // Random, so that many processes do not probe in step.
      const waitMs = Math.round(longestMs * (0.8 + Math.random() * 0.2));
      probeAtMs = Date.now() + waitMs;
      return waitMs;
    }),
  });
  policy.onBreak(() => {
    openings += 1;
    onChange(true);
  });
  policy.onReset(() => onChange(false));

  function check(): void {
    const { state } = policy;
    if (state === CircuitState.Closed) return;
    const waitMs = probeAtMs - Date.now();
    if (state === CircuitState.Open && waitMs <= 0) return;
    throw refusal(state === CircuitState.Open ? waitMs : PROBE_AFTER_MS[0]);
  }

  return {
    check,
    isOpen: () => policy.state !== CircuitState.Closed,
    async run(work, caller) {
      check();
      const isProbe = policy.state !== CircuitState.Closed;
      const openingsBefore = openings;
      try {
        const outcome = await policy.execute(() =>
          work().catch((error: unknown) => {
            const isTold = caller?.aborted !== true;
            if (isTold && error instanceof DataspikeError && !isOfHost(error)) return new Uncounted(error);
            // A probe that told nothing leaves the breaker open.
            const counts = isProbe || (isTold && isOfHost(error) && openings === openingsBefore);
            throw counts ? new HostFailure(error) : new Uncounted(error);
          }),
        );
        if (outcome instanceof Uncounted) throw outcome;
        return outcome;
      } catch (error) {
        // Cockatiel's clock for the probe starts a moment after ours, perhaps in the next millisecond.
        if (error instanceof BrokenCircuitError) throw refusal(1);
        throw error instanceof HostFailure || error instanceof Uncounted ? error.reason : error;
      }
    },
  };
}

function refusal(retryAfterMs: number): UpstreamUnavailable {
  return new UpstreamUnavailable('breaker open', { retryAfterMs });
}

/** Whether a failure is one of the host as a whole. */
function isOfHost(error: unknown): boolean {
  return error instanceof UpstreamTimeout || (error instanceof UpstreamUnavailable && error.isOfHost);
}

/** Carry what was thrown past cockatiel; they never leave this file. */
class HostFailure extends Error {
  constructor(readonly reason: unknown) {
    super();
  }
}

class Uncounted extends Error {
  constructor(readonly reason: unknown) {
    super();
  }
}
