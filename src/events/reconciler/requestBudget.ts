/**
 * How many requests the work that nobody waits for may send to Dataspike, shared by all of it, so that it never starves
 * callers. Every user asks for one request at a time and is served in the order of asking, so a long walk of one gives
 * way to the others after each request.
 */
export interface RequestBudget {
  /**
   * Resolves when one request may be sent; it is spent then, whether or not it is sent.
   * @param signal when it aborts, the wait ends with `signal.reason`; left out: only `close` ends it
   * @throws RequestBudgetClosed
   */
  take(signal?: AbortSignal): Promise<void>;

  /** Nothing is granted for that long from now on; a longer pause that is under way stays. */
  pauseFor(pauseMs: number): void;

  /** Ends every wait, and those to come. */
  close(): void;
}

/** The gateway is stopping. */
export class RequestBudgetClosed extends Error {
  constructor() {
    super('No more requests: stopping');
  }
}

/**
 * A token bucket that holds one token: what was not spent is not saved up for a burst, so every second sees at most
 * `perSecond` requests. No timer runs while nobody waits.
 * @param perSecond requests, more than 0, fractions allowed; default 2
 * @param now milliseconds since 1970; default the system's clock
 */
export function createRequestBudget({
  perSecond = 2,
  now = Date.now,
}: {
  perSecond?: number;
  now?: () => number;
} = {}): RequestBudget {
  if (!(perSecond > 0)) throw new RangeError('perSecond must be more than 0');
  interface Waiting {
    grant(): void;
    refuse(reason: unknown): void;
  }
  const gapMs = 1000 / perSecond;
  // In the order of asking; a set, so that who gives up leaves without a search.
  const waiting = new Set<Waiting>();
  let nextAtMs = Number.NEGATIVE_INFINITY;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  let isClosed = false;

  function serve() {
    timer = null;
    const [first] = waiting;
    if (!first) return;
    const waitMs = Math.max(nextAtMs, pausedUntilMs) - now();
    if (waitMs > 0) {
      // Rounded up: a timer that fires a fraction early would only be set again.
      timer = setTimeout(serve, Math.ceil(waitMs));
      return;
    }
    nextAtMs = now() + gapMs;
    waiting.delete(first);
    first.grant();
    serve();
  }

  function rearm() {
    if (timer) clearTimeout(timer);
    serve();
  }

  return {
    async take(signal) {
      signal?.throwIfAborted();
      if (isClosed) throw new RequestBudgetClosed();
      await new Promise<void>((resolve, reject) => {
        const giveUp = () => entry.refuse(signal?.reason);
        const leave = () => {
          waiting.delete(entry);
          signal?.removeEventListener('abort', giveUp);
        };
        const entry: Waiting = {
          grant() {
            leave();
            resolve();
          },
          refuse(reason) {
            leave();
            reject(reason);
            if (waiting.size === 0) rearm();
          },
        };
        signal?.addEventListener('abort', giveUp, { once: true });
        waiting.add(entry);
        if (!timer) serve();
      });
    },

    pauseFor(pauseMs) {
      pausedUntilMs = Math.max(pausedUntilMs, now() + pauseMs);
    },

    close() {
      isClosed = true;
      for (const entry of waiting) entry.refuse(new RequestBudgetClosed());
    },
  };
}

/** The same call, which first waits until the budget allows it. */
export function withinBudget<Arguments extends unknown[], Result>(
  budget: Pick<RequestBudget, 'take'>,
  call: (...args: Arguments) => Promise<Result>,
): (...args: Arguments) => Promise<Result> {
  return async (...args) => {
    await budget.take();
    return call(...args);
  };
}
