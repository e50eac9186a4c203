import { createKeyedSets } from './keyedSets';
import type { VerificationEvent } from './verificationEvent';
import { type Watcher, WatcherFeed, type WatcherPublisher } from './watcher';
import { meets, restOf, targetOf, type WatchFilter, type WatchTarget } from './watchFilter';

export interface Watchers {
  watch(filter: WatchFilter): Watcher;

  /** Hands an event to those whom it concerns, and to nobody else. Events must come in the log's order. */
  publish(event: VerificationEvent): void;

  /** Tells every reader to look into the log: events may be missing before the next one. */
  interrupt(): void;

  /** Watchers that have not ended. */
  size(): number;

  /** What is being watched: what the index holds. */
  watched(): WatchedKeys;

  /** Tells of each change of what is watched, from now on and at once. Returns how to stop. */
  observe(observer: WatchObserver): () => void;

  /** Ends all of them, with the error if one is given. */
  closeAll(error?: Error): void;
}

export interface WatchedKeys {
  readonly verificationIds: readonly string[];
  /** Of those who watch an applicant and name no verification. */
  readonly applicantIds: readonly string[];
  /** How many watchers name neither. */
  readonly unfiltered: number;
}

export interface WatchObserver {
  /** Somebody watches what nobody watched before. */
  onWatched(target: WatchTarget): void;
  /** The last who watched it has left. */
  onUnwatched(target: WatchTarget): void;
}

/**
 * Who watches what: an index by verification, else by applicant, so that an event costs nothing for those who watch
 * something else. No timers; a watcher that is never read holds its queue and nothing more.
 * @param queueLimit events that may wait for one watcher before it is shown the newest of each verification only;
 *   default 256
 * @param verificationLimit different verifications that may wait for one watcher before it is interrupted; at
 *   least `queueLimit`; default 10,000
 * @param onDropped hears how many events were left out for a slow watcher, each time
 */
export function createWatchers({
  queueLimit = 256,
  verificationLimit = 10_000,
  onDropped = () => {},
}: {
  queueLimit?: number;
  verificationLimit?: number;
  onDropped?: (events: number) => void;
} = {}): Watchers {
  const all = new Set<WatcherFeed>();
  const byVerification = createKeyedSets<WatcherFeed>();
  const byApplicant = createKeyedSets<WatcherFeed>();
  const unfiltered = new Set<WatcherFeed>();
  const publisher: WatcherPublisher = {
    queueLimit,
    maxQueued: Math.max(queueLimit, verificationLimit),
    onEnd(feed) {
      const { target } = feed;
      all.delete(feed);
      removeFromIndex(feed);
      if (!isWatched(target)) for (const observer of observers) observer.onUnwatched(target);
    },
  };

  const observers = new Set<WatchObserver>();

  function addToIndex(feed: WatcherFeed) {
    const { kind, id } = feed.target;
    if (kind === 'VERIFICATION') byVerification.add(id, feed);
    else if (kind === 'APPLICANT') byApplicant.add(id, feed);
    else unfiltered.add(feed);
  }

  function removeFromIndex(feed: WatcherFeed) {
    const { kind, id } = feed.target;
    if (kind === 'VERIFICATION') byVerification.delete(id, feed);
    else if (kind === 'APPLICANT') byApplicant.delete(id, feed);
    else unfiltered.delete(feed);
  }

  function isWatched(target: WatchTarget): boolean {
    if (target.kind === 'VERIFICATION') return byVerification.has(target.id);
    if (target.kind === 'APPLICANT') return byApplicant.has(target.id);
    return unfiltered.size > 0;
  }

  function deliver(candidates: Iterable<WatcherFeed>, event: VerificationEvent) {
    for (const feed of candidates) {
      if (feed.rest && !meets(feed.rest, event)) continue;
      const leftOut = feed.deliver(event);
      if (leftOut > 0) onDropped(leftOut);
    }
  }

  return {
    watch(filter) {
      const feed = new WatcherFeed(targetOf(filter), restOf(filter), publisher);
      all.add(feed);
      const isFirst = !isWatched(feed.target);
      addToIndex(feed);
      if (isFirst) for (const observer of observers) observer.onWatched(feed.target);
      return feed;
    },

    publish(event) {
      const { id, applicantId } = event.verification;
      deliver(byVerification.get(id), event);
      if (applicantId !== null) deliver(byApplicant.get(applicantId), event);
      deliver(unfiltered, event);
    },

    interrupt() {
      for (const feed of all) feed.interrupt();
    },

    size: () => all.size,

    watched: () => ({
      verificationIds: byVerification.keys(),
      applicantIds: byApplicant.keys(),
      unfiltered: unfiltered.size,
    }),

    observe(observer) {
      observers.add(observer);
      return () => {
        observers.delete(observer);
      };
    },

    closeAll(error) {
      for (const feed of all) feed.close(error);
    },
  };
}
