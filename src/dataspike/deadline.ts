import { UpstreamTimeout } from './errors';
import { type CallSignal, StopSignal } from './stopSignal';

/**
 * How long one try may take, together with its caller's wish to stop it: a signal that aborts when time is up or the caller
 * gives up; its `reason` is what to throw then.
 *
 * Not `AbortSignal.any` and `AbortSignal.timeout`: in Node 20 the first keeps something of every request on a signal
 * that lives long, such as that of a socket, and the second keeps a timer for the full time after a fast answer.
 */
export class Deadline extends StopSignal {
  #clock: NodeJS.Timeout | undefined;
  readonly #giveUp = () => this.abort(this.caller?.reason);

  /**
   * Starts the clock.
   * @param timeoutMs until the signal aborts with `UpstreamTimeout`
   * @param caller aborts the try with its own reason; left out: only time ends it
   */
  constructor(
    private readonly timeoutMs: number,
    private readonly caller?: CallSignal,
  ) {
    super();
    caller?.addEventListener('abort', this.#giveUp, { once: true });
    this.restart();
  }

  /** Grants the full time again: something moved. */
  restart(): void {
    this.pause();
    this.#clock = setTimeout(expire, this.timeoutMs, this);
  }
  /** Stops the clock, not the caller's signal: nobody is waiting for Dataspike just now. */
  pause(): void {
    clearTimeout(this.#clock);
  }
  /** Lets go of clock and caller. Must be called. */
  close(): void {
    this.pause();
    this.caller?.removeEventListener('abort', this.#giveUp);
  }
}

function expire(deadline: Deadline): void {
  deadline.abort(new UpstreamTimeout());
}
