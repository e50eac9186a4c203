/** Things under the time they are due, the earliest first. Every change costs O(log n). */
export interface DueQueue<T> {
  /** Puts it in, or moves it. */
  set(item: T, dueAtMs: number): void;
  /** Without effect when it is not in. */
  remove(item: T): void;
  /** Null when it is not in. */
  dueAtMs(item: T): number | null;
  /** Of the earliest; null when nothing is in. */
  nextDueAtMs(): number | null;
  /** Takes the earliest out; null when nothing is due at that time. */
  takeDue(nowMs: number): T | null;
  size(): number;
}

/**
 * A binary heap that knows where each item stands. Items are told apart by identity; of those that are due at the same
 * time any may come first.
 */
export function createDueQueue<T>(): DueQueue<T> {
  interface Entry {
    readonly item: T;
    dueAtMs: number;
    place: number;
  }
  const heap: Entry[] = [];
  const entries = new Map<T, Entry>();

  function put(entry: Entry, place: number) {
    heap[place] = entry;
    entry.place = place;
  }

  function moveUp(entry: Entry) {
    while (entry.place > 0) {
      const above = heap[(entry.place - 1) >> 1];
      if (!above || above.dueAtMs <= entry.dueAtMs) return;
      const { place } = above;
      put(above, entry.place);
      put(entry, place);
    }
  }

  function moveDown(entry: Entry) {
    for (;;) {
      const left = heap[2 * entry.place + 1];
      const right = heap[2 * entry.place + 2];
      const below = left && right && right.dueAtMs < left.dueAtMs ? right : left;
      if (!below || below.dueAtMs >= entry.dueAtMs) return;
      const { place } = below;
      put(below, entry.place);
      put(entry, place);
    }
  }

  function remove(item: T) {
    const entry = entries.get(item);
    if (!entry) return;
    entries.delete(item);
    const last = heap.pop();
    if (!last || last === entry) return;
    put(last, entry.place);
    moveUp(last);
    moveDown(last);
  }

  return {
    set(item, dueAtMs) {
      let entry = entries.get(item);
      if (entry) {
        entry.dueAtMs = dueAtMs;
      } else {
        entry = { item, dueAtMs, place: heap.length };
        entries.set(item, entry);
        heap.push(entry);
      }
      moveUp(entry);
      moveDown(entry);
    },
    remove,
    dueAtMs: (item) => entries.get(item)?.dueAtMs ?? null,
    nextDueAtMs: () => heap[0]?.dueAtMs ?? null,
    takeDue(nowMs) {
      const [first] = heap;
      if (!first || first.dueAtMs > nowMs) return null;
      remove(first.item);
      return first.item;
    },
    size: () => heap.length,
  };
}
