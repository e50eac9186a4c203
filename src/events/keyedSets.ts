/** Members by key. A key without members takes no room. */
export interface KeyedSets<T> {
  add(key: string, member: T): void;
  delete(key: string, member: T): void;
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
      const members = sets.get(key);
      if (members) members.add(member);
      else sets.set(key, new Set([member]));
    },
    delete(key, member) {
      const members = sets.get(key);
      if (members?.delete(member) && members.size === 0) sets.delete(key);
    },
    get: (key) => sets.get(key) ?? none,
    has: (key) => sets.has(key),
    keys: () => [...sets.keys()],
  };
}
