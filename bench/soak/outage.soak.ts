import { setTimeout as sleep } from 'node:timers/promises';
import {
  createGatewayProcesses,
  type GatewayProcesses,
  type RunningGateway,
} from '../../test/support/gatewayProcesses';
import { type Measured, percentile, startOpenLoop } from './openLoop';

const PER_SECOND = 200;
const DOWN_MS = Number(process.env.SOAK_OUTAGE_MS ?? 30_000);

let processes: GatewayProcesses;
let gateway: RunningGateway;
beforeAll(async () => {
  processes = await createGatewayProcesses({ DATASPIKE_TIMEOUT_MS: '1000' });
  gateway = await processes.start();
}, 60_000);
afterAll(() => processes.close());

test('an outage is answered at once, ended within 5 s, and followed by no herd', async () => {
  const ids = await processes.seed(500);
  let next = 0;
  const load = startOpenLoop(PER_SECOND, async () => {
    const id = ids[next++ % ids.length];
    const { errors } = await gateway.ask('query ($id: ID!) { verification(id: $id) { id status } }', { id });
    return errors === undefined;
  });
  const upstreamRate = async (milliseconds: number) => {
    processes.simulator.control.clearRequests();
    await sleep(milliseconds);
    return processes.simulator.requests().length / (milliseconds / 1000);
  };

  await sleep(3_000);
  const normalRate = await upstreamRate(5_000);
  processes.simulator.control.addFault({ kind: 'reset', times: 0 });
  await sleep(2_000);
  const openFrom = performance.now();
  const downRate = await upstreamRate(DOWN_MS - 2_000);
  processes.simulator.control.clearFaults();
  const backAt = performance.now();
  let busiestRate = 0;
  for (let second = 0; second < 10; second += 1) busiestRate = Math.max(busiestRate, await upstreamRate(1_000));
  const measured = await load.stop();

  const whileOpen = measured.filter(({ sentAt }) => sentAt >= openFrom && sentAt < backAt);
  const after = measured.filter(({ sentAt }) => sentAt >= backAt);
  const lastFailure = after.filter(({ ok }) => !ok).at(-1);
  const p99 = (of: readonly Measured[]) =>
    percentile(
      of.map(({ milliseconds }) => milliseconds),
      0.99,
    );
  const backAfterMs = lastFailure ? lastFailure.sentAt - backAt : 0;
  console.table({
    'upstream requests/s before': normalRate,
    'upstream requests/s while down': downRate,
    'upstream requests/s in the busiest second after': busiestRate,
    'p99 ms while open': p99(whileOpen),
    'p99 ms after': p99(after),
    'answered from what was known, while open': whileOpen.filter(({ ok }) => ok).length / whileOpen.length,
    'last failure ms after Dataspike was back': backAfterMs,
  });
  expect(p99(whileOpen)).toBeLessThan(50);
  expect(backAfterMs).toBeLessThan(5_000);
  expect(busiestRate).toBeLessThanOrEqual(PER_SECOND * 1.1);
  expect(downRate).toBeLessThan(5);
}, 120_000);
