import type { Verification } from '../dataspike/verification';
import { type EventLog, EventLogUnavailable } from '../events/eventLog';
import type { VerificationEvent } from '../events/verificationEvent';
import type { Watcher } from '../events/watcher';
import type { WatchFilter } from '../events/watchFilter';
import { currentStates, matches, type Reading } from './currentStates';
import { changeUpdate, stateUpdate } from './makeUpdate';
import type { VerificationUpdate } from './verificationUpdate.type';

/** Events that one read of the log brings. */
const REPLAY_BATCH = 500;

/** Between two looks whether the log is back, and as much again at random. */
const LOG_RETRY_MS = 250;

/** Where the verification stands; nothing when it does not exist (yet). */
export async function* snapshot(
  reading: Reading,
  watcher: Watcher,
  filter: WatchFilter,
): AsyncGenerator<VerificationUpdate> {
  const cursor = reading.services.log.position();
  for await (const verification of currentStates(reading, filter)) {
    watcher.dropThrough(cursor);
    yield stateUpdate('SNAPSHOT', cursor, verification);
  }
}

/**
 * What came since `after`, or where everything stands if that is no longer known.
 * @param isPatient waits for a log that cannot be reached
 */
export async function* replay(
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
