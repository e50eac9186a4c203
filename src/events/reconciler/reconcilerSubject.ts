import type { Verification } from '../../dataspike/verification';
import { stateKey } from '../appendRule';
import type { WatchTarget } from '../watchFilter';

/**
 * The `stateKey` of a verification, empty in a state that is not known. Or itself, of which a key is made when somebody
 * looks: events come more often than that.
 */
export type Seen = string | Verification;

export function keyOf(seen: Seen | undefined): string | undefined {
  return typeof seen === 'object' ? stateKey(seen) : seen;
}

/** Something to look after: a verification, the verifications of an applicant, or all that are open. */
export interface Subject {
  readonly target: WatchTarget;
  /** Of its lease, and so the same on every process. */
  readonly name: string;
  /** When it began to be looked after, milliseconds since 1970. */
  readonly sinceMs: number;
  /**
   * Its verifications by id, as they were last seen here or in the log: what shows the same again is no news. Of an
   * applicant all of them, else those that are not final.
   */
  readonly seen: Map<string, Seen>;
  /** Verifications of which an event came since Dataspike was asked last: its answer may be older than the event. */
  readonly changedIds: Set<string>;
  /** Somebody watches just this. */
  isWatched: boolean;
  /** A verification that fell out of the list of the open ones; read until it is seen to be final or in the list again. */
  isStray: boolean;
  /** Taken out of the queue, until it is put back. */
  isBusy: boolean;
  isNew: boolean;
  holdsLease: boolean;
  /** Of a verification, once known. */
  applicantId: string | null;
  intervalMs: number;
  /** When its list was last read to the end by this process; null before. */
  listedAtMs: number | null;
}

const SHORTEST_MS = 2_000;
const GROWTH = 1.5;
const JITTER = 0.2;
/** With the jitter on top this makes 30 s. */
const LONGEST_MS = 25_000;
/** Time for a request to get its turn and its answer, on top of the interval. */
const LEASE_SLACK_MS = 5_000;

/** How a look went: `SOON` when something has changed, `LATER` when nothing has, `LATEST` when there is nothing to see. */
export type Pace = 'SOON' | 'LATER' | 'LATEST';

export function nameOf({ kind, id }: WatchTarget): string {
  if (kind === 'VERIFICATION') return `poll:${id}`;
  return kind === 'APPLICANT' ? `poll:applicant:${id}` : 'poll-everything';
}

export function createSubject(target: WatchTarget, sinceMs: number): Subject {
  return {
    target,
    name: nameOf(target),
    sinceMs,
    seen: new Map(),
    changedIds: new Set(),
    isWatched: false,
    isStray: false,
    isBusy: false,
    isNew: true,
    holdsLease: false,
    applicantId: null,
    intervalMs: SHORTEST_MS,
    listedAtMs: null,
  };
}

export function setPace(subject: Subject, pace: Pace): void {
  if (pace === 'SOON') subject.intervalMs = SHORTEST_MS;
  else subject.intervalMs = pace === 'LATEST' ? LONGEST_MS : longerThan(subject.intervalMs);
}

/**
 * Until its next turn, 20 % more or less, so that subjects that began together spread.
 * @param random 0 to 1
 * @returns milliseconds: about 2 s after a change, growing by half to about 25 s; never more than 30 s
 */
export function waitMsOf({ intervalMs }: Subject, random: () => number): number {
  return intervalMs * (1 - JITTER + 2 * JITTER * random());
}

/** How long to hold a subject from the start of a look: until the next one, if nothing comes in between. */
export function leaseMsOf({ intervalMs }: Subject): number {
  return Math.ceil(longerThan(intervalMs) * (1 + JITTER)) + LEASE_SLACK_MS;
}

function longerThan(intervalMs: number): number {
  return Math.min(intervalMs * GROWTH, LONGEST_MS);
}
