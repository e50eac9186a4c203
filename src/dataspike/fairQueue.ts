import { UpstreamRateLimited, UpstreamTimeout, UpstreamUnavailable } from './errors';
import type { LearnedRate } from './learnedRate';
import { type CallOrigin, isTooLate } from './origin';
import type { CallSignal } from './stopSignal';

/** Lets a bounded number of requests go at once; the rest waits its turn, caller by caller. */
export interface FairQueue {
  /**
   * @returns how to leave, which must be called: at once where there is a free place
   * @throws {UpstreamUnavailable} at once when too many wait, and when `failWaiting` is called
   * @throws {UpstreamRateLimited} at once when Dataspike asked for a wait beyond the caller's deadline
   * @throws the signal's reason
   */
  enter(origin: CallOrigin, signal?: CallSignal): (() => void) | Promise<() => void>;
  /** Fails everyone who waits, with what the function makes. */
  failWaiting(makeError: () => Error): void;
  /** Looks again who may go, and who cannot wait: the rate has changed. */
  reconsider(): void;
  waiting(): number;
  close(): void;
}

interface Waiter {
  readonly origin: CallOrigin;
  readonly go: () => void;
  readonly fail: (error: unknown) => void;
}

interface Caller {
  running: number;
  readonly waiters: Set<Waiter>;
}

const QUEUE_LENGTH = 1000;

/**
 * Callers take turns, whoever has how many waiting. When the queue is full, the newest of the caller who waits with the
 * most gives way to a caller who waits with fewer, so that nobody can fill it. An eighth of the places is kept free from
 * any one caller: with slow answers, one could hold all of them for as long as a timeout.
 *
 * Cockatiel's bulkhead knows one first-in-first-out queue, whose waiters cannot leave.
 * @param places requests at once
 * @param maxWaiting default 1,000
 */
export function createFairQueue({
  places,
  rate,
  maxWaiting = QUEUE_LENGTH,
}: {
  places: number;
  rate: LearnedRate;
  maxWaiting?: number;
}): FairQueue {
  /** In the order of their turns; gone when they have nothing running or waiting. */
  const callers = new Map<string, Caller>();
  const placesOfOne = places - Math.floor(places / 8);
  let running = 0;
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;

  function callerOf(id: string): Caller {
    let caller = callers.get(id);
    if (!caller) {
      caller = { running: 0, waiters: new Set() };
      callers.set(id, caller);
    }
    return caller;
  }

  function forgetIdle(id: string, caller: Caller): void {
    if (caller.running === 0 && caller.waiters.size === 0) callers.delete(id);
  }

  function remove(waiter: Waiter): boolean {
    const caller = callers.get(waiter.origin.callerId);
    if (!caller?.waiters.delete(waiter)) return false;
    waiting -= 1;
    forgetIdle(waiter.origin.callerId, caller);
    return true;
  }

  function leaveOnce(id: string, caller: Caller): () => void {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      running -= 1;
      caller.running -= 1;
      forgetIdle(id, caller);
      dispatch();
    };
  }

  function start(id: string, caller: Caller): () => void {
    running += 1;
    caller.running += 1;
    return leaveOnce(id, caller);
  }

  function nextTurn(): [string, Caller, Waiter] | null {
    for (const [id, caller] of callers) {
      const [waiter] = caller.waiters;
      if (waiter && caller.running < placesOfOne) return [id, caller, waiter];
    }
    return null;
  }

  function dispatch(): void {
    while (running < places && waiting > 0) {
      const turn = nextTurn();
      if (!turn) return;
      const waitMs = rate.take();
      if (waitMs > 0) {
        clearTimeout(timer);
        timer = setTimeout(dispatch, waitMs);
        return;
      }
      const [id, caller, waiter] = turn;
      caller.waiters.delete(waiter);
      waiting -= 1;
      // To the end of the line.
      callers.delete(id);
      callers.set(id, caller);
      waiter.go();
    }
  }

  /** @throws {UpstreamUnavailable} unless somebody with more waiting gives way */
  function makeRoom(id: string): void {
    if (waiting < maxWaiting) return;
    const full = () => new UpstreamUnavailable('queue full');
    let longest: Caller | null = null;
    for (const caller of callers.values()) if (caller.waiters.size > (longest?.waiters.size ?? 0)) longest = caller;
    const newest = longest && [...longest.waiters].at(-1);
    if (!longest || !newest || longest.waiters.size <= (callers.get(id)?.waiters.size ?? 0) + 1) throw full();
    remove(newest);
    newest.fail(full());
  }

  function refuseTooLate(origin: CallOrigin): void {
    const pausedForMs = rate.pausedForMs();
    if (pausedForMs > 0 && isTooLate(origin, pausedForMs)) throw new UpstreamRateLimited(Math.ceil(pausedForMs));
  }

  return {
    enter(origin, signal) {
      refuseTooLate(origin);
      const { callerId } = origin;
      const caller = callerOf(callerId);
      if (waiting === 0 && running < places && caller.running < placesOfOne && rate.take() === 0) {
        return start(callerId, caller);
      }
      try {
        makeRoom(callerId);
      } catch (error) {
        forgetIdle(callerId, caller);
        throw error;
      }
      return new Promise((resolve, reject) => {
        const stopListening = () => signal?.removeEventListener('abort', abort);
        const waiter: Waiter = {
          origin,
          go() {
            stopListening();
            resolve(start(callerId, callerOf(callerId)));
          },
          fail(error) {
            stopListening();
            reject(error);
          },
        };
        const abort = () => {
          if (remove(waiter)) waiter.fail(unsent(signal?.reason));
        };
        signal?.addEventListener('abort', abort, { once: true });
        callerOf(callerId).waiters.add(waiter);
        waiting += 1;
        dispatch();
      });
    },
    failWaiting(makeError) {
      for (const caller of [...callers.values()]) {
        for (const waiter of [...caller.waiters]) if (remove(waiter)) waiter.fail(makeError());
      }
    },
    reconsider() {
      for (const caller of [...callers.values()]) {
        for (const waiter of [...caller.waiters]) {
          try {
            refuseTooLate(waiter.origin);
          } catch (error) {
            if (remove(waiter)) waiter.fail(error);
          }
        }
      }
      dispatch();
    },
    waiting: () => waiting,
    close: () => clearTimeout(timer),
  };
}

/** The deadline passed before anything was sent, which whoever creates something should know. */
function unsent(reason: unknown): unknown {
  return reason instanceof UpstreamTimeout ? new UpstreamTimeout({ wasSent: false }) : reason;
}
