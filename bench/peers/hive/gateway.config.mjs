import { defineConfig } from '@graphql-hive/gateway';

const CACHE_MS = 2_000;

/** The defaults; with BENCH_CACHE its response cache. JIT is switched by the command line. */
export const gatewayConfig = defineConfig({
  logging: 'warn',
  ...(process.env.BENCH_CACHE === 'true' && {
    cache: { type: 'localforage' },
    responseCaching: { session: () => null, ttl: CACHE_MS },
  }),
});
