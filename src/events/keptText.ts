import type { RedisConnection } from './redis/redisConnection';
import { keptTextKey } from './redis/redisKeys';

/** One short text that outlives whoever saved it, such as how far a sweep has come. */
export interface KeptText {
  /** Null when nothing was saved yet. */
  load(): Promise<string | null>;
  save(text: string): Promise<void>;
}

/** Kept as long as this process lives. */
export function createLocalKeptText(): KeptText {
  let kept: string | null = null;
  return {
    load: async () => kept,
    async save(text) {
      kept = text;
    },
  };
}

/**
 * Kept in Redis, for all processes; both methods throw EventLogUnavailable while it cannot be reached.
 * @param name of the text, the same on all processes
 */
export function createRedisKeptText({ connection, name }: { connection: RedisConnection; name: string }): KeptText {
  const key = keptTextKey(name);
  return {
    load: () => connection.run((client) => client.get(key)),
    save: (text) => connection.run(async (client) => void (await client.set(key, text))),
  };
}
