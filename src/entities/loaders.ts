import DataLoader from 'dataloader';
import type { Applicant } from '../dataspike/applicant';
import type { DataspikeClient } from '../dataspike/client';
import type { Profile } from '../dataspike/profile';
import type { CallSignal } from '../dataspike/stopSignal';
import type { Verification } from '../dataspike/verification';
import type { Entities, EntityCache } from './entityCache';
import type { SharedReads } from './sharedReads';

/**
 * What one operation has read: it never asks twice for the same thing. A key that fails is an error of that key only.
 * Every load answers null for what does not exist.
 */
export interface Loaders {
  readonly applicant: DataLoader<string, Applicant | null>;
  readonly applicantByExternalId: DataLoader<string, Applicant | null>;
  readonly profile: DataLoader<string, Profile | null>;
  readonly verification: DataLoader<string, Verification | null>;
  readonly verificationByShortId: DataLoader<string, Verification | null>;
}

/** What loaders read through; the same for every operation of the process. */
export interface Reads {
  readonly client: DataspikeClient;
  readonly cache: EntityCache;
  readonly sharedReads: SharedReads;
}

/** What an operation was given although it is old. */
export interface Staleness {
  /** Whether it may be given any: never where somebody acts on it, or is promised the current state. */
  isAllowed: boolean;
  /** Entities as given, with their age in milliseconds. */
  readonly ages: Map<object, number>;
}

/** Nothing old, until somebody allows it. */
export function createStaleness(): Staleness {
  return { isAllowed: false, ages: new Map() };
}

/** @param signal the operation's deadline and its caller's presence */
export function createLoaders(
  { client, cache, sharedReads }: Reads,
  signal: CallSignal,
  staleness: Staleness = createStaleness(),
): Loaders {
  const acceptOld = (entity: object, ageMs: number) => {
    if (staleness.isAllowed) staleness.ages.set(entity, ageMs);
    return staleness.isAllowed;
  };
  const byId = <K extends keyof Entities>(
    kind: K,
    load: (id: string, signal: CallSignal) => Promise<Entities[K] | null>,
  ) => perKey((id) => cache.read(kind, id, (loadSignal) => load(id, loadSignal), signal, acceptOld));

  // Another name of an entity is not cached: nothing would keep it fresh.
  const byOtherName = <T>(name: string, load: (key: string, signal: CallSignal) => Promise<T | null>) =>
    perKey((key) => sharedReads.read(`${name}:${key}`, (loadSignal) => load(key, loadSignal), signal));

  // Each when it is asked for: an operation reads one or two of them.
  const made: { -readonly [Name in keyof Loaders]?: Loaders[Name] } = {};
  return {
    get applicant() {
      made.applicant ??= byId('applicant', client.getApplicant);
      return made.applicant;
    },
    get applicantByExternalId() {
      made.applicantByExternalId ??= byOtherName('applicantByExternalId', client.getApplicantByExternalId);
      return made.applicantByExternalId;
    },
    get profile() {
      made.profile ??= byId('profile', client.getProfile);
      return made.profile;
    },
    get verification() {
      made.verification ??= byId('verification', client.getVerification);
      return made.verification;
    },
    get verificationByShortId() {
      made.verificationByShortId ??= byOtherName('verificationByShortId', client.getVerificationByShortId);
      return made.verificationByShortId;
    },
  };
}

/**
 * Dataspike has no batch reads: each key is its own request. The batch hands DataLoader the promises themselves, which it
 * adopts, so that a key settles, or fails, without waiting for its siblings.
 */
function perKey<T>(load: (key: string) => Promise<T>): DataLoader<string, T> {
  return new DataLoader<string, T>(async (keys) => keys.map(load) as T[]);
}
