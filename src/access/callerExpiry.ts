import type { Caller } from './caller';

/** How far the clock of an identity provider may be off. Our own watch tokens are read by our own clock. */
export const CLOCK_SKEW_SECONDS = 60;

/** Node runs a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Until when a token is accepted: milliseconds since 1970, Infinity without an end. */
export function acceptedUntilMs({ expiresAt, kind }: Caller): number {
  if (expiresAt === null) return Number.POSITIVE_INFINITY;
  return Date.parse(expiresAt) + (kind === 'WATCHER' ? 0 : CLOCK_SKEW_SECONDS * 1000);
}

export function hasExpired(caller: Caller): boolean {
  return acceptedUntilMs(caller) <= Date.now();
}

/**
 * Calls back once when the caller's right ends: at the token's own time, or, for a token that came within the clock skew
 * behind it, when that is over. Never for a right without an end.
 * @returns stops waiting
 */
export function whenExpired(caller: Caller, end: () => void): () => void {
  return caller.expiresAt === null ? NOTHING : waitUntil(endMsOf(caller, caller.expiresAt), end);
}

const NOTHING = () => {};

function endMsOf(caller: Caller, expiresAt: string): number {
  const ownEndMs = Date.parse(expiresAt);
  return ownEndMs > Date.now() ? ownEndMs : acceptedUntilMs(caller);
}

function waitUntil(endMs: number, end: () => void): () => void {
  let timer: NodeJS.Timeout;
  function wait() {
    const leftMs = endMs - Date.now();
    timer = leftMs > LONGEST_TIMER_MS ? setTimeout(wait, LONGEST_TIMER_MS) : setTimeout(end, Math.max(0, leftMs));
  }
  wait();
  return () => clearTimeout(timer);
}
