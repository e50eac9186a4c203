import type { VerificationUpdatedSubscription } from '../generated/graphql';
import { createStore, type Store } from './store';

export type Update = VerificationUpdatedSubscription['verificationUpdated'];

/** @param isRepeated said before, and now once more because an older answer came in since */
type Listener = (update: Update, isRepeated: boolean) => void;

/** Every update of this tab, in order. */
export interface Updates {
  /** The newest ones, oldest first: what a timeline shows. */
  readonly recent: Store<readonly Update[]>;
  /** The place in the stream that everything shown has at least reached; null before anything was asked. */
  cursor(): string | null;
  startAt(cursor: string | null): void;
  take(update: Update): void;
  /** @returns what ends it */
  listen(listener: Listener): () => void;
  /** A mark for `repeatSince`. */
  mark(): number;
  /** Says again what came after the mark. */
  repeatSince(mark: number): void;
}

/** Kept, so that a tab that stays open for weeks does not grow. */
const KEPT = 500;

export function createUpdates(): Updates {
  const recent = createStore<readonly Update[], Update>([], (kept, update) => [...kept, update].slice(-KEPT));
  const listeners = new Set<Listener>();
  let cursor: string | null = null;
  let taken = 0;

  function tell(update: Update, isRepeated: boolean) {
    for (const listener of listeners) listener(update, isRepeated);
  }

  return {
    recent,
    cursor: () => cursor,
    startAt: (start) => {
      cursor = start;
    },
    take(update) {
      cursor = update.cursor;
      taken += 1;
      recent.dispatch(update);
      tell(update, false);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    mark: () => taken,
    repeatSince(mark) {
      if (taken === mark) return;
      for (const update of recent.get().slice(mark - taken)) tell(update, true);
    },
  };
}
