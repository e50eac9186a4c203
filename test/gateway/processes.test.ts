import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS_KEY } from '../../src/events/redis/redisKeys';
import { createGatewayProcesses, type GatewayProcesses, type RunningGateway } from '../support/gatewayProcesses';
import { connectAdmin } from '../support/openRedisLog';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redisServer';
import { eventually } from '../support/startGateway';
import { type ReceivedUpdate, type Subscriber, type SubscriberOptions, startSubscriber } from '../support/subscribers';
import type { ForcedStatus } from '../support/verifications';

/**
 * `SOAK=1` (bench/soak/README.md): 2,000 deliveries, and 200 who watch everything; else 400, and 100, of whom one in ten
 * watches everything, the others one verification each.
 */
const isSoak = process.env.SOAK === '1';
const watchesEverything = (index: number) => isSoak || index % 10 === 0;
const SUBSCRIBERS = isSoak ? 200 : 100;
const STEPS = 8;
const VERIFICATIONS = isSoak ? 250 : 50;
const DELIVERIES = VERIFICATIONS * STEPS;
/** Updates that the slowest of those who watch everything may be behind: fewer than a queue holds. */
const MAX_LAG = 150;

const WALKS: readonly (readonly ForcedStatus[])[] = [
  ['pending', 'in_progress', 'canceled', 'expired', 'canceled', 'expired', 'canceled', 'expired'],
  // Steps back are none that the gateway knows: it must ask Dataspike each time.
  ['pending', 'in_progress', 'pending', 'in_progress', 'pending', 'in_progress', 'pending', 'verified'],
  ['initial', 'pending', 'initial', 'pending', 'initial', 'pending', 'in_progress', 'failed'],
];

describeWithRedis('three gateways over one Redis', () => {
  let redis: TestRedis;
  let processes: GatewayProcesses;
  const subscribers: Subscriber[] = [];
  const gateways: RunningGateway[] = [];
  const pick = <T>(items: readonly T[]) => items[Math.floor(Math.random() * items.length)] as T;

  beforeAll(async () => {
    redis = await startRedis();
    processes = await createGatewayProcesses({ REDIS_URL: redis.url });
    for (let index = 0; index < 3; index += 1) gateways.push(await processes.start());
  }, 60_000);
  afterAll(async () => {
    for (const subscriber of subscribers) subscriber.stop();
    await processes.close();
    await redis.stop();
  });

  /** Every event of the log. */
  async function readStream(): Promise<ReceivedUpdate[]> {
    const admin = await connectAdmin(redis.url);
    try {
      const entries = (await admin.xRange(EVENTS_KEY, '-', '+')) ?? [];
      return entries.map(({ id, message }) => ({
        cursor: id,
        kind: 'CHANGE',
        verification: pickState(JSON.parse(String(message.event)).verification),
      }));
    } finally {
      admin.destroy();
    }
  }

  function subscribe(index: number, ids: readonly string[], after: string): Subscriber {
    const options: SubscriberOptions = {
      // Also those that have ended, which a client cannot know before it tries.
      pickUrl: () => pick(gateways).url,
      transport: index % 20 < 2 ? 'SSE' : 'WebSocket',
      filter: watchesEverything(index) ? {} : { verificationId: ids[index % ids.length] },
      after,
    };
    const subscriber = startSubscriber(options);
    subscribers.push(subscriber);
    return subscriber;
  }

  const deliver = (body: string) => processes.deliverUntilTaken(body, () => pick(gateways).url);

  /** Waits until nobody is far behind, so that no queue overflows on a slow machine. */
  async function waitForTheSlowest(everything: readonly Subscriber[]): Promise<void> {
    const admin = await connectAdmin(redis.url);
    const length = await admin.xLen(EVENTS_KEY);
    admin.destroy();
    await eventually(() => everything.every(({ received }) => received.length >= length - MAX_LAG), 60_000);
  }

  test(`${DELIVERIES} deliveries, late, twice and elsewhere, one gateway killed and one stopped: everybody is told each event once, in order`, async () => {
    const ids = await processes.seed(VERIFICATIONS);
    const after = (await (gateways[0] as RunningGateway).ask('{ eventCursor }')).data.eventCursor as string;
    for (let index = 0; index < SUBSCRIBERS; index += 1) subscribe(index, ids, after);
    const everything = subscribers.filter((_subscriber, index) => watchesEverything(index));
    await eventually(() => subscribers.every((subscriber) => subscriber.isConnected()), 20_000);

    const incidents = new Map<number, () => unknown>([
      [0.35 * DELIVERIES, () => gateways[0]?.kill('SIGKILL')],
      [0.5 * DELIVERIES, async () => gateways.push(await processes.start())],
      [0.65 * DELIVERIES, () => gateways[1]?.kill('SIGTERM')],
    ]);
    const underWay = new Set<Promise<unknown>>();
    const post = (work: Promise<unknown>) => {
      const done: Promise<unknown> = work.finally(() => underWay.delete(done));
      underWay.add(done);
    };
    let count = 0;
    for (let step = 0; step < STEPS; step += 1) {
      for (const [index, id] of ids.entries()) {
        const status = WALKS[index % WALKS.length]?.[step] as ForcedStatus;
        const body = await processes.change(id, status);
        const isLate = Math.random() < 0.1;
        const isTwice = Math.random() < 0.1;
        // Late enough for the next one of the same verification to come first.
        post(isLate ? sleep(1_000 + Math.random() * 2_000).then(() => deliver(body)) : deliver(body));
        if (isTwice) post(deliver(body));
        count += 1;
        await incidents.get(count)?.();
        if (underWay.size > 250) await Promise.race(underWay);
        if (count % 50 === 0) await waitForTheSlowest(everything);
      }
    }
    expect(count).toBe(DELIVERIES);
    await Promise.all(underWay);

    const stream = await readStream();
    await eventually(
      () => everything.every(({ received }) => received.at(-1)?.cursor === stream.at(-1)?.cursor),
      20_000,
    );
    for (const [index, { received }] of subscribers.entries()) {
      const id = ids[index % ids.length];
      const expected = watchesEverything(index) ? stream : stream.filter(({ verification }) => verification.id === id);
      await eventually(() => received.length >= expected.length, 20_000);
      expect(received).toEqual(expected);
    }
    const newest = new Map(stream.map(({ verification: { id, status } }) => [id, status]));
    expect(newest).toEqual(await processes.statuses(ids));
    // Enough of what the test is about has happened.
    expect(stream.length).toBeGreaterThan(DELIVERIES / 2);
    expect(await gateways[1]?.exited).toBe(0);
    expect(subscribers.flatMap(({ refusals }) => refusals)).toEqual([]);
    expect(subscribers.filter((subscriber) => subscriber.connections() > 1).length).toBeGreaterThan(SUBSCRIBERS / 3);
  }, 300_000);
});

function pickState({ id, status }: ReceivedUpdate['verification']): ReceivedUpdate['verification'] {
  return { id, status };
}
