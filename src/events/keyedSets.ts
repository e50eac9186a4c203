/** Members by key. A key without members takes no room. */
export interface KeyedSets<T> {
  /** Returns how to take the member out again, which may be called twice. */
  add(key: string, member: T): () => void;
  get(key: string): Iterable<T>;
  has(key: string): boolean;
  /** The keys that have members. */
  keys(): string[];
}

export function createKeyedSets<T>(): KeyedSets<T> {
  const sets = new Map<string, Set<T>>();
  const none: readonly T[] = [];

  return {
    add(key, member) {
      const members = sets.get(key) ?? new Set<T>();
      sets.set(key, members.add(member));
      return () => {
        members.delete(member);
        // Only its own set: another may stand under the key by now.
        if (members.size === 0 && sets.get(key) === members) sets.delete(key);
      };
    },
    get: (key) => sets.get(key) ?? none,
    has: (key) => sets.has(key),
    keys: () => [...sets.keys()],
  };
}
