import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Verification } from '../dataspike/verification';
import { isCursor } from '../events/cursor';
import type { VerificationEvent } from '../events/verificationEvent';
import { type Watcher, WatcherInterrupted } from '../events/watcher';
import type { WatchFilter } from '../events/watchers';
import type { OperationContext } from './context';
import { currentStates, matches } from './currentStates';
import { CursorInvalid } from './errors';
import type { VerificationUpdate } from './verificationUpdate.type';

/** Events that one read of the log brings. */
const REPLAY_BATCH = 500;

/**
 * Updates after which everybody else gets a turn. A write that the system takes at once does not wait for the event loop,
 * so a long replay would hold up the whole process.
 */
const UPDATES_PER_TURN = 20;

/**
 * The updates that a subscription sends: first what came since `after`, or where the one watched verification stands,
 * then what happens. The watcher is attached before anything is read, so nothing falls between the two.
 * @param context of the subscribe operation: its deadline bounds each read of the opening, not the subscription
 * @throws CursorInvalid
 */
export function openUpdates(
  context: OperationContext,
  filter: WatchFilter,
  after: string | null,
): AsyncIterableIterator<VerificationUpdate> {
  if (after !== null && !isCursor(after)) throw new CursorInvalid();
  const watcher = context.services.watchers.watch(filter);
  const opening = after !== null ? replay(context, watcher, filter, after) : snapshot(context, watcher, filter);
  const startedAt = after ?? context.services.log.position();
  return joined(opening, watcher, startedAt, (cursor) => replay(context, watcher, filter, cursor));
}

/** Where the verification stands; nothing when it does not exist (yet), or when nobody asked for one verification. */
async function* snapshot(
  context: OperationContext,
  watcher: Watcher,
  filter: WatchFilter,
): AsyncGenerator<VerificationUpdate> {
  if (filter.verificationId == null) return;
  const cursor = context.services.log.position();
  for await (const verification of currentStates(context, filter)) {
    watcher.dropThrough(cursor);
    yield stateUpdate('SNAPSHOT', cursor, verification);
  }
}

async function* replay(
  context: OperationContext,
  watcher: Watcher,
  filter: WatchFilter,
  after: string,
): AsyncGenerator<VerificationUpdate> {
  const { log } = context.services;
  let cursor = after;
  for (;;) {
    const events = await log.read(cursor, REPLAY_BATCH);
    if (events === null) {
      yield* resync(context, watcher, filter, after);
      return;
    }
    for (const event of events) if (matches(filter, event.verification)) yield changeUpdate(event, false);
    cursor = events.at(-1)?.cursor ?? cursor;
    watcher.dropThrough(cursor);
    if (events.length < REPLAY_BATCH) return;
  }
}

/**
 * The current state of everything that is watched. Only the last update carries the new cursor: a client that is cut off
 * on the way comes back with the old one and gets all of it again.
 */
async function* resync(
  context: OperationContext,
  watcher: Watcher,
  filter: WatchFilter,
  after: string,
): AsyncGenerator<VerificationUpdate> {
  const head = context.services.log.position();
  let held: Verification | null = null;
  for await (const verification of currentStates(context, filter)) {
    if (held) yield stateUpdate('RESYNC', after, held);
    held = verification;
  }
  if (!held) return;
  watcher.dropThrough(head);
  yield stateUpdate('RESYNC', head, held);
}

function changeUpdate(event: VerificationEvent, skipped: boolean): VerificationUpdate {
  const { cursor, source, occurredAt, verification } = event;
  // What a skipped reader saw last is not known.
  const previousStatus = skipped ? null : event.previousStatus;
  return { cursor, kind: skipped ? 'RESYNC' : 'CHANGE', source, occurredAt, previousStatus, verification };
}

function stateUpdate(kind: 'SNAPSHOT' | 'RESYNC', cursor: string, verification: Verification): VerificationUpdate {
  const occurredAt = verification.completedAt ?? new Date().toISOString();
  return { cursor, kind, source: 'SNAPSHOT', occurredAt, previousStatus: null, verification };
}

/**
 * First the opening, then the watcher. Ends at once when the reader leaves, also in the middle of a wait.
 * @param startedAt where the reader stands before the first update
 * @param resume what was missed since a cursor, for when the watcher is interrupted
 */
function joined(
  opening: AsyncGenerator<VerificationUpdate>,
  watcher: Watcher,
  startedAt: string,
  resume: (cursor: string) => AsyncGenerator<VerificationUpdate>,
): AsyncIterableIterator<VerificationUpdate> {
  let replayed: AsyncGenerator<VerificationUpdate> | null = opening;
  let cursor = startedAt;
  let updates = 0;

  async function nextUpdate(): Promise<VerificationUpdate | null> {
    for (;;) {
      if (replayed) {
        const result = await replayed.next();
        if (!result.done) return result.value;
        replayed = null;
      }
      try {
        const result = await watcher.next();
        return result.done ? null : changeUpdate(result.value.event, result.value.skipped);
      } catch (error) {
        if (!(error instanceof WatcherInterrupted)) throw error;
        replayed = resume(cursor);
      }
    }
  }

  return {
    async next() {
      try {
        updates += 1;
        if (updates % UPDATES_PER_TURN === 0) await nextTurn();
        const update = await nextUpdate();
        if (update === null) return { done: true, value: undefined };
        cursor = update.cursor;
        return { done: false, value: update };
      } catch (error) {
        watcher.close();
        throw error;
      }
    },
    async return() {
      await watcher.return();
      // Not awaited: a generator that waits for a read ends only after it.
      replayed?.return(undefined).catch(() => undefined);
      replayed = null;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
