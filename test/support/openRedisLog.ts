import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import type { EventLog } from '../../src/events/eventLog';
import { createRedisConnection, type RedisConnection } from '../../src/events/redis/redisConnection';
import { createRedisEventLog } from '../../src/events/redis/redisEventLog';
import { redisScripts } from '../../src/events/redis/redisScripts';
import { createLogger } from '../../src/logger';

/** A log as one process of many has it, and what its followers are told. */
export interface OpenRedisLog {
  readonly log: EventLog;
  readonly connection: RedisConnection;
  /** Cursors of events, and `gap`, in the order in which they were told. */
  readonly told: string[];
  /** Every line that was logged, at level trace. */
  readonly lines: string[];
  close(): Promise<void>;
}

export function openRedisLog(url: string, { retention = 1000 } = {}): OpenRedisLog {
  const lines: string[] = [];
  const told: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = createLogger('trace', sink);
  const connection = createRedisConnection({ url, logger });
  const log = createRedisEventLog({ connection, retention, logger });
  log.follow(
    (event) => told.push(event.cursor),
    () => told.push('gap'),
  );
  return {
    log,
    connection,
    told,
    lines,
    async close() {
      await log.close();
      connection.close();
    },
  };
}

/** A connection for what no gateway does. */
export async function connectAdmin(url: string) {
  return createClient({ url, scripts: redisScripts }).connect();
}

/** @returns how many milliseconds it took to become true */
export async function within(limitMs: number, isTrue: () => boolean): Promise<number> {
  const startedAt = performance.now();
  while (!isTrue()) {
    if (performance.now() - startedAt > limitMs) throw new Error(`still not true after ${limitMs} ms: ${isTrue}`);
    await sleep(5);
  }
  return performance.now() - startedAt;
}
