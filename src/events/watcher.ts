import type { EventQueue, WatchedEvent } from './eventQueue';
import type { VerificationEvent } from './verificationEvent';

/** The reader's end: it takes what waits, and is told when there is something to take. */
export interface Watcher {
  /**
   * The next event; undefined while none waits, and once it has ended.
   * @throws once, what it was closed with, or WatcherInterrupted
   */
  take(): WatchedEvent | undefined;

  hasEnded(): boolean;

  /**
   * Calls the listener, in place of the one before, whenever `take` has something new to say: an event, an error, the
   * end. It is called in the middle of publishing, so it must not throw.
   */
  onNews(listener: () => void): void;

  /**
   * Leaves out every event at or before the cursor, those still to come included: they were replayed from the log.
   * @param cursor one of the log's own
   */
  dropThrough(cursor: string): void;

  /**
   * Ends it: what waits is discarded, and `take` throws the error once. Left out: the reader has had enough, and is not
   * told of an earlier error either. May be called twice.
   */
  close(error?: Error): void;
}

/** The publisher's end. */
export interface WatcherFeed {
  readonly watcher: Watcher;
  /** @returns how many events were left out because of it; 0 once it has ended */
  deliver(event: VerificationEvent): number;

  /** Discards what waits; the reader's `take` throws `WatcherInterrupted`. */
  interrupt(): void;
}

/**
 * What `take` throws, once, when events are missing from what the watcher will tell: its reader was too far behind, or
 * the log lost its data. The watcher goes on; its reader must look into the log, from the last cursor that it has.
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
  let hasEnded = false;
  let failure: Error | null = null;
  let tell = () => {};

  function interrupt() {
    if (hasEnded) return;
    queue.clear();
    failure = new WatcherInterrupted();
    tell();
  }

  const watcher: Watcher = {
    take() {
      if (failure) {
        const error = failure;
        failure = null;
        throw error;
      }
      return queue.shift();
    },
    hasEnded: () => hasEnded,
    onNews(listener) {
      tell = listener;
    },
    dropThrough: queue.dropThrough,
    close(error) {
      if (!error) failure = null;
      if (hasEnded) return;
      hasEnded = true;
      queue.clear();
      failure = error ?? null;
      onEnd();
      tell();
    },
  };

  return {
    watcher,
    deliver(event) {
      // While an interruption waits to be read, the reader will find the event in the log.
      if (hasEnded || failure) return 0;
      const leftOut = queue.push(event);
      tell();
      if (queue.size() > maxQueued) interrupt();
      return leftOut;
    },
    interrupt,
  };
}
