import { UpstreamTimeout } from './errors';

/** How long one try may take, together with its caller's wish to stop it. */
export interface Deadline {
  /** Aborts when time is up or the caller gives up; its `reason` is what to throw then. */
  readonly signal: DeadlineSignal;
  /** Grants the full time again: something moved. */
  restart(): void;
  /** Stops the clock, not the caller's signal: nobody is waiting for Dataspike just now. */
  pause(): void;
  /** Ends the try at once, with this to throw. */
  end(reason: unknown): void;
  /** Lets go of clock and caller. Must be called. */
  close(): void;
}

/**
 * What axios and its adapter need of an AbortSignal; a real one takes as long as a tenth of the whole request. A class,
 * because axios copies plain objects.
 */
export class DeadlineSignal {
  aborted = false;
  reason: unknown = undefined;
  readonly #listeners = new Set<() => void>();

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }
  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }
}

/**
 * Starts the clock.
 *
 * Not `AbortSignal.any` and `AbortSignal.timeout`: in Node 20 the first keeps something of every request on a signal
 * that lives long, such as that of a socket, and the second keeps a timer for the full time after a fast answer.
 *
 * @param timeoutMs until the signal aborts with `UpstreamTimeout`
 * @param caller aborts the try with its own reason; left out: only time ends it
 */
export function openDeadline(timeoutMs: number, caller?: AbortSignal): Deadline {
  const signal = new DeadlineSignal();
  const end = (reason: unknown) => signal.abort(reason);
  const giveUp = () => end(caller?.reason);
  let clock: NodeJS.Timeout | undefined;
  const pause = () => clearTimeout(clock);
  const restart = () => {
    pause();
    clock = setTimeout(() => end(new UpstreamTimeout()), timeoutMs);
  };
  caller?.addEventListener('abort', giveUp, { once: true });
  restart();
  return {
    signal,
    restart,
    pause,
    end,
    close() {
      pause();
      caller?.removeEventListener('abort', giveUp);
    },
  };
}
