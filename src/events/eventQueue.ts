import { compareCursors } from './cursor';
import type { VerificationEvent } from './verificationEvent';

/** An event as a reader gets it. */
export interface WatchedEvent {
  readonly event: VerificationEvent;
  /** Whether events of the same verification before this one were left out for this reader. */
  readonly skipped: boolean;
}

/** What waits for one reader. Holds references to the shared events, no copies. */
export interface EventQueue {
  /** @returns how many events were left out because of it */
  push(event: VerificationEvent): number;
  shift(): WatchedEvent | undefined;
  /** Leaves out every event at or before the cursor, those still to come included. */
  dropThrough(cursor: string): void;
  clear(): void;
  /** Events that wait. */
  size(): number;
}

/**
 * Keeps every event up to the limit. On the one beyond it, keeps the newest of each verification only, those that moved
 * last at the end, and goes on so until the reader has caught up: a reader that is behind is shown where things stand,
 * not how they came there. Then the queue is as long as there are different verifications in it, so the holder should
 * have a limit for that.
 * @param limit events kept while nothing has to be left out, 1 or more
 */
export function createEventQueue(limit: number): EventQueue {
  let all: VerificationEvent[] = [];
  /** By verification; null while nothing has to be left out. */
  let newest: Map<string, { event: VerificationEvent; leftOut: string | null }> | null = null;
  /** Cursor that `dropThrough` was given, until the log has passed it. */
  let floor: string | null = null;

  function putNewest(into: NonNullable<typeof newest>, event: VerificationEvent): number {
    const { id } = event.verification;
    const older = into.get(id);
    // Deleted first: a Map keeps the place of a key that is set again.
    into.delete(id);
    into.set(id, { event, leftOut: older?.event.cursor ?? null });
    return older ? 1 : 0;
  }

  function compact(): number {
    const compacted: NonNullable<typeof newest> = new Map();
    let leftOut = 0;
    for (const event of all) leftOut += putNewest(compacted, event);
    all = [];
    newest = compacted;
    return leftOut;
  }

  return {
    push(event) {
      if (floor !== null) {
        if (compareCursors(event.cursor, floor) <= 0) return 0;
        floor = null;
      }
      if (newest) return putNewest(newest, event);
      all.push(event);
      return all.length > limit ? compact() : 0;
    },

    shift() {
      if (!newest) {
        const event = all.shift();
        return event && { event, skipped: false };
      }
      const [first] = newest;
      if (!first) return undefined;
      const [id, { event, leftOut }] = first;
      newest.delete(id);
      if (newest.size === 0) newest = null;
      return { event, skipped: leftOut !== null };
    },

    dropThrough(cursor) {
      if (floor === null || compareCursors(cursor, floor) > 0) floor = cursor;
      all = all.filter((event) => compareCursors(event.cursor, cursor) > 0);
      if (!newest) return;
      for (const [id, { event, leftOut }] of newest) {
        if (compareCursors(event.cursor, cursor) <= 0) newest.delete(id);
        // What was left out has been seen elsewhere, if the newest of it is not after the cursor.
        else if (leftOut !== null && compareCursors(leftOut, cursor) <= 0) newest.set(id, { event, leftOut: null });
      }
      if (newest.size === 0) newest = null;
    },

    clear() {
      all = [];
      newest = null;
    },

    size: () => newest?.size ?? all.length,
  };
}
