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

/**
 * Each loader is made when it is asked for: an operation reads one or two of them.
 * @param signal the operation's deadline and its caller's presence
 */
export function createLoaders(reads: Reads, signal: CallSignal, staleness: Staleness = createStaleness()): Loaders {
  return new LazyLoaders(reads, signal, staleness);
}

/** A class, because the getters of an object literal are made anew with each object. */
class LazyLoaders implements Loaders {
  readonly #made: { -readonly [Name in keyof Loaders]?: Loaders[Name] } = {};

  constructor(
    private readonly reads: Reads,
    private readonly signal: CallSignal,
    private readonly staleness: Staleness,
  ) {}

  get applicant() {
    this.#made.applicant ??= this.byId('applicant', this.reads.client.getApplicant);
    return this.#made.applicant;
  }
  get applicantByExternalId() {
    const { getApplicantByExternalId } = this.reads.client;
    this.#made.applicantByExternalId ??= this.byOtherName('applicantByExternalId', getApplicantByExternalId);
    return this.#made.applicantByExternalId;
  }
  get profile() {
    this.#made.profile ??= this.byId('profile', this.reads.client.getProfile);
    return this.#made.profile;
  }
  get verification() {
    this.#made.verification ??= this.byId('verification', this.reads.client.getVerification);
    return this.#made.verification;
  }
  get verificationByShortId() {
    const { getVerificationByShortId } = this.reads.client;
    this.#made.verificationByShortId ??= this.byOtherName('verificationByShortId', getVerificationByShortId);
    return this.#made.verificationByShortId;
  }

  private byId<K extends keyof Entities>(
    kind: K,
    load: (id: string, signal: CallSignal) => Promise<Entities[K] | null>,
  ) {
    const { reads, signal, staleness } = this;
    const acceptOld = (entity: object, ageMs: number) => {
      if (staleness.isAllowed) staleness.ages.set(entity, ageMs);
      return staleness.isAllowed;
    };
    return perKey((id) => reads.cache.read(kind, id, (loadSignal) => load(id, loadSignal), signal, acceptOld));
  }

  /** Another name of an entity is not cached: nothing would keep it fresh. */
  private byOtherName<T>(name: string, load: (key: string, signal: CallSignal) => Promise<T | null>) {
    const { reads, signal } = this;
    return perKey((key) => reads.sharedReads.read(`${name}:${key}`, (loadSignal) => load(key, loadSignal), signal));
  }
}

/**
 * Dataspike has no batch reads: each key is its own request. The batch hands DataLoader the promises themselves, which it
 * adopts, so that a key settles, or fails, without waiting for its siblings.
 */
function perKey<T>(load: (key: string) => Promise<T>): DataLoader<string, T> {
  return new DataLoader<string, T>(async (keys) => keys.map(load) as T[]);
}
