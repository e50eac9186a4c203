/** On whose behalf Dataspike is asked, and how patiently. */
export interface CallOrigin {
  /** Callers take turns in the queue; never logged. */
  readonly callerId: string;
  /** When nobody waits any more, as `performance.now()` counts; null: not known. */
  readonly deadlineAtMs: number | null;
  /** How often a read is tried at most, the first try included. What is not a GET is tried once, always. */
  readonly tries: number;
}

/** The gateway itself, for nobody in particular. */
export const OWN_ORIGIN: CallOrigin = { callerId: '', deadlineAtMs: null, tries: 3 };

/** Work in the background comes back by itself: it does not insist. */
export const BACKGROUND_ORIGIN: CallOrigin = { callerId: '', deadlineAtMs: null, tries: 1 };

/** How long somebody is waited for who names no deadline. */
const PATIENCE_MS = 10_000;

/** Whether something that happens in so many milliseconds comes too late. */
export function isTooLate({ deadlineAtMs }: CallOrigin, inMs: number): boolean {
  return deadlineAtMs === null ? inMs > PATIENCE_MS : performance.now() + inMs >= deadlineAtMs;
}
