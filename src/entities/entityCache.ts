import { LRUCache } from 'lru-cache';
import type { Applicant } from '../dataspike/applicant';
import type { Profile } from '../dataspike/profile';
import type { Verification } from '../dataspike/verification';
import type { SharedReads } from './sharedReads';

/** What can be read by its id. */
export interface Entities {
  applicant: Applicant;
  profile: Profile;
  verification: Verification;
}

/**
 * Entities by id, in memory, for a short time: what can still change for 2 s, final verifications for 60 s.
 * Knows nothing of callers; rights are applied after it.
 */
export interface EntityCache {
  /** From memory, else from `load`, together with everyone who asks at the same moment. Null is never kept. */
  read<K extends keyof Entities>(
    kind: K,
    id: string,
    load: (signal: AbortSignal) => Promise<Entities[K] | null>,
    signal: AbortSignal,
  ): Promise<Entities[K] | null>;

  /** What an event says. Kept for 2 s even when final: a delivery may leave out what a read would tell. */
  replace<K extends keyof Entities>(kind: K, entity: Entities[K]): void;

  /** The next read goes to Dataspike. */
  forget(kind: keyof Entities, id: string): void;
}

const CHANGING_MS = 2_000;
const FINAL_MS = 60_000;

/** @param maxEntries the least recently used go first; default 10,000 */
export function createEntityCache({
  sharedReads,
  maxEntries = 10_000,
}: {
  sharedReads: SharedReads;
  maxEntries?: number;
}): EntityCache {
  const entries = new LRUCache<string, Entities[keyof Entities]>({ max: maxEntries, ttl: CHANGING_MS });
  // Counts changes per key while a read of it is under way, so that the read does not bring back an older state.
  const reading = new Map<string, { changed: boolean }>();

  function changed(key: string) {
    const read = reading.get(key);
    if (read) read.changed = true;
    sharedReads.detach();
  }

  return {
    async read<K extends keyof Entities>(
      kind: K,
      id: string,
      load: (signal: AbortSignal) => Promise<Entities[K] | null>,
      signal: AbortSignal,
    ) {
      const key = `${kind}:${id}`;
      const kept = entries.get(key);
      if (kept) return kept as Entities[K];
      return sharedReads.read(
        key,
        async (loadSignal) => {
          const mark = { changed: false };
          reading.set(key, mark);
          try {
            const entity = await load(loadSignal);
            if (entity && !mark.changed) entries.set(key, entity, { ttl: isFinal(entity) ? FINAL_MS : CHANGING_MS });
            return entity;
          } finally {
            if (reading.get(key) === mark) reading.delete(key);
          }
        },
        signal,
      );
    },
    replace(kind, entity) {
      const key = `${kind}:${entity.id}`;
      changed(key);
      entries.set(key, entity);
    },
    forget(kind, id) {
      const key = `${kind}:${id}`;
      changed(key);
      entries.delete(key);
    },
  };
}

function isFinal(entity: Entities[keyof Entities]): boolean {
  return 'isFinal' in entity && entity.isFinal;
}
