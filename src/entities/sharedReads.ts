import { type CallSignal, StopSignal } from '../dataspike/stopSignal';

/**
 * Reads of the same thing at the same moment become one request. Nothing is kept once it has arrived.
 *
 * The request is aborted only when everyone who waited for it has gone.
 */
export interface SharedReads {
  /**
   * @param key names the thing; equal keys share
   * @param signal when it aborts, this caller stops waiting with `signal.reason`; the others go on
   */
  read<T>(key: string, load: (signal: CallSignal) => Promise<T>, signal: CallSignal): Promise<T>;

  /** Reads under way still answer those who wait, but nobody joins them: something may have changed since they began. */
  detach(): void;
}

interface Flight {
  readonly promise: Promise<unknown>;
  readonly signal: StopSignal;
  waiting: number;
}

export function createSharedReads(): SharedReads {
  let flights = new Map<string, Flight>();

  function start(key: string, load: (signal: CallSignal) => Promise<unknown>): Flight {
    const signal = new StopSignal();
    const flight: Flight = { promise: load(signal), signal, waiting: 0 };
    flights.set(key, flight);
    return flight;
  }

  return {
    read: <T>(key: string, load: (signal: CallSignal) => Promise<T>, signal: CallSignal) =>
      new Promise<T>((resolve, reject) => {
        signal.throwIfAborted();
        const flight = flights.get(key) ?? start(key, load);
        flight.waiting += 1;
        const end = () => {
          signal.removeEventListener('abort', abort);
          if (flights.get(key) === flight) flights.delete(key);
        };
        const abort = () => {
          flight.waiting -= 1;
          reject(signal.reason);
          if (flight.waiting > 0) return;
          end();
          flight.signal.abort(signal.reason);
        };
        signal.addEventListener('abort', abort);
        flight.promise.then(
          (value) => {
            end();
            resolve(value as T);
          },
          (error) => {
            end();
            reject(error);
          },
        );
      }),
    detach() {
      flights = new Map();
    },
  };
}
