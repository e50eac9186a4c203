import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createGatewayProcesses,
  type GatewayProcesses,
  type RunningGateway,
} from '../../test/support/gatewayProcesses';
import { postGraphql, TOKEN } from '../../test/support/startGateway';
import { percentile, startOpenLoop } from './openLoop';

const LOUD = 'a-token-of-somebody-loud';
const IN_FLIGHT = 1_000;
/** A request to a real Dataspike takes about this long. */
const UPSTREAM_MS = 100;
const MEASURED_MS = Number(process.env.SOAK_NEIGHBOUR_MS ?? 10_000);
const digest = (token: string) => createHash('sha256').update(token).digest('hex');

let processes: GatewayProcesses;
let gateway: RunningGateway;
beforeAll(async () => {
  processes = await createGatewayProcesses({
    AUTH_API_KEYS: `quiet:${digest(TOKEN)}:kyc:read,loud:${digest(LOUD)}:kyc:read`,
    LIMIT_OPERATION_MS: '60000',
  });
  gateway = await processes.start();
}, 60_000);
afterAll(() => processes.close());

test('a caller with a thousand requests in flight at most doubles the p99 of another', async () => {
  const ids = await processes.seed(2_000);
  processes.simulator.control.addFault({ kind: 'delay', delayMs: UPSTREAM_MS, times: 0 });
  let next = 0;
  const ask = (token: string) =>
    postGraphql(
      `${gateway.url}/graphql`,
      'query ($id: ID!) { verification(id: $id) { id status } }',
      { id: ids[next++ % ids.length] },
      { authorization: `Bearer ${token}` },
    );
  const measureQuiet = async () => {
    const load = startOpenLoop(20, async () => (await ask(TOKEN)).errors === undefined);
    await sleep(MEASURED_MS);
    const measured = await load.stop();
    expect(measured.every(({ ok }) => ok)).toBe(true);
    return percentile(
      measured.map(({ milliseconds }) => milliseconds),
      0.99,
    );
  };

  await measureQuiet();
  const aloneMs = await measureQuiet();
  let isLoud = true;
  let loudAnswers = 0;
  const loud = Array.from({ length: IN_FLIGHT }, async () => {
    while (isLoud) {
      await ask(LOUD);
      loudAnswers += 1;
    }
  });
  await sleep(2_000);
  const besideMs = await measureQuiet();
  isLoud = false;
  await Promise.all(loud);
  console.table({
    'p99 ms alone': aloneMs,
    'p99 ms beside a loud one': besideMs,
    'answers to the loud one': loudAnswers,
  });
  expect(besideMs).toBeLessThanOrEqual(aloneMs * 2);
}, 180_000);
