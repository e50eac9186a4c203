import { LRUCache } from 'lru-cache';
import { decideAppend, type LatestState } from './appendRule';
import { isCursor } from './cursor';
import {
  type AppendResult,
  type EventCandidate,
  type EventLog,
  EventLogUnavailable,
  type LatestEvent,
} from './eventLog';
import { createFollowers } from './followers';
import type { VerificationEvent } from './verificationEvent';

/** How long the key of a delivery is remembered. */
const DELIVERY_KEY_MS = 24 * 60 * 60 * 1000;
const MAX_DELIVERY_KEYS = 1_000_000;

/**
 * The log of one process. Its cursors are `{when it was made, in milliseconds}-{sequence from 1}`, so that a cursor from
 * before a restart is recognised and refused. `append` does its work before it returns its promise.
 * @param retention events kept, 1 or more; the newest event of a verification is forgotten together with its last event
 * @param now milliseconds since 1970; default the system's clock
 * @param onListenerError hears what a follower threw; left out, it is ignored
 */
export function createMemoryEventLog({
  retention,
  now = Date.now,
  onListenerError,
}: {
  retention: number;
  now?: () => number;
  onListenerError?: (error: unknown) => void;
}): EventLog {
  if (!Number.isSafeInteger(retention) || retention < 1) throw new RangeError('retention must be 1 or more');

  const startedAtMs = now();
  const ring = createEventRing(retention);
  const latest = new Map<string, Latest>();
  // A limit by size, because one by number takes 34 MB at once for a million keys.
  const seen = new LRUCache<string, true>({
    maxSize: MAX_DELIVERY_KEYS,
    sizeCalculation: () => 1,
    ttl: DELIVERY_KEY_MS,
    ttlResolution: 0,
    perf: { now },
  });
  const followers = createFollowers(onListenerError);
  let isOpen = true;

  function append(candidate: EventCandidate): AppendResult {
    const { deliveryKey, verification } = candidate;
    if (deliveryKey !== null && seen.has(deliveryKey)) return { outcome: 'DUPLICATE' };
    const before = latest.get(verification.id);
    const outcome = decideAppend(toLatestState(before), candidate);
    if (outcome === 'OUTDATED' || outcome === 'CONFLICT') return { outcome };
    if (deliveryKey !== null) seen.set(deliveryKey, true);
    if (outcome === 'UNCHANGED') {
      if (before) before.confirmations += 1;
      return { outcome };
    }

    const event: VerificationEvent = {
      cursor: cursorOf(ring.head() + 1),
      source: candidate.source,
      occurredAt: candidate.occurredAt,
      acceptedAt: now(),
      previousStatus: before?.event.verification.status ?? null,
      verification,
      ...(candidate.traceparent !== undefined && { traceparent: candidate.traceparent }),
    };
    latest.set(verification.id, { event, confirmations: 0 });
    const displaced = ring.push(event);
    if (displaced && latest.get(displaced.verification.id)?.event === displaced) {
      latest.delete(displaced.verification.id);
    }
    followers.notify(event);
    return { outcome, event };
  }

  function cursorOf(sequence: number): string {
    return `${startedAtMs}-${sequence}`;
  }

  /** Null for the cursor of another log. */
  function sequenceOf(cursor: string): number | null {
    if (!isCursor(cursor)) return null;
    const [time, sequence] = cursor.split('-').map(Number);
    return time === startedAtMs && sequence !== undefined ? sequence : null;
  }

  /** Everything rejects once the log is closed, as another kind of log does when it cannot be reached. */
  async function whileOpen<T>(work: () => T): Promise<T> {
    if (!isOpen) throw new EventLogUnavailable();
    return work();
  }

  return {
    append: (candidate) => whileOpen(() => append(candidate)),
    hasSeen: (deliveryKey) => whileOpen(() => seen.has(deliveryKey)),
    markSeen: (deliveryKey) => whileOpen(() => void seen.set(deliveryKey, true)),
    latest: (verificationId) => whileOpen(() => toLatestEvent(latest.get(verificationId))),
    position() {
      if (!isOpen) throw new EventLogUnavailable();
      return cursorOf(ring.head());
    },
    read: (cursor, limit) =>
      whileOpen(() => {
        const sequence = sequenceOf(cursor);
        return sequence === null ? null : ring.readAfter(sequence, limit);
      }),
    follow: followers.follow,
    isReachable: () => isOpen,
    async close() {
      isOpen = false;
      followers.stopAll();
    },
  };
}

/** What is known of the newest event of a verification. */
interface Latest {
  readonly event: VerificationEvent;
  /** See `Basis`. */
  confirmations: number;
}

function toLatestState(latest: Latest | undefined): LatestState | null {
  if (!latest) return null;
  const { event, confirmations } = latest;
  return { cursor: event.cursor, confirmations, verification: event.verification };
}

function toLatestEvent(latest: Latest | undefined): LatestEvent | null {
  return latest ? { ...latest.event, confirmations: latest.confirmations } : null;
}

/** The newest events under their sequence numbers, which count from 1. It grows up to its capacity and then stays. */
function createEventRing(capacity: number) {
  const slots: VerificationEvent[] = [];
  let head = 0;

  return {
    /** The sequence of the newest event; 0 before the first. */
    head: () => head,

    /** @returns the event that had to leave */
    push(event: VerificationEvent): VerificationEvent | undefined {
      const slot = head % capacity;
      const displaced = slots[slot];
      slots[slot] = event;
      head += 1;
      return displaced;
    },

    /** @returns null when the events right after the sequence are gone, or it lies beyond the head */
    readAfter(sequence: number, limit: number): VerificationEvent[] | null {
      if (sequence > head || sequence < head - slots.length) return null;
      const events: VerificationEvent[] = [];
      for (let next = sequence + 1; next <= head && events.length < limit; next++) {
        const event = slots[(next - 1) % capacity];
        if (event) events.push(event);
      }
      return events;
    },
  };
}
