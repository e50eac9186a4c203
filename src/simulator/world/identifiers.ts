/**
 * Ids, secrets and "random" choices that follow from the seed alone.
 *
 * A counter is spread by a bijective 32-bit mixer, so ids never repeat within a kind and cost no cryptography: seeding
 * 100,000 records is mostly making ids.
 */
export interface Identifiers {
  /** The next id of its kind: a UUID. Versions differ by kind, as the vendor's do (guide, section 2). */
  nextId(kind: IdentifierKind): string;
  /** `V` and 15 or 16 capital hex digits. */
  nextShortId(): string;
  /** `L` and 23 letters or digits. */
  nextLinkId(): string;
  /** `whsec_` and 64 hex digits. */
  nextSecret(): string;
  /** A number of 0 to 2^32 - 1 that depends on the seed, the lane and the index, and on nothing that happened before. */
  number(lane: string, index: number): number;
}

export type IdentifierKind =
  | 'applicant'
  | 'verification'
  | 'document'
  | 'profile'
  | 'organization'
  | 'webhook'
  | 'event'
  | 'screening'
  | 'search';

const uuidVersions: Record<IdentifierKind, 4 | 6 | 7> = {
  applicant: 7,
  verification: 7,
  document: 6,
  profile: 7,
  organization: 4,
  webhook: 7,
  event: 7,
  screening: 7,
  search: 4,
};

const base62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function createIdentifiers(seed: number): Identifiers {
  const laneKeys = new Map<string, number>();
  const laneKeysByKind = new Map<string, readonly number[]>();
  const counters = new Map<string, number>();

  function number(lane: string, index: number): number {
    let key = laneKeys.get(lane);
    if (key === undefined) {
      key = hashText(`${seed}:${lane}`);
      laneKeys.set(lane, key);
    }
    return spread(key, index);
  }

  function next(kind: string): number {
    const count = (counters.get(kind) ?? 0) + 1;
    counters.set(kind, count);
    return count;
  }

  /** The lanes of one kind, named once: making ids is most of seeding. */
  function lanesOf(kind: string): readonly number[] {
    let keys = laneKeysByKind.get(kind);
    if (!keys) {
      keys = ['a', 'b', 'c', 'd'].map((part) => hashText(`${seed}:${kind}.${part}`));
      laneKeysByKind.set(kind, keys);
    }
    return keys;
  }

  function hexWord(lane: string, index: number): string {
    return number(lane, index).toString(16).padStart(8, '0');
  }

  return {
    number,
    nextId(kind) {
      const index = next(kind);
      let digits = '';
      for (const key of lanesOf(kind)) digits += spread(key, index).toString(16).padStart(8, '0');
      const variant = '89ab'[index % 4];
      return (
        `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${uuidVersions[kind]}${digits.slice(13, 16)}` +
        `-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`
      );
    },
    nextShortId() {
      const index = next('short');
      const digits = (hexWord('short.a', index) + hexWord('short.b', index)).toUpperCase();
      return `V${digits.slice(0, 15 + (number('short.length', index) % 2))}`;
    },
    nextLinkId() {
      const index = next('link');
      const letters = Array.from({ length: 23 }, (_, position) => base62[number(`link.${position}`, index) % 62]);
      return `L${letters.join('')}`;
    },
    nextSecret() {
      const index = next('secret');
      return `whsec_${Array.from({ length: 8 }, (_, position) => hexWord(`secret.${position}`, index)).join('')}`;
    },
  };
}

/** One to one in the index, so that nothing repeats. */
function spread(key: number, index: number): number {
  return mix(mix(index + key) ^ key);
}

/** FNV-1a, 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  }
  return hash >>> 0;
}

/** The finaliser of MurmurHash3: a bijection on 32 bits. */
function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
