import type { VerificationEvent } from './verificationEvent';

/** Those who are told of each event on this process, in order. */
export interface Followers {
  /** Told of each event from now on. Returns how to stop, which may be called twice. */
  follow(listener: (event: VerificationEvent) => void): () => void;

  /** Tells everyone at once. An event that comes while listeners are being told waits until all heard the one before. */
  notify(event: VerificationEvent): void;

  stopAll(): void;
}

/** @param onListenerError hears what a listener threw; left out, it is ignored */
export function createFollowers(onListenerError: (error: unknown) => void = () => {}): Followers {
  // One entry per call of follow, since the same function may follow twice.
  const entries = new Set<{ tell(event: VerificationEvent): void }>();
  const waiting: VerificationEvent[] = [];
  let isTelling = false;

  function tellEveryone(event: VerificationEvent) {
    for (const entry of [...entries]) {
      if (!entries.has(entry)) continue;
      try {
        entry.tell(event);
      } catch (error) {
        onListenerError(error);
      }
    }
  }

  return {
    follow(listener) {
      const entry = { tell: listener };
      entries.add(entry);
      return () => {
        entries.delete(entry);
      };
    },
    notify(event) {
      waiting.push(event);
      if (isTelling) return;
      isTelling = true;
      try {
        for (let next = waiting.shift(); next; next = waiting.shift()) tellEveryone(next);
      } finally {
        isTelling = false;
      }
    },
    stopAll() {
      entries.clear();
    },
  };
}
