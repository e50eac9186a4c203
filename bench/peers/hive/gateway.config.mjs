import { defineConfig } from '@graphql-hive/gateway';
import InMemoryLRUCache from '@graphql-mesh/cache-inmemory-lru';

const CACHE_MS = 2_000;
const MAX_ENTRIES = 100_000;

/** The defaults; with BENCH_CACHE its response cache. JIT is switched by the command line. */
export const gatewayConfig = defineConfig({
  logging: 'warn',
  ...(process.env.BENCH_CACHE === 'true' && {
    // By default it keeps 1,000 entries, and a board alone makes hundreds.
    cache: new InMemoryLRUCache({ max: MAX_ENTRIES }),
    responseCaching: { session: () => null, ttl: CACHE_MS },
  }),
});
