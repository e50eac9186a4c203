import { createRedisLeases } from '../../src/events/leases';
import { createRedisConnection, type RedisConnection } from '../../src/events/redis/redisConnection';
import { createUsedTickets } from '../../src/server/usedTickets';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redisServer';

describeWithRedis('upload tickets of two processes', () => {
  let redis: TestRedis;
  let connections: RedisConnection[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    connections = [createRedisConnection({ url: redis.url }), createRedisConnection({ url: redis.url })];
    await Promise.all(connections.map((connection) => connection.whenReady()));
  });
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await redis.stop();
  });

  const twoProcesses = () =>
    connections.map((connection) => createUsedTickets({ leases: createRedisLeases({ connection }) }));

  test('of many uses at once in both, one wins', async () => {
    const processes = twoProcesses();
    const uses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => processes[index % 2]?.use('ticket-1', 60_000)),
    );
    expect(uses.filter(Boolean)).toHaveLength(1);
  });

  test('what one gives back, the other can use, and then nobody any more', async () => {
    const [one, other] = twoProcesses();
    expect(await one?.use('ticket-2', 60_000)).toBe(true);
    expect(await other?.use('ticket-2', 60_000)).toBe(false);
    await one?.giveBack('ticket-2');
    expect(await other?.use('ticket-2', 60_000)).toBe(true);
    expect(await one?.use('ticket-2', 60_000)).toBe(false);
  });
});
