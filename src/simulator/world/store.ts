import type { Applicant, Link, Profile, StoredDocument, Verification, Webhook } from './records';

/** Everything the simulator remembers, indexed by whatever a route asks for. Lists are oldest first. */
export interface Store {
  readonly applicants: readonly Applicant[];
  readonly verifications: readonly Verification[];
  readonly profiles: readonly Profile[];
  readonly webhooks: ReadonlyMap<string, Webhook>;
  addApplicant(applicant: Applicant): void;
  removeApplicant(applicant: Applicant): void;
  findApplicant(id: string): Applicant | null;
  /** The newest one, where several share an external id: the vendor does not say what it does. */
  findApplicantByExternalId(externalId: string): Applicant | null;
  addVerification(verification: Verification): void;
  findVerification(id: string): Verification | null;
  findVerificationByShortId(shortId: string): Verification | null;
  addDocument(document: StoredDocument): void;
  findDocument(id: string): StoredDocument | null;
  /** Ids of other, still existing applicants who uploaded the same bytes before this document came. */
  findEarlierOwners(document: StoredDocument): string[];
  addProfile(profile: Profile): void;
  findProfile(id: string): Profile | null;
  addLink(link: Link): void;
  findLink(id: string): Link | null;
  addWebhook(webhook: Webhook): void;
  removeWebhook(webhook: Webhook): void;
}

export function createStore(): Store {
  const applicants: Applicant[] = [];
  const applicantsById = new Map<string, Applicant>();
  const applicantsByExternalId = new Map<string, Applicant[]>();
  const verifications: Verification[] = [];
  const verificationsById = new Map<string, Verification>();
  const verificationsByShortId = new Map<string, Verification>();
  const documentsById = new Map<string, StoredDocument>();
  const documentsByDigest = new Map<string, StoredDocument[]>();
  const profiles: Profile[] = [];
  const profilesById = new Map<string, Profile>();
  const linksById = new Map<string, Link>();
  const webhooks = new Map<string, Webhook>();

  return {
    applicants,
    verifications,
    profiles,
    webhooks,
    addApplicant(applicant) {
      applicants.push(applicant);
      applicantsById.set(applicant.id, applicant);
      if (applicant.externalId !== null) append(applicantsByExternalId, applicant.externalId, applicant);
    },
    removeApplicant(applicant) {
      take(applicants, applicant);
      applicantsById.delete(applicant.id);
      if (applicant.externalId !== null) take(applicantsByExternalId.get(applicant.externalId) ?? [], applicant);
      for (const document of applicant.documents) {
        documentsById.delete(document.id);
        take(documentsByDigest.get(document.digest ?? '') ?? [], document);
      }
    },
    findApplicant: (id) => applicantsById.get(id) ?? null,
    findApplicantByExternalId: (externalId) => applicantsByExternalId.get(externalId)?.at(-1) ?? null,
    addVerification(verification) {
      verifications.push(verification);
      verificationsById.set(verification.id, verification);
      verificationsByShortId.set(verification.shortId, verification);
      verification.applicant.verifications.push(verification);
    },
    findVerification: (id) => verificationsById.get(id) ?? null,
    findVerificationByShortId: (shortId) => verificationsByShortId.get(shortId) ?? null,
    addDocument(document) {
      documentsById.set(document.id, document);
      if (document.digest !== null) append(documentsByDigest, document.digest, document);
      document.applicant.documents.push(document);
    },
    findDocument: (id) => documentsById.get(id) ?? null,
    findEarlierOwners(document) {
      const twins = documentsByDigest.get(document.digest ?? '') ?? [];
      const earlier = twins.filter((twin) => twin.ordinal < document.ordinal && twin.applicant !== document.applicant);
      return [...new Set(earlier.map((twin) => twin.applicant.id))];
    },
    addProfile(profile) {
      profiles.push(profile);
      profilesById.set(profile.id, profile);
    },
    findProfile: (id) => profilesById.get(id) ?? null,
    addLink: (link) => void linksById.set(link.id, link),
    findLink: (id) => linksById.get(id) ?? null,
    addWebhook: (webhook) => void webhooks.set(webhook.id, webhook),
    removeWebhook: (webhook) => void webhooks.delete(webhook.id),
  };
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function take<Item>(list: Item[], item: Item): void {
  const position = list.indexOf(item);
  if (position >= 0) list.splice(position, 1);
}
