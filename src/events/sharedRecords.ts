import { LRUCache } from 'lru-cache';
import type { RedisConnection } from './redis/redisConnection';
import { sharedRecordKey } from './redis/redisKeys';

/** Short texts under keys, changed only by who knows what stands there. They last 24 hours from their last change. */
export interface SharedRecords {
  /** Null when there is none. */
  load(key: string): Promise<string | null>;
  /**
   * @param expected what must stand there now; null: nothing
   * @param text what stands there then; null: nothing
   * @returns whether it was so, and is changed
   */
  replace(key: string, expected: string | null, text: string | null): Promise<boolean>;
}

const LIFETIME_MS = 24 * 60 * 60 * 1000;

/**
 * For one process.
 * @param maxRecords the oldest go first; default 100,000
 */
export function createLocalRecords({ maxRecords = 100_000 }: { maxRecords?: number } = {}): SharedRecords {
  // By size, for `max` makes room for all of them at once: 5 MB, and 15 ms of every start.
  const records = new LRUCache<string, string>({ maxSize: maxRecords, sizeCalculation: () => 1, ttl: LIFETIME_MS });
  return {
    load: async (key) => records.get(key) ?? null,
    async replace(key, expected, text) {
      if ((records.get(key) ?? null) !== expected) return false;
      if (text === null) records.delete(key);
      else records.set(key, text);
      return true;
    },
  };
}

/** Nothing that is expected is told by the empty text, which no record is. */
const REPLACE = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
`;

/** For all processes on one Redis; both methods throw EventLogUnavailable while it cannot be reached. */
export function createRedisRecords({ connection }: { connection: RedisConnection }): SharedRecords {
  return {
    load: (key) => connection.run((client) => client.get(sharedRecordKey(key))),
    async replace(key, expected, text) {
      const keys = [sharedRecordKey(key)];
      const parameters = [expected ?? '', text ?? '', String(LIFETIME_MS)];
      return (await connection.run((client) => client.eval(REPLACE, { keys, arguments: parameters }))) === 1;
    },
  };
}
