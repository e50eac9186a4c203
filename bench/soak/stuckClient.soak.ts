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

  let changes = 0;
  let fillings = 0;
  /** To all others; returns when all have it. */
  async function change(): Promise<void> {
    const body = await processes.change(id, changes % 2 === 0 ? 'canceled' : 'expired');
    changes += 1;
    const expected = latenciesMs.length + OTHERS;
    sentAt = performance.now();
    await processes.deliver(body, gateway.url);
    await eventually(() => latenciesMs.length >= expected, 20_000);
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

  async function measureP99Ms(isOneStuck: boolean): Promise<number> {
    const one = startSubscriber({ pickUrl: () => gateway.url, transport: 'WebSocket', query: largeWatch() });
    subscribers.push(one);
    await eventually(() => one.isConnected());
    if (isOneStuck) one.pause();
    for (let round = 0; round < FILLING.rounds; round += 1) await fill();
    // Only one that is stuck may be there while others are measured.
    if (!isOneStuck) one.stop();
    await sleep(1_000);
    latenciesMs = [];
    for (let index = 0; index < MEASURED; index += 1) {
      await change();
      await sleep(PAUSE_MS);
    }
    one.stop();
    return latenciesMs.sort((a, b) => a - b)[Math.floor(latenciesMs.length * 0.99)] as number;
  }

  // The first round warms up.
  await measureP99Ms(true);
  const rows: { withoutMs: number; withMs: number; ratio: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const stuckFirst = pair % 2 === 0;
    const first = await measureP99Ms(stuckFirst);
    const second = await measureP99Ms(!stuckFirst);
    const [withMs, withoutMs] = stuckFirst ? [first, second] : [second, first];
    rows.push({ withoutMs, withMs, ratio: withMs / withoutMs });
  }
  const ratio = medianOf(rows.map((row) => row.ratio));
  const lines = rows.map((row) => `${row.withoutMs.toFixed(1)}\t${row.withMs.toFixed(1)}\t${row.ratio.toFixed(3)}`);
  process.stdout.write(
    `p99 without, with (ms), ratio\n${lines.join('\n')}\nmedian of the ratios: ${ratio.toFixed(3)}\n`,
  );
  expect(ratio).toBeLessThan(1.1);
}, 1_800_000);

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
