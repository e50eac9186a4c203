import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../src/simulator/simulator';
import {
  createGatewayProcesses,
  type GatewayProcesses,
  type RunningGateway,
} from '../../test/support/gatewayProcesses';
import { type Measured, percentile, startOpenLoop } from './openLoop';

const PER_SECOND = 200;
const DOWN_MS = Number(process.env.SOAK_OUTAGE_MS ?? 30_000);
const BEFORE_MS = 8_000;
const AFTER_MS = 10_000;
/** How long it may take to find out that Dataspike is down: five tries, each as long as the timeout. */
const OPENS_WITHIN_MS = 3_000;
const KNOWN = 100;
/** Of five requests one asks for something that was read before; four for what nobody has asked for yet. */
const KNOWN_EVERY = 5;

const OUTAGES: readonly [string, Fault][] = [
  ['resets every connection', { kind: 'reset', times: 0 }],
  ['is silent', { kind: 'delay', delayMs: 60_000, times: 0 }],
];

let processes: GatewayProcesses;
let gateway: RunningGateway;
beforeEach(async () => {
  processes = await createGatewayProcesses({ DATASPIKE_TIMEOUT_MS: '1000' });
  gateway = await processes.start();
}, 60_000);
afterEach(() => processes.close());

test.each(OUTAGES)(
  'Dataspike %s for a while: answers at once, full service within 5 s after, no herd',
  async (_what, fault) => {
    const seconds = (BEFORE_MS + DOWN_MS + AFTER_MS) / 1000 + 5;
    const ids = await processes.seed(KNOWN + PER_SECOND * seconds);
    const fresh = ids.slice(KNOWN);
    const ask = async (id: string | undefined) => {
      const { errors } = await gateway.ask('query ($id: ID!) { verification(id: $id) { id status } }', { id });
      return errors === undefined;
    };
    for (let known = 0; known < KNOWN; known += 10) await Promise.all(ids.slice(known, known + 10).map(ask));
    let next = 0;
    const load = startOpenLoop(PER_SECOND, async () => {
      next += 1;
      return next % KNOWN_EVERY === 0 ? ask(ids[next % KNOWN]) : ask(fresh.pop());
    });

    // The first seconds warm up.
    await sleep(3_000);
    const beforeAt = Date.now();
    await sleep(BEFORE_MS - 3_000);
    processes.simulator.control.addFault(fault);
    const downAt = Date.now();
    await sleep(OPENS_WITHIN_MS);
    const openAt = Date.now();
    await sleep(DOWN_MS - OPENS_WITHIN_MS);
    processes.simulator.control.clearFaults();
    const backAt = Date.now();
    await sleep(AFTER_MS);
    const measured = await load.stop();

    const phase = (from: number, until: number) => {
      const answers = measured.filter(({ sentAt }) => sentAt >= from && sentAt < until);
      const requests = upstreamPerSecond(from, until);
      return {
        requests: answers.length,
        'answered without errors %': (100 * answers.filter(({ ok }) => ok).length) / answers.length,
        'p50 ms': percentileOf(answers, 0.5),
        'p99 ms': percentileOf(answers, 0.99),
        'upstream requests/s': requests.reduce((sum, count) => sum + count, 0) / requests.length,
        'in the busiest second': Math.max(...requests),
      };
    };
    function upstreamPerSecond(from: number, until: number): number[] {
      const counts = Array.from({ length: Math.floor((until - from) / 1000) }, () => 0);
      for (const { at } of processes.simulator.requests()) {
        const second = Math.floor((Date.parse(at) - from) / 1000);
        if (second in counts) counts[second] = (counts[second] ?? 0) + 1;
      }
      return counts;
    }

    const before = phase(beforeAt, downAt);
    const open = phase(openAt, backAt);
    const after = phase(backAt, backAt + AFTER_MS);
    const lastFailure = measured.filter(({ ok, sentAt }) => !ok && sentAt >= backAt).at(-1);
    const backAfterMs = lastFailure ? lastFailure.sentAt - backAt : 0;
    console.table(
      rounded({ before, 'down, until it is found out': phase(downAt, openAt), 'down, breaker open': open, after }),
    );
    console.log(`last failure ${backAfterMs} ms after Dataspike was back`);
    expect(before['answered without errors %']).toBe(100);
    expect(before['upstream requests/s']).toBeGreaterThan(PER_SECOND * 0.7);
    expect(open['p99 ms']).toBeLessThan(50);
    expect(open['upstream requests/s']).toBeLessThan(2);
    expect(backAfterMs).toBeLessThan(5_000);
    expect(after['in the busiest second']).toBeLessThanOrEqual(
      Math.max(PER_SECOND, before['in the busiest second']) * 1.1,
    );
  },
  300_000,
);

function percentileOf(answers: readonly Measured[], share: number): number {
  return percentile(
    answers.map(({ milliseconds }) => milliseconds),
    share,
  );
}

function rounded(rows: Record<string, Record<string, number>>): Record<string, Record<string, number>> {
  const round = (row: Record<string, number>) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Math.round(value * 10) / 10]));
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, round(row)]));
}
