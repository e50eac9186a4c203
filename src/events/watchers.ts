import type { VerificationStatus } from '../dataspike/verification';
import { createEventQueue } from './eventQueue';
import { createKeyedSets } from './keyedSets';
import type { VerificationEvent } from './verificationEvent';
import { createWatcher, type Watcher, type WatcherFeed } from './watcher';

/** What somebody wants to hear of; every part that is given must hold. Nothing given: everything. */
export interface WatchFilter {
  readonly verificationId?: string | null;
  readonly applicantId?: string | null;
  /** Null or left out: any. */
  readonly statuses?: readonly VerificationStatus[] | null;
}

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

/** What one watcher watches: the narrowest part of its filter that the index knows. */
export type WatchTarget =
  | { readonly kind: 'VERIFICATION' | 'APPLICANT'; readonly id: string }
  | { readonly kind: 'EVERYTHING'; readonly id: null };

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
  interface Entry {
    readonly filter: WatchFilter;
    readonly feed: WatcherFeed;
  }
  const entries = new Set<Entry>();
  const byVerification = createKeyedSets<Entry>();
  const byApplicant = createKeyedSets<Entry>();
  const unfiltered = new Set<Entry>();
  const maxQueued = Math.max(queueLimit, verificationLimit);

  const observers = new Set<WatchObserver>();

  function addToIndex(target: WatchTarget, entry: Entry): () => void {
    if (target.kind === 'VERIFICATION') return byVerification.add(target.id, entry);
    if (target.kind === 'APPLICANT') return byApplicant.add(target.id, entry);
    unfiltered.add(entry);
    return () => unfiltered.delete(entry);
  }

  function isWatched(target: WatchTarget): boolean {
    if (target.kind === 'VERIFICATION') return byVerification.has(target.id);
    if (target.kind === 'APPLICANT') return byApplicant.has(target.id);
    return unfiltered.size > 0;
  }

  function deliver(candidates: Iterable<Entry>, event: VerificationEvent) {
    for (const { filter, feed } of candidates) {
      if (!concerns(filter, event)) continue;
      const leftOut = feed.deliver(event);
      if (leftOut > 0) onDropped(leftOut);
    }
  }

  return {
    watch(filter) {
      const target = targetOf(filter);
      let removeFromIndex = () => {};
      const feed = createWatcher({
        queue: createEventQueue(queueLimit),
        maxQueued,
        onEnd() {
          entries.delete(entry);
          removeFromIndex();
          if (!isWatched(target)) for (const observer of observers) observer.onUnwatched(target);
        },
      });
      const entry: Entry = { filter, feed };
      entries.add(entry);
      const isFirst = !isWatched(target);
      removeFromIndex = addToIndex(target, entry);
      if (isFirst) for (const observer of observers) observer.onWatched(target);
      return feed.watcher;
    },

    publish(event) {
      const { id, applicantId } = event.verification;
      deliver(byVerification.get(id), event);
      if (applicantId !== null) deliver(byApplicant.get(applicantId), event);
      deliver(unfiltered, event);
    },

    interrupt() {
      for (const { feed } of entries) feed.interrupt();
    },

    size: () => entries.size,

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
      for (const { feed } of entries) feed.watcher.close(error);
    },
  };
}

function targetOf({ verificationId, applicantId }: WatchFilter): WatchTarget {
  if (isGiven(verificationId)) return { kind: 'VERIFICATION', id: verificationId };
  if (isGiven(applicantId)) return { kind: 'APPLICANT', id: applicantId };
  return { kind: 'EVERYTHING', id: null };
}

function isGiven(value: string | null | undefined): value is string {
  return value !== null && value !== undefined;
}

function concerns(filter: WatchFilter, { verification }: VerificationEvent): boolean {
  if (isGiven(filter.applicantId) && filter.applicantId !== verification.applicantId) return false;
  return !filter.statuses || filter.statuses.includes(verification.status);
}
