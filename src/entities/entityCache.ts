import { LRUCache } from 'lru-cache';
import type { Applicant } from '../dataspike/applicant';
import { UpstreamRateLimited, UpstreamTimeout, UpstreamUnavailable } from '../dataspike/errors';
import type { Profile } from '../dataspike/profile';
import type { CallSignal } from '../dataspike/stopSignal';
import type { Verification } from '../dataspike/verification';
import type { SharedReads } from './sharedReads';

/** What can be read by its id. */
export interface Entities {
  applicant: Applicant;
  profile: Profile;
  verification: Verification;
}

export const ENTITY_KINDS: readonly (keyof Entities)[] = ['applicant', 'profile', 'verification'];

export function isEntityKind(text: string): text is keyof Entities {
  return ENTITY_KINDS.some((kind) => kind === text);
}

/**
 * Entities by id, in memory, for a short time: what can still change for 2 s, final verifications for 60 s. What was
 * known is held for 10 minutes beside it, for who would rather have that than an outage.
 * Knows nothing of callers; rights are applied after it.
 */
export interface EntityCache {
  /**
   * From memory, else from `load`, together with everyone who asks at the same moment. Null is never kept.
   * @param acceptOld when Dataspike cannot answer, whether what was known up to 10 minutes ago will do; told how old
   *   that is. Left out: it will not
   */
  read<K extends keyof Entities>(
    kind: K,
    id: string,
    load: (signal: CallSignal) => Promise<Entities[K] | null>,
    signal: CallSignal,
    acceptOld?: (entity: Entities[K], ageMs: number) => boolean,
  ): Promise<Entities[K] | null>;

  /** What an event says. Kept for 2 s even when final: a delivery may leave out what a read would tell. */
  replace<K extends keyof Entities>(kind: K, entity: Entities[K]): void;

  /** The next read goes to Dataspike, and nothing older will do: what was known is known to be wrong. */
  forget(kind: keyof Entities, id: string): void;

  /**
   * The same for many: a change that concerns others than it names, or one that nobody told of.
   * @param kind left out: everything
   */
  forgetAll(kind?: keyof Entities): void;
}

interface Known {
  readonly entity: Entities[keyof Entities];
  readonly atMs: number;
  readonly freshUntilMs: number;
}

const CHANGING_MS = 2_000;
const FINAL_MS = 60_000;
const OLD_MS = 10 * 60_000;

/**
 * How a read was served: from memory (hit), by asking Dataspike (miss), together with somebody who was asking already
 * (shared), or, Dataspike being down, with what was known (stale, after miss or shared).
 */
type CacheRead = 'hit' | 'miss' | 'shared' | 'stale';

/**
 * @param maxEntries the least recently used go first; default 10,000
 * @param onRead hears of each read, for metrics
 */
export function createEntityCache({
  sharedReads,
  maxEntries = 10_000,
  onRead = () => {},
}: {
  sharedReads: SharedReads;
  maxEntries?: number;
  onRead?: (result: CacheRead) => void;
}): EntityCache {
  // Beyond `freshUntilMs` only for when Dataspike cannot answer.
  const known = new LRUCache<string, Known>({ max: maxEntries });
  // Reads under way, so that none brings back a state from before a change. There may be several of one key: any change
  // lets the next read begin anew.
  const underWay = new Set<{ readonly key: string; isOutdated: boolean }>();

  function outdate(isConcerned: (key: string) => boolean) {
    for (const read of underWay) if (isConcerned(read.key)) read.isOutdated = true;
    sharedReads.detach();
  }

  function keep(key: string, entity: Entities[keyof Entities], freshMs: number) {
    const atMs = performance.now();
    known.set(key, { entity, atMs, freshUntilMs: atMs + freshMs });
  }

  async function loadAndKeep<T extends Entities[keyof Entities]>(key: string, loading: Promise<T | null>) {
    const read = { key, isOutdated: false };
    underWay.add(read);
    try {
      const entity = await loading;
      if (entity && !read.isOutdated) keep(key, entity, isFinal(entity) ? FINAL_MS : CHANGING_MS);
      if (!entity && !read.isOutdated) known.delete(key);
      return entity;
    } finally {
      underWay.delete(read);
    }
  }

  async function readThrough<T extends Entities[keyof Entities]>(
    key: string,
    load: (signal: CallSignal) => Promise<T | null>,
    signal: CallSignal,
    acceptOld: ((entity: T, ageMs: number) => boolean) | undefined,
  ): Promise<T | null> {
    try {
      let result: CacheRead = 'shared';
      const reading = sharedReads.read(
        key,
        (loadSignal) => {
          result = 'miss';
          return loadAndKeep(key, load(loadSignal));
        },
        signal,
      );
      onRead(result);
      return await reading;
    } catch (error) {
      const old = isOutage(error) && !signal.aborted ? known.get(key) : undefined;
      const ageMs = old ? performance.now() - old.atMs : 0;
      if (!old || ageMs >= OLD_MS || !acceptOld?.(old.entity as T, ageMs)) throw error;
      onRead('stale');
      return old.entity as T;
    }
  }

  return {
    read<K extends keyof Entities>(
      kind: K,
      id: string,
      load: (signal: CallSignal) => Promise<Entities[K] | null>,
      signal: CallSignal,
      acceptOld?: (entity: Entities[K], ageMs: number) => boolean,
    ) {
      const key = `${kind}:${id}`;
      const kept = known.get(key);
      if (!kept || performance.now() >= kept.freshUntilMs) return readThrough(key, load, signal, acceptOld);
      onRead('hit');
      return Promise.resolve(kept.entity as Entities[K]);
    },
    replace(kind, entity) {
      const key = `${kind}:${entity.id}`;
      outdate((other) => other === key);
      keep(key, entity, CHANGING_MS);
    },
    forget(kind, id) {
      const key = `${kind}:${id}`;
      outdate((other) => other === key);
      known.delete(key);
    },
    forgetAll(kind) {
      const isConcerned = (key: string) => kind === undefined || key.startsWith(`${kind}:`);
      outdate(isConcerned);
      for (const key of [...known.keys()]) if (isConcerned(key)) known.delete(key);
    },
  };
}

function isFinal(entity: Entities[keyof Entities]): boolean {
  return 'isFinal' in entity && entity.isFinal;
}

/** Whether Dataspike could not say; what it refused is an answer. */
function isOutage(error: unknown): boolean {
  return (
    error instanceof UpstreamUnavailable || error instanceof UpstreamTimeout || error instanceof UpstreamRateLimited
  );
}
