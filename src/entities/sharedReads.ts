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
  read<T>(key: string, load: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;

  /** Reads under way still answer those who wait, but nobody joins them: something may have changed since they began. */
  detach(): void;
}

interface Flight {
  readonly promise: Promise<unknown>;
  readonly controller: AbortController;
  waiting: number;
}

export function createSharedReads(): SharedReads {
  let flights = new Map<string, Flight>();

  function start(key: string, load: (signal: AbortSignal) => Promise<unknown>): Flight {
    const owner = flights;
    const controller = new AbortController();
    const promise = load(controller.signal).finally(() => {
      if (owner.get(key) === flight) owner.delete(key);
    });
    const flight: Flight = { promise, controller, waiting: 0 };
    flights.set(key, flight);
    return flight;
  }

  return {
    async read<T>(key: string, load: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
      signal.throwIfAborted();
      const flight = flights.get(key) ?? start(key, load);
      flight.waiting += 1;
      try {
        return (await unlessAborted(flight.promise, signal)) as T;
      } finally {
        flight.waiting -= 1;
        if (flight.waiting === 0) {
          if (flights.get(key) === flight) flights.delete(key);
          if (signal.aborted) flight.controller.abort(signal.reason);
        }
      }
    },
    detach() {
      flights = new Map();
    },
  };
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const stop = () => signal.removeEventListener('abort', abort);
    promise.then(
      (value) => {
        stop();
        resolve(value);
      },
      (error) => {
        stop();
        reject(error);
      },
    );
  });
}
