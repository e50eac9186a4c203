import { createHash } from 'node:crypto';
import path from 'node:path';
import { WEBHOOK_SECRET } from '../load/deliveries.mjs';
import { TARGETS } from '../work/documents.mjs';
import { OPENAPI_DOCUMENT, PEERS_BUILT, PEERS_FOLDER } from './places.mjs';

const TOKEN = 'a-key-of-the-benchmark-that-may-read';
const READY_GRAPHQL = { path: '/graphql', method: 'POST', body: '{"query":"{ __typename }"}' };

/**
 * Who is measured. `work` names what each takes part in: a, b (cold), ah, bh (hot, with a cache), d (live), l (latency).
 * `dialect` is the schema it speaks.
 */
export const CONTENDERS = [
  { name: 'gateway', label: 'this gateway', dialect: 'gateway', work: ['a', 'b', 'ah', 'bh', 'd', 'l'] },
  { name: 'proxy', label: 'REST proxy, undici (floor)', dialect: 'rest', work: ['a', 'b', 'l'] },
  { name: 'mercurius', label: 'Mercurius, JIT, undici', dialect: 'gateway', work: ['a', 'b', 'ah', 'bh', 'd', 'l'] },
  {
    name: 'apollo',
    label: 'Apollo standalone, axios, type-graphql',
    dialect: 'gateway',
    work: ['a', 'b', 'ah', 'bh', 'd'],
  },
  { name: 'yoga', label: 'Yoga, axios', dialect: 'gateway', work: ['a', 'b', 'ah', 'bh'] },
  { name: 'openapiToGraphql', label: 'openapi-to-graphql', dialect: 'openapiToGraphql', work: ['a', 'b'] },
  { name: 'hive', label: 'Hive Gateway', dialect: 'hive', work: ['a', 'b', 'ah', 'bh'] },
  { name: 'hiveJit', label: 'Hive Gateway --jit', dialect: 'hive', work: ['a', 'b'] },
];

/** What the load generator sends to a contender. @param kind VERIFICATION or BOARD */
export function targetOf({ name, dialect }, kind) {
  const target = TARGETS[dialect][kind];
  return name === 'gateway' ? { ...target, headers: { authorization: `Bearer ${TOKEN}` } } : target;
}

/** The payload of `connection_init`. */
export function connectionParamsOf({ name }) {
  return name === 'gateway' ? { authorization: `Bearer ${TOKEN}` } : {};
}

/**
 * How to start one.
 * @param mode isCaching: for hot work; isLive: for subscriptions
 * @param productFolder where the built gateway is
 * @param nodeOptions for the gateway's process only, such as a profiler's
 * @returns options for startProcess, without the port
 */
export function startOptionsOf(
  { name },
  { upstreamUrl, productFolder, isCaching = false, isLive = false, nodeOptions = [] },
) {
  const node = (file, env = {}) => ({
    name,
    place: 'server',
    command: process.execPath,
    args: [file],
    cwd: PEERS_FOLDER,
    env: { ...peerEnvironment({ upstreamUrl, isCaching, isLive }), ...env },
    probe: READY_GRAPHQL,
  });
  switch (name) {
    case 'gateway':
      return {
        ...node(''),
        args: [...nodeOptions, path.join(productFolder, 'dist/commandLine.js'), 'start'],
        cwd: productFolder,
        env: gatewayEnvironment(upstreamUrl),
        probe: { path: '/readyz' },
      };
    case 'apollo':
      return { ...node(path.join(PEERS_BUILT, 'apollo.mjs')), ...(isLive && { probe: { path: '/ready' } }) };
    case 'proxy':
      return { ...node('proxy.mjs'), probe: { path: '/board/0' } };
    case 'hive':
    case 'hiveJit':
      return {
        ...node(''),
        args: [
          path.join(PEERS_FOLDER, 'node_modules/.bin/hive-gateway'),
          ...(name === 'hiveJit' ? ['--jit'] : []),
          'supergraph',
          '--config-path',
          'hive/gateway.config.mjs',
          '--host',
          '127.0.0.1',
          'built/supergraph.graphql',
        ],
      };
    default:
      return node(`${name}.mjs`);
  }
}

function peerEnvironment({ upstreamUrl, isCaching, isLive }) {
  return {
    NODE_ENV: 'production',
    BENCH_UPSTREAM_URL: upstreamUrl,
    BENCH_OPENAPI: OPENAPI_DOCUMENT,
    BENCH_CACHE: String(isCaching),
    BENCH_LIVE: String(isLive),
    BENCH_WEBHOOK_SECRET: WEBHOOK_SECRET,
  };
}

/** As one runs it for real, but for the limits of a caller, which one caller at full speed would meet. */
function gatewayEnvironment(upstreamUrl) {
  return {
    NODE_ENV: 'production',
    DATASPIKE_API_KEY: 'bench',
    DATASPIKE_BASE_URL: upstreamUrl,
    HOST: '127.0.0.1',
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    AUTH_API_KEYS: `bench:${createHash('sha256').update(TOKEN).digest('hex')}:kyc:read+kyc:pii`,
    EXPLORER: 'false',
    LOG_LEVEL: 'warn',
    ACCESS_LOG: '/dev/null',
    LIMIT_REQUESTS_PER_MINUTE: '100000000',
    LIMIT_SUBSCRIPTIONS_PER_CALLER: '1000000',
  };
}
