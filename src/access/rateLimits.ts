import { createHash } from 'node:crypto';
import type { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Caller } from './caller';

// Each file when it is wanted: the package's index loads the limiters of a dozen databases as well.
type Limiters = typeof import('rate-limiter-flexible');
const MemoryLimiter: Limiters['RateLimiterMemory'] = require('rate-limiter-flexible/lib/RateLimiterMemory');
const LimiterResult: Limiters['RateLimiterRes'] = require('rate-limiter-flexible/lib/RateLimiterRes');

/** Too many requests, too many failed tries to authenticate, or too many subscriptions at once. */
export class RateLimited extends Error {
  /** @param retryAfterMs null when nobody knows: a place has to become free */
  constructor(
    message: string,
    readonly retryAfterMs: number | null,
  ) {
    super(message);
  }
}

/** What is left of a caller's minute. */
export interface Budget {
  /** Requests a minute. */
  readonly limit: number;
  readonly remaining: number;
  /** When the minute ends and the budget is whole again. */
  readonly resetMs: number;
}

interface Spent {
  readonly budget: Budget;
  readonly isExceeded: boolean;
}

/** Counts requests in fixed windows of a minute, which begin with a caller's first request. */
export interface RateLimits {
  /**
   * One request of this caller.
   * @param address tells callers without a token apart
   * @returns null where no limit is set
   */
  spend(caller: Caller, address: string): Promise<Spent | null>;

  /** One failed try to authenticate. @returns how long to wait when there were too many of this address; else null */
  spendFailure(address: string): Promise<number | null>;
}

/** Redis, as far as limits need it. */
export interface SharedStore {
  run<T>(work: (client: object) => Promise<T>, timeoutMs: number): Promise<T>;
}

const WINDOW_S = 60;
/** A hung Redis must not make every request wait for long: it is asked for each of them. */
const STORE_TIMEOUT_MS = 250;
/** The same hash tag as the keys of the event log: one node of a cluster. */
const KEY_PREFIX = '{dataspike}:rate';

/**
 * Shared by all processes while Redis answers; while it does not, each process counts for itself, so that an outage of
 * Redis is none of the gateway.
 * @param requestsPerMinute per caller; 0 switches it off
 * @param watcherRequestsPerMinute per watch token, and per address of who asks for the schema without a token; 0 as above
 * @param failuresPerMinute failed authentications per remote address; 0 as above
 * @param store left out: this process alone
 */
export function createRateLimits({
  requestsPerMinute,
  watcherRequestsPerMinute,
  failuresPerMinute,
  store = null,
}: {
  requestsPerMinute: number;
  watcherRequestsPerMinute: number;
  failuresPerMinute: number;
  store?: SharedStore | null;
}): RateLimits {
  const requests = createCounter('request', requestsPerMinute, store);
  const watcherRequests = createCounter('watcher', watcherRequestsPerMinute, store);
  const failures = createCounter('failure', failuresPerMinute, store);

  return {
    spend(caller, address) {
      const isAnonymous = caller.scopes.size === 0 && caller.kind === 'USER';
      const isNarrow = isAnonymous || caller.kind === 'WATCHER';
      // Switched off for callers means switched off for theirs as well.
      const counter = requests && isNarrow ? watcherRequests : requests;
      if (!counter) return Promise.resolve(null);
      return counter.spend(isAnonymous ? `address:${address}` : `${caller.kind}:${caller.id}`);
    },
    async spendFailure(address) {
      const spent = await failures?.spend(address);
      return spent?.isExceeded ? spent.budget.resetMs : null;
    },
  };
}

function createCounter(name: string, limit: number, store: SharedStore | null) {
  if (limit === 0) return null;
  const options = { points: limit, duration: WINDOW_S, keyPrefix: `${KEY_PREFIX}:${name}` };
  const local = new MemoryLimiter(options);
  const shared = new WeakMap<object, RateLimiterRedis>();

  /** The connection makes a new client whenever it has lost one. */
  function sharedFor(client: object): RateLimiterRedis {
    const made = shared.get(client);
    if (made) return made;
    // Who is over the limit is not counted in Redis again before the window ends.
    const memory = { inMemoryBlockOnConsumed: limit + 1 };
    const RedisLimiter: Limiters['RateLimiterRedis'] = require('rate-limiter-flexible/lib/RateLimiterRedis');
    const limiter = new RedisLimiter({ ...options, ...memory, storeClient: client, useRedisPackage: true });
    shared.set(client, limiter);
    return limiter;
  }

  return {
    spend(id: string): Promise<Spent> {
      if (!store) return consume(local, limit, id);
      // Neither who calls nor from where belongs into Redis in the clear.
      const key = createHash('sha256').update(id).digest('base64url');
      return store
        .run((client) => consume(sharedFor(client), limit, key), STORE_TIMEOUT_MS)
        .catch(() => consume(local, limit, key));
    },
  };
}

/** The library rejects with a result when a limit is exceeded, and with an error when the store fails. */
async function consume(limiter: RateLimiterMemory | RateLimiterRedis, limit: number, key: string): Promise<Spent> {
  try {
    const { remainingPoints, msBeforeNext } = await limiter.consume(key);
    return { budget: budgetOf(limit, remainingPoints, msBeforeNext), isExceeded: false };
  } catch (result) {
    if (!(result instanceof LimiterResult)) throw result;
    return { budget: budgetOf(limit, 0, result.msBeforeNext), isExceeded: true };
  }
}

function budgetOf(limit: number, remainingPoints: number, msBeforeNext: number): Budget {
  return { limit, remaining: Math.max(0, remainingPoints), resetMs: Math.max(1, msBeforeNext) };
}
