import { UpstreamTimeout } from './errors';
import { type CallSignal, StopSignal } from './stopSignal';

/** How long one try may take, together with its caller's wish to stop it. */
export interface Deadline {
  /** Aborts when time is up or the caller gives up; its `reason` is what to throw then. */
  readonly signal: StopSignal;
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
 * Starts the clock.
 *
 * Not `AbortSignal.any` and `AbortSignal.timeout`: in Node 20 the first keeps something of every request on a signal
 * that lives long, such as that of a socket, and the second keeps a timer for the full time after a fast answer.
 *
 * @param timeoutMs until the signal aborts with `UpstreamTimeout`
 * @param caller aborts the try with its own reason; left out: only time ends it
 */
export function openDeadline(timeoutMs: number, caller?: CallSignal): Deadline {
  const signal = new StopSignal();
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
