import type { EventQueue, WatchedEvent } from './eventQueue';
import type { VerificationEvent } from './verificationEvent';

/** The reader's end. Several calls of `next` may be under way; they are answered in order. */
export interface Watcher extends AsyncIterableIterator<WatchedEvent, undefined> {
  /** Ends it for the reader who has had enough; works at once, also while `next` is waiting. May be called twice. */
  return(): Promise<IteratorResult<WatchedEvent, undefined>>;

  /**
   * Leaves out every event at or before the cursor, those still to come included: they were replayed from the log.
   * @param cursor one of the log's own
   */
  dropThrough(cursor: string): void;

  /**
   * Ends it for the reader: what waits is discarded, and `next` rejects once with the error, then is done. Left out: it
   * is done at once. Without effect when it has ended already.
   */
  close(error?: Error): void;
}

/** The publisher's end. */
export interface WatcherFeed {
  readonly watcher: Watcher;
  /** @returns how many events were left out because of it; 0 once it has ended */
  deliver(event: VerificationEvent): number;

  /** Discards what waits and rejects the reader's `next` with `WatcherInterrupted`. */
  interrupt(): void;
}

/**
 * What `next` rejects with, once, when events are missing from what the watcher will tell: its reader was too far behind,
 * or the log lost its data. The watcher goes on; its reader must look into the log, from the last cursor that it has.
 */
export class WatcherInterrupted extends Error {
  constructor() {
    super('Events are missing');
  }
}

/**
 * @param queue what waits for the reader; owned by the watcher from now on
 * @param maxQueued different verifications that may wait; beyond that the reader is interrupted, since leaving one out
 *   would be a loss that nobody is told of
 * @param onEnd called once, however it ends
 */
export function createWatcher({
  queue,
  maxQueued,
  onEnd,
}: {
  queue: EventQueue;
  maxQueued: number;
  onEnd: () => void;
}): WatcherFeed {
  type Result = IteratorResult<WatchedEvent, undefined>;
  const waiting: { resolve: (result: Result) => void; reject: (error: Error) => void }[] = [];
  let hasEnded = false;
  let failure: Error | null = null;

  function fail(error: Error) {
    const first = waiting.shift();
    if (first) first.reject(error);
    else failure = error;
  }

  function interrupt() {
    if (hasEnded) return;
    queue.clear();
    fail(new WatcherInterrupted());
  }

  function end(error: Error | null) {
    if (hasEnded) return;
    hasEnded = true;
    queue.clear();
    onEnd();
    if (error) fail(error);
    for (const reader of waiting.splice(0)) reader.resolve({ done: true, value: undefined });
  }

  const watcher: Watcher = {
    async next() {
      if (failure) {
        const error = failure;
        failure = null;
        throw error;
      }
      if (hasEnded) return { done: true, value: undefined };
      const value = queue.shift();
      if (value) return { done: false, value };
      return new Promise<Result>((resolve, reject) => waiting.push({ resolve, reject }));
    },
    async return() {
      end(null);
      failure = null;
      return { done: true, value: undefined };
    },
    dropThrough: queue.dropThrough,
    close: (error) => end(error ?? null),
    [Symbol.asyncIterator]: () => watcher,
  };

  return {
    watcher,
    deliver(event) {
      // While an interruption waits to be read, the reader will find the event in the log.
      if (hasEnded || failure) return 0;
      const leftOut = queue.push(event);
      if (waiting.length > 0) {
        const value = queue.shift();
        if (value) waiting.shift()?.resolve({ done: false, value });
      } else if (queue.size() > maxQueued) {
        interrupt();
      }
      return leftOut;
    },
    interrupt,
  };
}
