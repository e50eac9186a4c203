import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { createBreaker } from './breaker';
import type { Call } from './call';
import { DataspikeError, UpstreamRateLimited, UpstreamUnavailable } from './errors';
import { createFairQueue } from './fairQueue';
import { createLearnedRate } from './learnedRate';
import { type CallOrigin, isTooLate } from './origin';
import { retryDelayMs, waitMs } from './retry';

/** How Dataspike is asked: not too much at once, not too fast, not while it is down, and again where that is harmless. */
export interface CallPolicy {
  /**
   * @param attempt makes one try
   * @param untilReleased the place is kept until this is told to release it, once a try has succeeded; left out: the
   *   place is free as soon as the try has ended
   * @throws what the last try threw, and at once UpstreamUnavailable while the breaker is open or too many wait
   */
  run<T>(
    call: Pick<Call, 'method' | 'signal'>,
    origin: CallOrigin,
    attempt: () => Promise<T>,
    untilReleased?: (result: T, release: () => void) => void,
  ): Promise<T>;
  /** For metrics: whether Dataspike is asked at the moment, and how many requests wait. */
  state(): { readonly breaker: 'OPEN' | 'CLOSED'; readonly waiting: number };
  close(): void;
}

/** @param maxConcurrency requests at once */
export function createCallPolicy({ maxConcurrency, logger }: { maxConcurrency: number; logger: Logger }): CallPolicy {
  const rate = createLearnedRate();
  const queue = createFairQueue({ places: maxConcurrency, rate });
  const breaker = createBreaker({
    onChange(isOpen) {
      logger.warn({ isOpen }, isOpen ? 'Dataspike is down: asking it seldom' : 'Dataspike is back');
      // Answers come at once, also for those who were already waiting.
      if (isOpen) queue.failWaiting(() => new UpstreamUnavailable('breaker open'));
    },
  });

  return {
    async run(call, origin, attempt, untilReleased) {
      const { method, signal } = call;
      const tries = method === 'GET' ? origin.tries : 1;
      // Many requests may hang on one signal; Node warns of a leak at the eleventh listener.
      if (signal instanceof AbortSignal) setMaxListeners(Number.POSITIVE_INFINITY, signal);
      for (let count = 1; ; count += 1) {
        signal?.throwIfAborted();
        let leave = () => {};
        let sentAtMs: number | null = null;
        try {
          breaker.check();
          const entered = queue.enter(origin, signal);
          leave = typeof entered === 'function' ? entered : await entered;
          sentAtMs = performance.now();
          const result = await breaker.run(attempt, signal);
          if (untilReleased) untilReleased(result, leave);
          else leave();
          return result;
        } catch (error) {
          if (error instanceof UpstreamRateLimited && sentAtMs !== null) {
            rate.learn(error.retryAfterMs, sentAtMs);
            queue.reconsider();
          }
          leave();
          if (signal?.aborted || !(error instanceof DataspikeError) || count >= tries) throw error;
          const delayMs = retryDelayMs(count, error);
          if (delayMs === null || isTooLate(origin, delayMs) || breaker.isOpen()) throw error;
          await waitMs(delayMs, signal);
        }
      }
    },
    state: () => ({ breaker: breaker.isOpen() ? 'OPEN' : 'CLOSED', waiting: queue.waiting() }),
    close: queue.close,
  };
}
