import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS_KEY } from '../../src/events/redis/redisKeys';
import { createGatewayProcesses, type GatewayProcesses, type RunningGateway } from '../support/gatewayProcesses';
import { connectAdmin } from '../support/openRedisLog';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redisServer';
import { eventually } from '../support/startGateway';
import { type Subscriber, startSubscriber } from '../support/subscribers';

describeWithRedis('gateways whose Redis fails', () => {
  let redis: TestRedis;
  let processes: GatewayProcesses;
  let gateways: RunningGateway[];
  const subscribers: Subscriber[] = [];

  beforeAll(async () => {
    redis = await startRedis({ appendOnly: true });
    processes = await createGatewayProcesses({ REDIS_URL: redis.url });
    gateways = [await processes.start(), await processes.start()];
  }, 60_000);
  afterEach(() => {
    for (const subscriber of subscribers.splice(0)) subscriber.stop();
  });
  afterAll(async () => {
    await processes.close();
    await redis.stop();
  });

  const gatewayAt = (index: number) => gateways[index % gateways.length] as RunningGateway;
  const headCursor = async () => (await gatewayAt(0).ask('{ eventCursor }')).data.eventCursor as string;
  const readiness = () => Promise.all(gateways.map(async ({ url }) => (await fetch(`${url}/readyz`)).status));

  /** One that stays with its gateway. @returns once it is connected */
  async function subscribe(index: number, after: string | null, verificationId?: string): Promise<Subscriber> {
    const subscriber = startSubscriber({
      pickUrl: () => gatewayAt(index).url,
      transport: index % 4 < 2 ? 'WebSocket' : 'SSE',
      filter: verificationId === undefined ? {} : { verificationId },
      after,
    });
    subscribers.push(subscriber);
    await eventually(() => subscriber.isConnected());
    return subscriber;
  }

  async function readStream(after: string): Promise<{ cursor: string; id: string; status: string }[]> {
    const admin = await connectAdmin(redis.url);
    const entries = (await admin.xRange(EVENTS_KEY, `(${after}`, '+')) ?? [];
    admin.destroy();
    return entries.map(({ id: cursor, message }) => {
      const { id, status } = JSON.parse(String(message.event)).verification;
      return { cursor, id, status };
    });
  }

  test('killed and started again in a burst: deliveries wait, queries go on, and no answered delivery is missing', async () => {
    const ids = await processes.seed(300);
    const bodies = new Map<string, string>();
    // Before anything changes: the sweep at the gateways' start may find the first ones before they are delivered.
    const after = await headCursor();
    for (const id of ids) bodies.set(id, await processes.change(id, 'canceled'));
    const watching = await Promise.all(Array.from({ length: 8 }, (_, index) => subscribe(index, after)));
    const answered: string[] = [];
    const answers: (number | null)[] = [];

    const burst = ids.map(async (id, index) => {
      await sleep(index * 6);
      answers.push(
        ...(await processes.deliverUntilTaken(
          bodies.get(id) as string,
          () => gatewayAt(Math.floor(Math.random() * 2)).url,
        )),
      );
      answered.push(id);
    });
    await sleep(500);
    await redis.kill();
    const answeredBefore = answered.length;
    await eventually(async () => (await readiness()).every((status) => status === 503), 15_000);
    const { data, errors } = await gatewayAt(0).ask('query ($id: ID!) { verification(id: $id) { status } }', {
      id: ids[0],
    });
    expect(errors).toBeUndefined();
    expect(data.verification.status).toBe('CANCELED');
    await redis.restart();
    await eventually(async () => (await readiness()).every((status) => status === 200), 15_000);
    await Promise.all(burst);

    expect(answeredBefore).toBeGreaterThan(0);
    expect(answeredBefore).toBeLessThan(ids.length);
    // None at all where a connection that was kept open ended just then.
    expect(new Set(answers.filter((answer) => answer !== null))).toEqual(new Set([200, 503]));
    const stream = await readStream(after);
    expect(stream.map(({ id, status }) => `${id} ${status}`).sort()).toEqual(ids.map((id) => `${id} CANCELED`).sort());
    for (const { received, connections, refusals } of watching) {
      await eventually(() => received.length >= stream.length, 15_000);
      expect(received.map(({ cursor, kind }) => `${kind} ${cursor}`)).toEqual(
        stream.map(({ cursor }) => `CHANGE ${cursor}`),
      );
      expect([connections(), refusals]).toEqual([1, []]);
    }
  }, 90_000);

  test('its data lost: who watches is told where things stand, on the open socket and with an old cursor', async () => {
    const [id = ''] = await processes.seed(1);
    // Kept for a minute by who has read it.
    await processes.change(id, 'verified');
    const old = await headCursor();
    const watching = await Promise.all(Array.from({ length: 4 }, (_, index) => subscribe(index, null, id)));
    await eventually(() => watching.every(({ received }) => received.length === 1));

    await redis.kill();
    // Nobody is told of it: what the log knew is gone before it could be.
    await processes.change(id, 'expired');
    await redis.wipe();
    await eventually(async () => (await readiness()).every((status) => status === 200), 15_000);
    const late = await Promise.all(Array.from({ length: 4 }, (_, index) => subscribe(index, old, id)));
    await eventually(() => [...watching, ...late].every(({ received }) => received.at(-1)?.kind === 'RESYNC'));
    for (const { received } of [...watching, ...late]) {
      expect(received.at(-1)).toMatchObject({ kind: 'RESYNC', verification: { id, status: 'EXPIRED' } });
    }
    expect(watching.map(({ connections }) => connections())).toEqual([1, 1, 1, 1]);

    const before = new Map([...watching, ...late].map((subscriber) => [subscriber, subscriber.received.length]));
    const body = await processes.change(id, 'canceled');
    expect(await processes.deliver(body, gatewayAt(0).url)).toBe(200);
    for (const [{ received }, count] of before) {
      await eventually(() => received.length > count);
      expect(received.slice(count)).toMatchObject([{ kind: 'CHANGE', verification: { id, status: 'CANCELED' } }]);
    }
  }, 30_000);
});
