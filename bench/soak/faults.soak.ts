import { setTimeout as sleep } from 'node:timers/promises';
import { faultKinds } from '../../src/simulator/http/faults';
import {
  createGatewayProcesses,
  type GatewayProcesses,
  type RunningGateway,
} from '../../test/support/gatewayProcesses';
import { type Holdings, holdingsOf, PROBE_OPTIONS } from '../../test/support/gatewayProcessHoldings';
import { startOpenLoop } from './openLoop';

const SOAK_MS = Number(process.env.SOAK_FAULTS_MS ?? 600_000);
const WARM_UP_MS = 30_000;
const SAMPLES = 10;
const PER_SECOND = 100;
/** Each new applicant stays in the entity cache, some 3 KB of 10,000 entries: few enough to leave the heap as it is. */
const CREATION_EVERY = 100;
const FAULTY_SHARE = 0.05;
/** Idle connections and the last timeouts are gone by then: Node keeps the former for 5 s. */
const SETTLE_MS = 8_000;
const MIB = 1_048_576;

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
  'a soak with 5 % of all requests to Dataspike failing leaves heap, sockets and timers as they were',
  async () => {
    const ids = await processes.seed(1_000);
    const { control } = processes.simulator;
    // What is final would be answered from what is known for a minute.
    for (const id of ids) control.forceVerification(id, { status: 'pending', errors: {} });
    let asked = 0;
    let hasExited = false;
    void gateway.exited.then(() => {
      hasExited = true;
    });
    const ask = async () => {
      asked += 1;
      const answer =
        asked % CREATION_EVERY === 0
          ? await gateway.ask(CHANGE, { key: `applicant ${asked}` })
          : await gateway.ask(QUERY, { id: ids[asked % ids.length] });
      return answer.errors === undefined;
    };
    const rows: Record<string, Record<string, number>> = {};
    let sent = 0;
    let struck = 0;
    /** Half of the faults strike when the work is done: only its answer is lost then. */
    const strike = () => {
      for (const kind of faultKinds) {
        for (const when of ['before', 'after'] as const) {
          const delayMs = kind === 'delay' ? 1_000 : 0;
          control.addFault({ kind, when, delayMs, times: 0, share: FAULTY_SHARE / faultKinds.length / 2 });
        }
      }
    };
    const run = async (milliseconds: number, name: string): Promise<Holdings> => {
      strike();
      control.clearRequests();
      const load = startOpenLoop(PER_SECOND, ask);
      await sleep(milliseconds);
      const measured = await load.stop();
      const upstream = processes.simulator.requests();
      const faulty = upstream.filter(({ fault }) => fault !== null).length;
      control.clearFaults();
      await sleep(SETTLE_MS);
      const held = await holdingsOf(gateway);
      sent += upstream.length;
      struck += faulty;
      rows[name] = {
        requests: measured.length,
        'with errors %': round((100 * measured.filter(({ ok }) => !ok).length) / measured.length),
        'to Dataspike': upstream.length,
        'of them struck %': round((100 * faulty) / upstream.length),
        'heap MiB': round(held.heapBytes / MIB),
        'RSS MiB': round(held.rssBytes / MIB),
        sockets: held.sockets,
        timers: held.timers,
      };
      return held;
    };

    // Caches and code are warm before anything is compared.
    const before = await run(WARM_UP_MS, 'warm-up');
    let after = before;
    for (let sample = 1; sample <= SAMPLES; sample += 1) after = await run(SOAK_MS / SAMPLES, `part ${sample}`);
    const thrown = /unhandled|uncaught/i.test(gateway.stderr() + gateway.stdout());
    console.table(rows);
    const verdicts = {
      'the process lives': !hasExited,
      'no unhandled rejection': !thrown,
      'at least 4 % were struck': struck >= sent * 0.04,
      'heap grew by less than 20 % and 4 MiB': after.heapBytes < before.heapBytes * 1.2 + 4 * MIB,
      'no more sockets': after.sockets <= before.sockets + 2,
      'no more timers': after.timers <= before.timers + 2,
    };
    console.table(Object.fromEntries(Object.entries(verdicts).map(([what, holds]) => [what, holds ? 'PASS' : 'FAIL'])));
    expect(Object.entries(verdicts).filter(([, holds]) => !holds)).toEqual([]);
  },
  (WARM_UP_MS + SOAK_MS + (SAMPLES + 1) * SETTLE_MS) * 1.5 + 60_000,
);

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
