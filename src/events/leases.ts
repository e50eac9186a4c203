import { randomUUID } from 'node:crypto';
import type { RedisConnection } from './redis/redisConnection';

/** Who does a piece of work that one process alone should do. */
export interface Leases {
  /**
   * Takes the lease, or renews it when this process holds it.
   * @param name of the work, for example `poll:` and an id
   * @param ttlMs how long it is held from now on unless it is renewed; at least 1
   * @returns whether this process holds it now
   * @throws EventLogUnavailable: then nobody can know, and the work is better left alone
   */
  acquire(name: string, ttlMs: number): Promise<boolean>;

  /** Gives it back before its time. Does nothing when this process does not hold it. */
  release(name: string): Promise<void>;
}

/** For one process, which holds every lease it asks for. */
export function createLocalLeases(): Leases {
  return { acquire: async () => true, release: async () => {} };
}

/**
 * Leases among all processes on one Redis, each under a key that Redis lets expire. They keep work from being done twice
 * as a rule, not as a guarantee: a process that stalls for longer than its lease may go on beside the next holder.
 */
export function createRedisLeases({ connection }: { connection: RedisConnection }): Leases {
  const owner = randomUUID();
  return {
    acquire: (name, ttlMs) => connection.run((client) => client.acquireLease(name, owner, ttlMs)),
    release: (name) => connection.run((client) => client.releaseLease(name, owner)),
  };
}
