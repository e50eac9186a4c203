import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, faultKinds } from '../../src/simulator/http/faults';
import {
  createGatewayProcesses,
  type GatewayProcesses,
  type RunningGateway,
} from '../../test/support/gatewayProcesses';
import { holdingsOf, PROBE_OPTIONS } from '../../test/support/gatewayProcessHoldings';
import { startOpenLoop } from './openLoop';

const SOAK_MS = Number(process.env.SOAK_FAULTS_MS ?? 600_000);
const PER_SECOND = 100;
const FAULTY_SHARE = 0.05;
const SETTLE_MS = 8_000;

let processes: GatewayProcesses;
let gateway: RunningGateway;
beforeAll(async () => {
  processes = await createGatewayProcesses({ DATASPIKE_TIMEOUT_MS: '500' });
  gateway = await processes.start({}, PROBE_OPTIONS);
}, 60_000);
afterAll(() => processes.close());

const QUERY = 'query ($id: ID!) { verification(id: $id) { id status applicant { id } profile { id } } }';
const CHANGE =
  'mutation ($key: String!) { createApplicant(input: { externalId: $key, idempotencyKey: $key }) { userErrors { code } } }';

test(
  'a soak with 5 % of all requests failing leaves heap, sockets and timers as they were',
  async () => {
    const ids = await processes.seed(1_000);
    let asked = 0;
    const ask = async () => {
      asked += 1;
      const answer =
        asked % 20 === 0
          ? await gateway.ask(CHANGE, { key: `applicant ${asked}` })
          : await gateway.ask(QUERY, { id: ids[asked % ids.length] });
      return answer.errors === undefined;
    };
    const run = async (milliseconds: number) => {
      const weather = setInterval(
        () => {
          // About one request in twenty of those that come within this interval.
          const kind = faultKinds[Math.floor(Math.random() * faultKinds.length)] ?? 'reset';
          const fault: Fault = {
            kind,
            delayMs: kind === 'delay' ? 1_000 : 0,
            times: 1,
            when: Math.random() < 0.5 ? 'before' : 'after',
          };
          if (Math.random() < 0.5) processes.simulator.control.addFault(fault);
        },
        1000 / (PER_SECOND * FAULTY_SHARE * 3),
      );
      const load = startOpenLoop(PER_SECOND, ask);
      await sleep(milliseconds);
      clearInterval(weather);
      const measured = await load.stop();
      processes.simulator.control.clearFaults();
      await sleep(SETTLE_MS);
      return measured;
    };

    // Caches and code are warm before anything is compared.
    await run(Math.min(30_000, SOAK_MS / 4));
    const before = await holdingsOf(gateway);
    const measured = await run(SOAK_MS);
    const after = await holdingsOf(gateway);
    const isDead = /unhandled|uncaught/i.test(gateway.stderr());
    console.table({ before, after });
    console.log({
      requests: measured.length,
      answeredWithoutError: measured.filter(({ ok }) => ok).length / measured.length,
    });
    expect(isDead).toBe(false);
    expect(after.heapBytes).toBeLessThan(before.heapBytes * 1.2 + 4_000_000);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets + 70);
    expect(after.timers).toBeLessThanOrEqual(before.timers + 5);
  },
  SOAK_MS * 2 + 120_000,
);
