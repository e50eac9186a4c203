/** A value that React can follow with `useSyncExternalStore`. */
export interface Store<State> {
  get(): State;
  /** @returns what ends it */
  subscribe(listener: () => void): () => void;
}

/** @returns the store, and the one way to change it */
export function createStore<State, Event>(
  initial: State,
  reduce: (state: State, event: Event) => State,
): Store<State> & { dispatch(event: Event): void } {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch(event) {
      const next = reduce(state, event);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
  };
}
