import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { describeError } from '../../logger';
import { compareCursors } from '../cursor';
import { EventLogUnavailable } from '../eventLog';
import type { Followers } from '../followers';
import type { RedisConnection } from './redisConnection';
import { parseEntry, type RedisEntry } from './redisEntry';
import { EVENTS_KEY } from './redisKeys';

/** Entries that one read brings at most. */
const BATCH = 256;
/** How long Redis waits for the next entry; after that the connections and the log are looked at. */
const BLOCK_MS = 500;
/** On top of that, for the reply. */
const REPLY_MS = 1000;
/** Before a new try, when the connection is there and Redis refuses (while it loads its data, for example). */
const RETRY_MS = 100;
/** How long to wait for the followers; a reader that lost its connection has time to get another one. */
const TOLD_MS = 1500;

/** Reads the log as it grows and tells the followers of this process. */
export interface RedisReader {
  /** See `EventLog.position`; null before the first contact. */
  position(): string | null;
  /** Whether the last look at Redis succeeded; false before the first. */
  isLive(): boolean;
  /**
   * Resolves when the followers were told of everything up to the cursor.
   * @throws EventLogUnavailable when they are not within 1.5 s
   */
  hasTold(cursor: string): Promise<void>;
  /** Nobody is told anything after it. */
  stop(): void;
}

/**
 * Starts at the end of the log at first contact, and goes on behind the last entry that it told, whatever happens to the
 * connections. Entries that are not events are passed over.
 * @param commands for looking at the log, which shows that this connection is alive, too
 * @param connection of its own, since a blocking read holds up what comes after it
 */
export function createRedisReader({
  commands,
  connection,
  followers,
  logger,
}: {
  commands: RedisConnection;
  connection: RedisConnection;
  followers: Followers;
  logger?: Logger;
}): RedisReader {
  const stopping = new AbortController();
  const progress = new EventEmitter().setMaxListeners(0);
  let position: string | null = null;
  let isLive = false;

  /** Whether the position is one of this log; if not, goes to where one can read on, and says that events are missing. */
  async function lookAtLog(): Promise<string> {
    const known = position ?? '0-0';
    const { beginning, lastId } = await commands.run((client) => client.openLog(known));
    if (stopping.signal.aborted) throw new EventLogUnavailable();
    if (position === null) {
      position = lastId;
    } else if (compareCursors(position, beginning) < 0) {
      skipTo(beginning);
    } else if (compareCursors(position, lastId) > 0) {
      skipTo(lastId);
    }
    isLive = true;
    progress.emit('told');
    return position;
  }

  function skipTo(cursor: string) {
    position = cursor;
    logger?.warn('the event log lost events; everyone who follows it is told');
    followers.notifyGap();
  }

  async function readOn(after: string): Promise<string> {
    const reply = await connection.run(
      (client) => client.xRead({ key: EVENTS_KEY, id: after }, { COUNT: BATCH, BLOCK: BLOCK_MS }),
      BLOCK_MS + REPLY_MS,
    );
    const entries = reply?.[0]?.messages ?? [];
    for (const { id, message } of entries) {
      if (stopping.signal.aborted) throw new EventLogUnavailable();
      tell(parseEntry(id, message));
    }
    progress.emit('told');
    // Looked at when it is silent. While it is not, each entry shows that nothing is missing before it.
    return entries.length > 0 ? (position ?? after) : lookAtLog();
  }

  function tell({ cursor, previous, event }: RedisEntry) {
    if (previous !== null && previous !== position) skipTo(previous);
    position = cursor;
    if (event) followers.notify(event);
    else logger?.warn({ cursor }, 'an entry of the event log cannot be read; passed over');
  }

  async function readForEver(): Promise<void> {
    while (!stopping.signal.aborted && (await connection.whenReady())) {
      try {
        for (let at = await lookAtLog(); ; ) at = await readOn(at);
      } catch (error) {
        isLive = false;
        if (!(error instanceof EventLogUnavailable))
          logger?.error({ error: describeError(error) }, 'reading the event log failed');
      }
      await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  void readForEver();

  return {
    position: () => position,
    isLive: () => isLive && connection.isReady(),
    async hasTold(cursor) {
      const isBehind = () => position === null || compareCursors(position, cursor) < 0;
      if (!isBehind()) return;
      const signal = AbortSignal.timeout(TOLD_MS);
      while (isBehind()) {
        await once(progress, 'told', { signal }).catch(() => {});
        if (signal.aborted || stopping.signal.aborted) throw new EventLogUnavailable();
      }
    },
    stop() {
      isLive = false;
      stopping.abort();
      progress.emit('told');
    },
  };
}
