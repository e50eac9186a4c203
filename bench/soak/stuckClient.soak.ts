import { setTimeout as sleep } from 'node:timers/promises';
import { createGatewayProcesses, type GatewayProcesses } from '../../test/support/gatewayProcesses';
import { eventually } from '../../test/support/startGateway';
import { type Subscriber, startSubscriber } from '../../test/support/subscribers';

const OTHERS = 1_000;
const PAIRS = Number(process.env.SOAK_PAIRS ?? 5);
/** Changes that only the stuck one watches, so many that what lies between it and the gateway is full before anything is measured. */
const FILLING = { verifications: 300, rounds: 3 };
const MEASURED = 20;
const PAUSE_MS = 250;

let processes: GatewayProcesses;
const subscribers: Subscriber[] = [];
beforeAll(async () => {
  processes = await createGatewayProcesses({ LIMIT_SUBSCRIPTIONS_PER_CALLER: String(OTHERS + 1) });
}, 60_000);
afterAll(async () => {
  for (const subscriber of subscribers) subscriber.stop();
  await processes.close();
});

test('with one stuck client the p99 latency of a thousand others is within 10 % of that without it', async () => {
  const gateway = await processes.start();
  const [id = '', ...fillers] = await processes.seed(1 + FILLING.verifications);
  let sentAt = 0;
  let latenciesMs: number[] = [];
  const others = Array.from({ length: OTHERS }, () =>
    startSubscriber({
      pickUrl: () => gateway.url,
      transport: 'WebSocket',
      filter: { verificationId: id },
      onUpdate: () => latenciesMs.push(performance.now() - sentAt),
    }),
  );
  subscribers.push(...others);
  await eventually(() => others.every((subscriber) => subscriber.isConnected()), 60_000);
  await sleep(2_000);

  /** Of the gateway, once what the stuck one was sent has filled what lies in between. */
  const residentMib = { stuck: [] as number[], without: [] as number[] };
  let changes = 0;
  let fillings = 0;
  /** To all others. @returns the p99 of their latencies, when all have it */
  async function change(): Promise<number> {
    latenciesMs = [];
    const body = await processes.change(id, changes % 2 === 0 ? 'canceled' : 'expired');
    changes += 1;
    sentAt = performance.now();
    await processes.deliver(body, gateway.url);
    await eventually(() => latenciesMs.length >= OTHERS, 20_000);
    return latenciesMs.sort((a, b) => a - b)[Math.floor(OTHERS * 0.99)] as number;
  }

  async function fill(): Promise<void> {
    fillings += 1;
    const status = fillings % 2 === 0 ? 'canceled' : 'expired';
    for (let start = 0; start < fillers.length; start += 50) {
      const some = fillers.slice(start, start + 50);
      await Promise.all(
        some.map(async (other) => processes.deliver(await processes.change(other, status), gateway.url)),
      );
    }
  }

  /** @returns the p99 of each change */
  async function measureP99sMs(isOneStuck: boolean): Promise<number[]> {
    const one = startSubscriber({ pickUrl: () => gateway.url, transport: 'WebSocket', query: largeWatch() });
    subscribers.push(one);
    await eventually(() => one.isConnected());
    if (isOneStuck) one.pause();
    for (let round = 0; round < FILLING.rounds; round += 1) await fill();
    // Only one that is stuck may be there while others are measured.
    if (!isOneStuck) one.stop();
    await sleep(1_000);
    residentMib[isOneStuck ? 'stuck' : 'without'].push(await residentMibOf(gateway.url));
    const p99sMs: number[] = [];
    for (let index = 0; index < MEASURED; index += 1) {
      p99sMs.push(await change());
      await sleep(PAUSE_MS);
    }
    one.stop();
    return p99sMs;
  }

  // The first round warms up.
  await measureP99sMs(true);
  process.stdout.write(`resident after the warm-up: ${residentMib.stuck.splice(0).map(Math.round)} MiB\n`);
  const p99sMs = { stuck: [] as number[], without: [] as number[] };
  for (let pair = 0; pair < PAIRS; pair += 1) {
    for (const isOneStuck of pair % 2 === 0 ? [true, false] : [false, true]) {
      const measured = await measureP99sMs(isOneStuck);
      p99sMs[isOneStuck ? 'stuck' : 'without'].push(...measured);
      process.stdout.write(`${isOneStuck ? 'one stuck' : 'none stuck'}\t${medianOf(measured).toFixed(1)} ms\n`);
    }
  }
  const [stuckMs, withoutMs] = [medianOf(p99sMs.stuck), medianOf(p99sMs.without)];
  const ratio = stuckMs / withoutMs;
  process.stdout.write(
    `median p99 of ${PAIRS * MEASURED} changes each: ${stuckMs.toFixed(1)} ms, without ${withoutMs.toFixed(1)} ms, ratio ${ratio.toFixed(3)}\n`,
  );
  const rounded = (values: readonly number[]) => values.map(Math.round).join(', ');
  process.stdout.write(`resident MiB: ${rounded(residentMib.stuck)}; without ${rounded(residentMib.without)}\n`);
  expect(ratio).toBeLessThan(1.1);
}, 1_800_000);

async function residentMibOf(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]) / 1024 ** 2;
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function largeWatch(): string {
  const large = Array.from(
    { length: 45 },
    (_, index) => `a${index}: verification { checks { step rawStep status data } }`,
  );
  return `subscription { verificationUpdated { cursor kind verification { id status } ${large.join(' ')} } }`;
}
