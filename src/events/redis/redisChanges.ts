import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from './redisConnection';
import { CHANGES_KEY } from './redisKeys';

/** What one process changed and the others must not go on remembering. Not an event: nobody outside hears of it. */
export interface RedisChanges {
  /** Tells the other processes. Best effort: while Redis cannot be reached, nobody is told. */
  tell(changed: string): void;
  stop(): void;
}

/** Only what is on its way needs to be kept. */
const KEPT = 1_000;
const BLOCK_MS = 5_000;
const REPLY_MS = 1_500;
const RETRY_MS = 100;

/**
 * @param connection for telling; listening opens another one from it, since a blocking read holds up what comes after it
 * @param onChange hears what other processes told
 */
export function createRedisChanges({
  connection,
  onChange,
}: {
  connection: RedisConnection;
  onChange: (changed: string) => void;
}): RedisChanges {
  const self = randomUUID();
  const listener = connection.openAnother('changes');
  const stopping = new AbortController();

  async function lastId(): Promise<string> {
    const newest = await listener.run((client) => client.xRevRange(CHANGES_KEY, '+', '-', { COUNT: 1 }));
    return newest?.[0]?.id ?? '0-0';
  }

  async function readOn(after: string): Promise<string> {
    const reply = await listener.run(
      (client) => client.xRead({ key: CHANGES_KEY, id: after }, { COUNT: KEPT, BLOCK: BLOCK_MS }),
      BLOCK_MS + REPLY_MS,
    );
    const entries = reply?.[0]?.messages ?? [];
    for (const { message } of entries) if (message.by !== self && message.changed) onChange(message.changed);
    return entries.at(-1)?.id ?? after;
  }

  async function listenForEver(): Promise<void> {
    let at: string | null = null;
    while (!stopping.signal.aborted && (await listener.whenReady())) {
      try {
        for (at ??= await lastId(); !stopping.signal.aborted; ) at = await readOn(at);
      } catch {
        // The connection tells the log; what was missed is forgotten by its age.
        await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  void listenForEver();

  return {
    tell(changed) {
      const fields = { by: self, changed };
      const trim = { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: KEPT } } as const;
      connection.run((client) => client.xAdd(CHANGES_KEY, '*', fields, trim)).catch(() => {});
    },
    stop: () => stopping.abort(),
  };
}
