/** Lets operations begin caller by caller, a few in each turn of the event loop. */
export interface FairTurns {
  /** Resolves when one of this caller may begin: at once where few begin. */
  take(callerKey: string): Promise<void>;
}

/** They take a few milliseconds at most, and are so many that a caller who is alone loses nothing. */
const PER_TURN = 8;

/**
 * Without it a thousand requests that arrive together are parsed and executed together, and who comes next waits until all
 * of them are. Who waits for Dataspike is another matter; see dataspike/fairQueue.
 */
export function createFairTurns(): FairTurns {
  /** In the order of their turns. */
  const waiting = new Map<string, (() => void)[]>();
  let places = PER_TURN;

  function begin(go: () => void): void {
    if (places === PER_TURN) setImmediate(startTurn);
    places -= 1;
    go();
  }

  function startTurn(): void {
    places = PER_TURN;
    while (places > 0 && waiting.size > 0) beginNext();
  }

  function beginNext(): void {
    for (const [callerKey, line] of waiting) {
      const go = line.shift();
      waiting.delete(callerKey);
      // To the end of the line.
      if (line.length > 0) waiting.set(callerKey, line);
      if (go) begin(go);
      return;
    }
  }

  return {
    take: (callerKey) =>
      new Promise((resolve) => {
        if (places > 0) return begin(resolve);
        const line = waiting.get(callerKey);
        if (line) line.push(resolve);
        else waiting.set(callerKey, [resolve]);
      }),
  };
}
