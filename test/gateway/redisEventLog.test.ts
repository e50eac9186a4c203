import { createClient } from '@redis/client';
import type { EventLog } from '../../src/events/eventLog';
import { createRedisConnection } from '../../src/events/redisConnection';
import { createRedisEventLog } from '../../src/events/redisEventLog';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redisServer';
import { describeEventLog, until } from '../unit/events/eventLogContract';

let redis: TestRedis;

async function createLog({ retention }: { retention: number }): Promise<EventLog> {
  redis ??= await startRedis();
  const admin = await createClient({ url: redis.url }).connect();
  await admin.flushAll();
  admin.destroy();
  const connection = createRedisConnection({ url: redis.url });
  const log = createRedisEventLog({ connection, retention });
  await until(log.isReachable);
  return {
    ...log,
    async close() {
      await log.close();
      connection.close();
    },
  };
}

describeEventLog('the Redis log', createLog, describeWithRedis);

afterAll(() => redis?.stop());
