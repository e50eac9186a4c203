/** One caller of work (u) in a process of its own: name, upstream, folder of the built product, number of calls. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { VERIFICATION_PREFIX } from '../upstream/answers.mjs';

const [, , name, upstreamUrl, productFolder, calls] = process.argv;
const AT_ONCE = 32;
const WARM_UP = 5_000;
const require = createRequire(path.join(productFolder, 'dist/'));
const ask = { gateway: throughTransport, undici: throughUndici, axios: throughAxios }[name]();

await run(WARM_UP);
const startedAt = performance.now();
const before = process.cpuUsage();
await run(Number(calls));
const { user, system } = process.cpuUsage(before);
const perSecond = (Number(calls) / (performance.now() - startedAt)) * 1000;
process.stdout.write(JSON.stringify({ cpuMicrosecondsEach: (user + system) / Number(calls), perSecond }));
process.exit(0);

async function run(total) {
  let asked = 0;
  const askInTurn = async () => {
    while (asked < total) {
      asked += 1;
      await ask(`/api/v3/verifications/${VERIFICATION_PREFIX}${100_000_000_000 + (asked % 1000)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askInTurn));
}

function throughTransport() {
  const { createTransport } = require('./dataspike/transport.js');
  const transport = createTransport({
    baseUrl: upstreamUrl,
    apiKey: 'bench',
    timeoutMs: 5_000,
    maxConcurrency: 64,
    logger: require('pino')({ level: 'warn' }),
  });
  return (target) => transport.json({ endpoint: 'getVerification', method: 'GET', path: target });
}

function throughUndici() {
  const pool = new (require('undici').Pool)(upstreamUrl, { connections: 64 });
  const headers = { 'ds-api-token': 'bench', accept: 'application/json' };
  return async (target) => (await pool.request({ path: target, method: 'GET', headers })).body.json();
}

function throughAxios() {
  const client = require('axios').create({ baseURL: upstreamUrl, headers: { 'ds-api-token': 'bench' } });
  return async (target) => (await client.get(target)).data;
}
