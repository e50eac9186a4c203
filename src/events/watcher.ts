import { createEventQueue, type EventQueue, type WatchedEvent } from './eventQueue';
import type { VerificationEvent } from './verificationEvent';
import type { WatchFilter, WatchTarget } from './watchFilter';

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

/**
 * What `take` throws, once, when events are missing from what the watcher will tell: its reader was too far behind, or
 * the log lost its data. The watcher goes on; its reader must look into the log, from the last cursor that it has.
 */
export class WatcherInterrupted extends Error {
  constructor() {
    super('Events are missing');
  }
}

/** Whoever makes watchers and delivers to them. */
export interface WatcherPublisher {
  /** See `createEventQueue`. */
  readonly queueLimit: number;
  /**
   * Different verifications that may wait; beyond that the reader is interrupted, since leaving one out would be a loss
   * that nobody is told of.
   */
  readonly maxQueued: number;
  /** Called once for each, however it ends. */
  onEnd(feed: WatcherFeed): void;
}

const NOBODY = () => {};

/**
 * The publisher's end, too. A class, and a queue only while several events wait: there may be thousands of idle ones, and
 * each event touches all that an event concerns.
 */
export class WatcherFeed implements Watcher {
  /** What waits, unless there is a queue. */
  private event: VerificationEvent | null = null;
  private queue: EventQueue | null = null;
  private failure: Error | null = null;
  private isOver = false;
  private tell: () => void = NOBODY;

  /** @param rest what must hold of its events beside the target; null: nothing */
  constructor(
    readonly target: WatchTarget,
    readonly rest: WatchFilter | null,
    private readonly publisher: WatcherPublisher,
  ) {}

  take(): WatchedEvent | undefined {
    const { event, failure, queue } = this;
    if (failure) {
      this.failure = null;
      throw failure;
    }
    if (!queue) {
      this.event = null;
      return event ? { event, skipped: false } : undefined;
    }
    const watched = queue.shift();
    // Whatever it was to leave out came before this one.
    if (watched && queue.size() === 0) this.queue = null;
    return watched;
  }

  hasEnded(): boolean {
    return this.isOver;
  }

  onNews(listener: () => void): void {
    this.tell = listener;
  }

  dropThrough(cursor: string): void {
    this.line().dropThrough(cursor);
  }

  close(error?: Error): void {
    if (!error) this.failure = null;
    if (this.isOver) return;
    this.isOver = true;
    this.clear();
    this.failure = error ?? null;
    this.publisher.onEnd(this);
    this.tell();
  }

  /** @returns how many events were left out because of it; 0 once it has ended */
  deliver(event: VerificationEvent): number {
    // While an interruption waits to be read, the reader will find the event in the log.
    if (this.isOver || this.failure) return 0;
    let leftOut = 0;
    if (this.event === null && this.queue === null) this.event = event;
    else leftOut = this.line().push(event);
    this.tell();
    if (this.queue !== null && this.queue.size() > this.publisher.maxQueued) this.interrupt();
    return leftOut;
  }

  /** Discards what waits; the reader's `take` throws `WatcherInterrupted`. */
  interrupt(): void {
    if (this.isOver) return;
    this.clear();
    this.failure = new WatcherInterrupted();
    this.tell();
  }

  private line(): EventQueue {
    const { event } = this;
    this.queue ??= createEventQueue(this.publisher.queueLimit);
    this.event = null;
    if (event) this.queue.push(event);
    return this.queue;
  }

  /** What is to be left out when it comes still is. */
  private clear(): void {
    this.event = null;
    this.queue?.clear();
  }
}
