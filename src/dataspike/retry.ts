import { type DataspikeError, UpstreamRateLimited, UpstreamTimeout, UpstreamUnavailable } from './errors';
import type { CallSignal } from './stopSignal';

const LONGEST_WAIT_MS = 30_000;
const FIRST_BACKOFF_MS = 100;
const FIRST_BACKOFF_RATE_LIMITED_MS = 500;

/**
 * Delay before the next try of a read, or null to give up.
 * @param attempt 1 for the first retry
 * @returns milliseconds: exponential with full jitter, up to 100 and 200 ms (500 and 1,000 ms after a 429);
 *   `Retry-After` is honoured (RFC 9110 §10.2.3), and one over 30 s is not waited for
 */
export function retryDelayMs(attempt: number, failure: DataspikeError): number | null {
  if (!isWorthRetrying(failure)) return null;
  const { retryAfterMs = null } = failure instanceof UpstreamTimeout ? {} : failure;
  if (retryAfterMs !== null) return retryAfterMs <= LONGEST_WAIT_MS ? retryAfterMs : null;
  const first = failure instanceof UpstreamRateLimited ? FIRST_BACKOFF_RATE_LIMITED_MS : FIRST_BACKOFF_MS;
  return Math.random() * first * 2 ** (attempt - 1);
}

/** What another try may mend: not a redirect or an answer too large, which would only come again. */
function isWorthRetrying(
  failure: DataspikeError,
): failure is UpstreamRateLimited | UpstreamTimeout | UpstreamUnavailable {
  if (failure instanceof UpstreamRateLimited || failure instanceof UpstreamTimeout) return true;
  return failure instanceof UpstreamUnavailable && failure.isPassing;
}

/**
 * Waits, and stops waiting when the signal aborts. Cockatiel's retry policy sleeps on, which is why it is not used.
 * @throws the signal's reason
 */
export function waitMs(delayMs: number, signal?: CallSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
