/**
 * What a caller feels of another one who has a thousand requests in flight.
 *
 *   npm run build && node bench/soak/neighbour.mjs [--dist dist] [--in-flight 1000] [--pairs 5] [--seconds 6]
 *
 * Gateway, upstream and both callers are processes of their own. Each pair of rounds measures the quiet caller, 50 requests
 * a second, alone and beside the loud one, in alternating order; both ask for what no cache holds. Prints a table, and ends
 * with 1 when the median of the ratios of the 99th percentiles is over 2.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from '../harness/ports.mjs';
import { startLoad } from '../harness/startLoad.mjs';
import { startProcess } from '../harness/startProcess.mjs';
import { startUpstream } from '../upstream/startUpstream.mjs';

/** A request to a real Dataspike takes about this long. */
const UPSTREAM_MS = 100;
const QUIET_PER_SECOND = 50;
const WARM_UP_MS = 2_000;
const DOCUMENT = 'query ($id: ID!) { verification(id: $id) { id status } }';
const KEYS = { quiet: 'a-key-of-somebody-quiet', loud: 'a-key-of-somebody-loud' };

const { values } = parseArgs({
  options: {
    dist: { type: 'string', default: 'dist' },
    'in-flight': { type: 'string', default: '1000' },
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
  },
});
const measureMs = Number(values.seconds) * 1000;

const upstream = await startUpstream({ delayMs: UPSTREAM_MS });
const gateway = await startGateway();
const quiet = startLoad();
const loud = startLoad();
// What each of them asks for is numbered; the loud one must not ask for what the quiet one has asked for.
let loudFirst = 1_000_000_000;
try {
  await measure(true);
  const rows = [];
  for (let pair = 0; pair < Number(values.pairs); pair += 1) {
    const isLoudFirst = pair % 2 === 1;
    const first = await measure(isLoudFirst);
    const second = await measure(!isLoudFirst);
    const [alone, beside] = isLoudFirst ? [second, first] : [first, second];
    rows.push({
      'p50 alone': alone.p50Ms,
      'p50 beside': beside.p50Ms,
      'p99 alone': alone.p99Ms,
      'p99 beside': beside.p99Ms,
      ratio: beside.p99Ms / alone.p99Ms,
      'loud answers/s': beside.loudPerSecond,
    });
  }
  console.table(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value.toFixed(2)]))),
  );
  const ratio = rows.map((row) => row.ratio).sort((one, other) => one - other)[Math.floor(rows.length / 2)];
  const passes = ratio <= 2;
  process.stdout.write(`median of the ratios of p99: ${ratio.toFixed(2)} (at most 2): ${passes ? 'PASS' : 'FAIL'}\n`);
  process.exitCode = passes ? 0 : 1;
} finally {
  quiet.stop();
  loud.stop();
  await gateway.stop();
  await upstream.stop();
}

async function measure(isLoud) {
  // What was cut off at the end of the round before is over.
  await sleep(1_000);
  const times = { warmUpMs: WARM_UP_MS, measureMs };
  loudFirst += 1_000_000;
  const connections = Number(values['in-flight']);
  const noise = isLoud
    ? loud.run({
        kind: 'closedLoop',
        ...times,
        port: gateway.port,
        connections,
        first: loudFirst,
        target: targetOf('loud'),
      })
    : null;
  const measured = await quiet.run({
    kind: 'openLoop',
    ...times,
    port: gateway.port,
    perSecond: QUIET_PER_SECOND,
    target: targetOf('quiet'),
  });
  const heard = await noise;
  return { ...measured, loudPerSecond: heard ? heard.answers / heard.seconds : 0 };
}

function targetOf(caller) {
  const headers = { authorization: `Bearer ${KEYS[caller]}` };
  return { path: '/graphql', document: DOCUMENT, variables: '{"id":"{id}"}', headers };
}

async function startGateway() {
  const keys = Object.entries(KEYS).map(
    ([name, key]) => `${name}:${createHash('sha256').update(key).digest('hex')}:kyc:read`,
  );
  return startProcess({
    name: 'gateway',
    place: 'server',
    command: process.execPath,
    args: [path.resolve(values.dist, 'commandLine.js'), 'start'],
    env: {
      NODE_ENV: 'production',
      DATASPIKE_API_KEY: 'soak',
      DATASPIKE_BASE_URL: upstream.url,
      HOST: '127.0.0.1',
      WEBHOOK_ALLOW_UNSIGNED: 'true',
      AUTH_API_KEYS: keys.join(),
      LIMIT_REQUESTS_PER_MINUTE: '0',
      LOG_LEVEL: 'warn',
    },
    port: await freePort(),
    probe: { path: '/readyz' },
  });
}
