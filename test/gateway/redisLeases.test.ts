import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalKeptText, createRedisKeptText } from '../../src/events/keptText';
import { createLocalLeases, createRedisLeases } from '../../src/events/leases';
import { createRedisConnection, type RedisConnection } from '../../src/events/redis/redisConnection';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redisServer';

test('a process alone holds every lease', async () => {
  const leases = createLocalLeases();
  expect([await leases.acquire('work', 10), await leases.acquire('work', 10)]).toEqual([true, true]);
  await leases.release('work');
});

test('a text kept in this process is what was saved last', async () => {
  const text = createLocalKeptText();
  expect(await text.load()).toBeNull();
  await text.save('a');
  await text.save('b');
  expect(await text.load()).toBe('b');
});

describeWithRedis('leases and texts of two processes', () => {
  let redis: TestRedis;
  let connections: RedisConnection[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    connections = [createRedisConnection({ url: redis.url }), createRedisConnection({ url: redis.url })];
    await Promise.all(connections.map((connection) => connection.whenReady()));
    await connections[0]?.run((client) => client.flushAll());
  });
  afterEach(() => {
    for (const connection of connections) connection.close();
  });

  function twoLeases() {
    const [a, b] = connections.map((connection) => createRedisLeases({ connection }));
    if (!a || !b) throw new Error('no connection');
    return { a, b };
  }

  test('one holds a lease, may renew it, and gives it back', async () => {
    const { a, b } = twoLeases();
    expect(await a.acquire('work', 60_000)).toBe(true);
    expect(await b.acquire('work', 60_000)).toBe(false);
    expect(await a.acquire('work', 60_000)).toBe(true);
    expect(await b.acquire('other work', 60_000)).toBe(true);
    await b.release('work');
    expect(await b.acquire('work', 60_000)).toBe(false);
    await a.release('work');
    await a.release('work');
    expect(await b.acquire('work', 60_000)).toBe(true);
    expect(await a.acquire('work', 60_000)).toBe(false);
  });

  test('a lease that is not renewed goes to the next who asks, one that is renewed does not', async () => {
    const { a, b } = twoLeases();
    await a.acquire('left', 150);
    await a.acquire('renewed', 150);
    expect(await b.acquire('left', 60_000)).toBe(false);
    await a.acquire('renewed', 60_000);
    await sleep(250);
    expect(await b.acquire('left', 60_000)).toBe(true);
    expect(await b.acquire('renewed', 60_000)).toBe(false);
    expect(await a.acquire('left', 60_000)).toBe(false);
  });

  test('of many who ask at once, one gets it', async () => {
    const all = connections.flatMap((connection) =>
      Array.from({ length: 20 }, () => createRedisLeases({ connection }).acquire('work', 60_000)),
    );
    expect((await Promise.all(all)).filter((isHeld) => isHeld)).toHaveLength(1);
  });

  test('what one saves the other loads, each text under its name', async () => {
    const [a, b] = connections.map((connection) => createRedisKeptText({ connection, name: 'sweep' }));
    const other = createRedisKeptText({ connection: connections[0] as RedisConnection, name: 'other' });
    expect(await b?.load()).toBeNull();
    await a?.save('cursor-1');
    await a?.save('cursor-2');
    expect(await b?.load()).toBe('cursor-2');
    expect(await other.load()).toBeNull();
  });

  test('without Redis nobody gets a lease or a text', async () => {
    const connection = createRedisConnection({ url: 'redis://127.0.0.1:1' });
    await expect(createRedisLeases({ connection }).acquire('work', 1000)).rejects.toThrow('cannot be reached');
    await expect(createRedisLeases({ connection }).release('work')).rejects.toThrow('cannot be reached');
    await expect(createRedisKeptText({ connection, name: 'x' }).load()).rejects.toThrow('cannot be reached');
    connection.close();
    expect(await connection.whenReady()).toBe(false);
  });
});
