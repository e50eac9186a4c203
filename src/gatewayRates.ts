import type { Logger } from 'pino';
import { createFairTurns } from './access/fairTurns';
import { createRateLimits } from './access/rateLimits';
import type { Config } from './config';
import type { RedisConnection } from './events/redis/redisConnection';
import { createRateGate, type RateGate } from './server/rateGate';

/** Requests a minute of a watch token, which a page of one verification cannot need more of. */
const WATCHER_REQUESTS_PER_MINUTE = 120;

/** How often anybody may ask, counted in this process or shared through Redis. */
export function createGatewayRates(
  { limits, events, server }: Config,
  logger: Logger,
): { readonly gate: RateGate; close(): void } {
  const { requestsPerMinute, failedAuthenticationsPerMinute } = limits;
  const store = events.redisUrl === null ? null : connect(events.redisUrl, logger);
  const rateLimits = createRateLimits({
    requestsPerMinute,
    watcherRequestsPerMinute: Math.min(WATCHER_REQUESTS_PER_MINUTE, requestsPerMinute),
    failuresPerMinute: failedAuthenticationsPerMinute,
    store,
  });
  return {
    gate: createRateGate({ rateLimits, turns: createFairTurns(), trustProxy: server.trustProxy }),
    close: () => store?.close(),
  };
}

/** Its own: what it gives up after 250 ms, and the connection with it, is not the event log's. */
function connect(url: string, logger: Logger): RedisConnection {
  // Only now, as in gatewayEvents.
  const { createRedisConnection } =
    require('./events/redis/redisConnection') as typeof import('./events/redis/redisConnection');
  return createRedisConnection({ url, logger, name: 'rates' });
}
