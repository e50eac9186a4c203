import type { Verification } from '../dataspike/verification';
import { stateKey } from '../events/appendRule';
import { isCursor } from '../events/cursor';
import { type EventLog, EventLogUnavailable } from '../events/eventLog';
import type { WatchedEvent } from '../events/eventQueue';
import type { VerificationEvent } from '../events/verificationEvent';
import { type Watcher, WatcherInterrupted } from '../events/watcher';
import type { WatchFilter } from '../events/watchers';
import { ClientGone } from './context';
import { currentStates, matches, type Reading } from './currentStates';
import { CursorInvalid } from './errors';
import type { VerificationUpdate } from './verificationUpdate.type';

/**
 * The updates of one subscription, to be taken one after the other. An async iterable for graphql-js alone, which only
 * looks whether it is one.
 */
export interface UpdateSource extends AsyncIterable<VerificationUpdate> {
  /**
   * The next update; null when there is none at the moment, or never again. A promise while the log or Dataspike is read,
   * to be awaited before the next call; when it brings null, ask again.
   * @throws what the subscription ends with; a promise rejects with it
   */
  take(): VerificationUpdate | null | Promise<VerificationUpdate | null>;
  hasEnded(): boolean;
  /** Calls the listener whenever `take` has something new to say. It must not throw. */
  onNews(listener: () => void): void;
  /** Ends it for a reader who has had enough, also in the middle of a read. */
  leave(): void;
}

/** Events that one read of the log brings. */
const REPLAY_BATCH = 500;

/** Between two looks whether the log is back, and as much again at random. */
const LOG_RETRY_MS = 250;

/**
 * The updates that a subscription sends: first what came since `after`, or where the one watched verification stands,
 * then what happens. The watcher is attached before anything is read, so nothing falls between the two.
 * @throws CursorInvalid
 */
export function openUpdates(
  { services, caller, requestId }: Omit<Reading, 'signal'>,
  filter: WatchFilter,
  after: string | null,
): UpdateSource {
  if (after !== null && !isCursor(after)) throw new CursorInvalid();
  const { log, watchers } = services;
  // Where the reader stands before the first update.
  let cursor = after ?? log.position();
  /** What the snapshot says, until something else is told. */
  let shown: string | null = null;
  const watcher = watchers.watch(filter);
  let reading: { readonly updates: AsyncGenerator<VerificationUpdate>; readonly abort: AbortController } | null = null;
  if (after !== null) read((signal) => replay({ services, caller, requestId, signal }, watcher, filter, after, false));
  else if (filter.verificationId != null) {
    read((signal) => snapshot({ services, caller, requestId, signal }, watcher, filter));
  }

  function read(begin: (signal: AbortSignal) => AsyncGenerator<VerificationUpdate>): void {
    const abort = new AbortController();
    reading = { updates: begin(abort.signal), abort };
  }

  async function takeRead(updates: AsyncGenerator<VerificationUpdate>): Promise<VerificationUpdate | null> {
    const { done, value } = await updates.next();
    if (watcher.hasEnded()) return null;
    if (!done) return passOn(value);
    reading = null;
    return null;
  }

  function passOn(update: VerificationUpdate): VerificationUpdate {
    cursor = update.cursor;
    shown = update.kind === 'SNAPSHOT' ? stateKey(update.verification) : null;
    return update;
  }

  /** The first that the log hears of a verification, by a poll, may be what its snapshot has shown. */
  function isShown({ previousStatus, verification }: VerificationEvent): boolean {
    return shown !== null && previousStatus === null && shown === stateKey(verification);
  }

  function takeWatched(): VerificationUpdate | null | Promise<VerificationUpdate | null> {
    try {
      const watched = watcher.take();
      if (!watched) return null;
      return isShown(watched.event) ? takeWatched() : passOn(changeUpdate(watched));
    } catch (error) {
      if (!(error instanceof WatcherInterrupted)) throw error;
      read((signal) => replay({ services, caller, requestId, signal }, watcher, filter, cursor, true));
      // By another call, since an abort in between is possible.
      return Promise.resolve(null);
    }
  }

  return {
    take: () => (reading && !watcher.hasEnded() ? takeRead(reading.updates) : takeWatched()),
    hasEnded: watcher.hasEnded,
    onNews: watcher.onNews,
    leave() {
      watcher.close();
      reading?.abort.abort(new ClientGone());
      // Not awaited: a generator that waits for a read ends only after it.
      reading?.updates.return(undefined).catch(() => undefined);
      reading = null;
    },
    [Symbol.asyncIterator]: () => {
      throw new Error('Updates are taken, not iterated');
    },
  };
}

/** Where the verification stands; nothing when it does not exist (yet). */
async function* snapshot(reading: Reading, watcher: Watcher, filter: WatchFilter): AsyncGenerator<VerificationUpdate> {
  const cursor = reading.services.log.position();
  for await (const verification of currentStates(reading, filter)) {
    watcher.dropThrough(cursor);
    yield stateUpdate('SNAPSHOT', cursor, verification);
  }
}

/** @param isPatient waits for a log that cannot be reached */
async function* replay(
  reading: Reading,
  watcher: Watcher,
  filter: WatchFilter,
  after: string,
  isPatient: boolean,
): AsyncGenerator<VerificationUpdate> {
  const { log } = reading.services;
  let cursor = after;
  for (;;) {
    const events = isPatient
      ? await readWhenReachable(log, cursor, reading.signal)
      : await log.read(cursor, REPLAY_BATCH);
    if (events === null) {
      yield* resync(reading, watcher, filter, after);
      return;
    }
    for (const event of events) {
      if (matches(filter, event.verification)) yield changeUpdate({ event, skipped: false });
    }
    cursor = events.at(-1)?.cursor ?? cursor;
    watcher.dropThrough(cursor);
    if (events.length < REPLAY_BATCH) return;
  }
}

async function readWhenReachable(
  log: EventLog,
  cursor: string,
  signal: AbortSignal,
): Promise<VerificationEvent[] | null> {
  for (;;) {
    try {
      return await log.read(cursor, REPLAY_BATCH);
    } catch (error) {
      if (!(error instanceof EventLogUnavailable)) throw error;
      do await pause(LOG_RETRY_MS * (1 + Math.random()), signal);
      while (!log.isReachable());
    }
  }
}

/** @throws the reason of the signal, as soon as it aborts */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    function stop() {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener('abort', stop);
  });
}

/**
 * The current state of everything that is watched. Only the last update carries the new cursor: a client that is cut off
 * on the way comes back with the old one and gets all of it again.
 */
async function* resync(
  reading: Reading,
  watcher: Watcher,
  filter: WatchFilter,
  after: string,
): AsyncGenerator<VerificationUpdate> {
  const head = reading.services.log.position();
  let held: Verification | null = null;
  for await (const verification of currentStates(reading, filter)) {
    if (held) yield stateUpdate('RESYNC', after, held);
    held = verification;
  }
  if (!held) return;
  watcher.dropThrough(head);
  yield stateUpdate('RESYNC', head, held);
}

/** One and the same object for everybody who is told of an event, by which they can share its answer. */
const changeUpdates = new WeakMap<VerificationEvent, VerificationUpdate>();
const skippedUpdates = new WeakMap<VerificationEvent, VerificationUpdate>();

function changeUpdate({ event, skipped }: WatchedEvent): VerificationUpdate {
  const known = skipped ? skippedUpdates : changeUpdates;
  let update = known.get(event);
  if (!update) {
    const { cursor, source, occurredAt, acceptedAt, verification, traceparent } = event;
    // What a skipped reader saw last is not known.
    const previousStatus = skipped ? null : event.previousStatus;
    const kind = skipped ? 'RESYNC' : 'CHANGE';
    update = { cursor, kind, source, occurredAt, acceptedAt, previousStatus, verification, traceparent };
    known.set(event, update);
  }
  return update;
}

function stateUpdate(kind: 'SNAPSHOT' | 'RESYNC', cursor: string, verification: Verification): VerificationUpdate {
  const occurredAt = verification.completedAt ?? new Date().toISOString();
  return { cursor, kind, source: 'SNAPSHOT', occurredAt, acceptedAt: null, previousStatus: null, verification };
}
