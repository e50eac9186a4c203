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

const ENTITY_KINDS: Readonly<Record<keyof Entities, true>> = { applicant: true, profile: true, verification: true };

export function isEntityKind(text: string): text is keyof Entities {
  return Object.hasOwn(ENTITY_KINDS, text);
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

  /**
   * The same for many: a change that concerns others than it names, or one that nobody told of.
   * @param kind left out: everything
   */
  forgetAll(kind?: keyof Entities): void;
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
  // Reads under way, so that none brings back a state from before a change. There may be several of one key: any change
  // lets the next read begin anew.
  const underWay = new Set<{ readonly key: string; isOutdated: boolean }>();

  function outdate(isConcerned: (key: string) => boolean) {
    for (const read of underWay) if (isConcerned(read.key)) read.isOutdated = true;
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
          const read = { key, isOutdated: false };
          underWay.add(read);
          try {
            const entity = await load(loadSignal);
            if (entity && !read.isOutdated) entries.set(key, entity, { ttl: isFinal(entity) ? FINAL_MS : CHANGING_MS });
            return entity;
          } finally {
            underWay.delete(read);
          }
        },
        signal,
      );
    },
    replace(kind, entity) {
      const key = `${kind}:${entity.id}`;
      outdate((other) => other === key);
      entries.set(key, entity);
    },
    forget(kind, id) {
      const key = `${kind}:${id}`;
      outdate((other) => other === key);
      entries.delete(key);
    },
    forgetAll(kind) {
      const isConcerned = (key: string) => kind === undefined || key.startsWith(`${kind}:`);
      outdate(isConcerned);
      for (const key of [...entries.keys()]) if (isConcerned(key)) entries.delete(key);
    },
  };
}

function isFinal(entity: Entities[keyof Entities]): boolean {
  return 'isFinal' in entity && entity.isFinal;
}
