import type { VerificationEvent } from './verificationEvent';

/** Those who are told of each event on this process, in order. */
export interface Followers {
  /**
   * Told of each event from now on, and of each gap. Returns how to stop, which may be called twice.
   * @param onGap left out: nobody minds
   */
  follow(listener: (event: VerificationEvent) => void, onGap?: () => void): () => void;

  /** Tells everyone at once. What comes while listeners are being told waits until all heard what was before. */
  notify(event: VerificationEvent): void;

  /** Tells everyone that events may be missing between the one before and the next. */
  notifyGap(): void;

  stopAll(): void;
}

/** @param onListenerError hears what a listener threw; left out, it is ignored */
export function createFollowers(onListenerError: (error: unknown) => void = () => {}): Followers {
  type News = { readonly event: VerificationEvent | null };
  // One entry per call of follow, since the same function may follow twice.
  const entries = new Set<{ tell(event: VerificationEvent): void; tellGap(): void }>();
  const waiting: News[] = [];
  let isTelling = false;

  function tellEveryone({ event }: News) {
    for (const entry of [...entries]) {
      if (!entries.has(entry)) continue;
      try {
        if (event) entry.tell(event);
        else entry.tellGap();
      } catch (error) {
        onListenerError(error);
      }
    }
  }

  function tell(news: News) {
    waiting.push(news);
    if (isTelling) return;
    isTelling = true;
    try {
      for (let next = waiting.shift(); next; next = waiting.shift()) tellEveryone(next);
    } finally {
      isTelling = false;
    }
  }

  return {
    follow(listener, onGap = () => {}) {
      const entry = { tell: listener, tellGap: onGap };
      entries.add(entry);
      return () => {
        entries.delete(entry);
      };
    },
    notify: (event) => tell({ event }),
    notifyGap: () => tell({ event: null }),
    stopAll() {
      entries.clear();
    },
  };
}
