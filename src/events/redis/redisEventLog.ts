import type { Logger } from 'pino';
import { stateKey } from '../appendRule';
import { compareCursors, isCursor } from '../cursor';
import {
  type AppendResult,
  type EventCandidate,
  type EventLog,
  EventLogUnavailable,
  type LatestEvent,
} from '../eventLog';
import { createFollowers } from '../followers';
import type { VerificationEvent } from '../verificationEvent';
import type { RedisConnection } from './redisConnection';
import { eventPayload, parseEntry, type RedisEntry } from './redisEntry';
import { deliveryKeyKey, EVENTS_KEY } from './redisKeys';
import { createRedisReader } from './redisReader';
import { DELIVERY_KEY_SECONDS } from './redisScripts';

/**
 * The log of many processes: one stream in Redis 7 or newer, whose ids are the cursors. It can be made while Redis is
 * unreachable; then it is unreachable, too, until Redis is there. `append` may answer before the followers of this
 * process, and those of others, are told. An append that failed may have been carried out: its delivery is a DUPLICATE
 * when it comes again, its state UNCHANGED.
 *
 * What an APPENDED is worth is up to Redis: with `appendonly yes` and `appendfsync always` it survives a crash; with
 * `everysec` the last second may be lost, and without a file everything. Followers are told of what they can know
 * (`onGap`). Redis must not evict: `maxmemory-policy noeviction`.
 * @param connection for everything but reading on, which opens another one from it; not closed with the log
 * @param retention events kept at least, 1 or more; Redis drops older ones by the node, a few dozen at a time. The newest
 *   event of a verification is forgotten with its last event, or 30 days after it
 * @param now milliseconds since 1970; default the system's clock
 * @param onListenerError hears what a follower threw; left out, it is ignored
 */
export function createRedisEventLog({
  connection,
  retention,
  logger,
  now = Date.now,
  onListenerError,
}: {
  connection: RedisConnection;
  retention: number;
  logger?: Logger;
  now?: () => number;
  onListenerError?: (error: unknown) => void;
}): EventLog {
  if (!Number.isSafeInteger(retention) || retention < 1) throw new RangeError('retention must be 1 or more');

  const followers = createFollowers(onListenerError);
  const blocking = connection.openAnother('reader');
  const reader = createRedisReader({ commands: connection, connection: blocking, followers, logger });
  let isOpen = true;

  const run: RedisConnection['run'] = async (work) => {
    if (!isOpen) throw new EventLogUnavailable();
    return connection.run(work);
  };

  async function append(candidate: EventCandidate): Promise<AppendResult> {
    const { source, occurredAt, verification, deliveryKey, basedOn, traceparent } = candidate;
    const acceptedAt = now();
    const content = { source, occurredAt, acceptedAt, verification, ...(traceparent !== undefined && { traceparent }) };
    const reply = await run((client) =>
      client.appendEvent({
        verificationId: verification.id,
        deliveryKey,
        payload: eventPayload(content),
        status: verification.status,
        stateKey: stateKey(verification),
        isFinal: verification.isFinal,
        basedOn,
        retention,
        knownCursor: reader.position() ?? '0-0',
      }),
    );
    if (reply.outcome !== 'APPENDED') return { outcome: reply.outcome };
    const { cursor, previousStatus } = reply;
    return { outcome: 'APPENDED', event: { cursor, previousStatus, ...content } };
  }

  async function latest(verificationId: string): Promise<LatestEvent | null> {
    const entry = await run((client) => client.latestEntry(verificationId));
    if (!entry) return null;
    const { event } = parseEntry(entry.id, entry.message);
    if (event) return { ...event, confirmations: entry.confirmations };
    // Somebody newer wrote it, who can decide about what follows.
    logger?.warn({ cursor: entry.id }, 'the newest event of a verification cannot be read');
    throw new EventLogUnavailable();
  }

  async function read(cursor: string, limit: number): Promise<VerificationEvent[] | null> {
    const { beginning, lastId } = await run((client) => client.openLog(reader.position() ?? '0-0'));
    if (!isCursor(cursor) || compareCursors(cursor, beginning) < 0 || compareCursors(cursor, lastId) > 0) return null;
    const events: VerificationEvent[] = [];
    let after = cursor;
    while (events.length < limit) {
      const count = limit - events.length;
      const entries = await readEntries(after, count);
      if (!isUnbroken(after, entries)) return null;
      // Nothing behind it, although it is not the last: what was there is gone.
      if (entries.length === 0 && after === cursor && cursor !== lastId) return null;
      events.push(...entries.flatMap(({ event }) => event ?? []));
      after = entries.at(-1)?.cursor ?? after;
      if (entries.length < count) break;
    }
    // Caches follow the log: whoever is shown an event and asks at once must not see the state before it.
    await reader.hasTold(events.at(-1)?.cursor ?? reader.position() ?? cursor);
    return events;
  }

  async function readEntries(after: string, count: number): Promise<RedisEntry[]> {
    const messages = await run((client) => client.xRange(EVENTS_KEY, `(${after}`, '+', { COUNT: count }));
    return (messages ?? []).map(({ id, message }) => parseEntry(id, message));
  }

  return {
    append,
    hasSeen: (deliveryKey) => run(async (client) => (await client.exists(deliveryKeyKey(deliveryKey))) === 1),
    markSeen: (deliveryKey) =>
      run(async (client) => {
        await client.set(deliveryKeyKey(deliveryKey), '1', { expiration: { type: 'EX', value: DELIVERY_KEY_SECONDS } });
      }),
    latest,
    position() {
      const position = reader.position();
      if (!isOpen || position === null) throw new EventLogUnavailable();
      return position;
    },
    read,
    follow: followers.follow,
    isReachable: () => isOpen && connection.isReady() && reader.isLive(),
    async close() {
      isOpen = false;
      followers.stopAll();
      reader.stop();
      blocking.close();
    },
  };
}

/** Whether nothing is missing after the cursor: each entry names the one before it. */
function isUnbroken(cursor: string, entries: readonly RedisEntry[]): boolean {
  return entries.every(
    ({ previous }, index) => previous === null || previous === (entries[index - 1]?.cursor ?? cursor),
  );
}
