import { requiredSteps } from './checks';
import type { Clock } from './clock';
import type { Identifiers } from './identifiers';
import type { Lifecycle } from './lifecycle';
import type { Applicant, FixedResult, Info, Profile, Settings, StoredDocument, Verification } from './records';
import type { Store } from './store';

/** Makes applicants, documents and verifications, for the routes and for seeding alike. */
export interface Enrolment {
  enrolApplicant(details?: ApplicantDetails): Applicant;
  /** Files a document with its owner; no verification hears of it. */
  fileDocument(details: DocumentDetails): StoredDocument;
  /** Files a verification in status `initial` with the documents that the applicant already has. */
  openVerification(details: VerificationDetails): Verification;
}

export interface ApplicantDetails {
  readonly externalId?: string | null;
  readonly type?: string;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly info?: Info;
  readonly amlScreeningEnabled?: boolean;
  readonly searchOptions?: Info | null;
  /** Default: now */
  readonly createdAtMs?: number;
}

export type DocumentDetails = Omit<StoredDocument, 'id' | 'ordinal'>;

export interface VerificationDetails {
  readonly applicant: Applicant;
  readonly profile: Profile;
  readonly settings: Settings;
  readonly expirationMinutes: number;
  /** Alpha-2 */
  readonly country?: string | null;
  readonly redirectUrl?: string | null;
  readonly sandboxResult?: FixedResult | null;
  /** Default: now */
  readonly createdAtMs?: number;
}

export function createEnrolment(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly lifecycle: Lifecycle;
}): Enrolment {
  const { store, clock, identifiers, lifecycle } = parts;
  let applicantCount = 0;
  let documentCount = 0;
  let verificationCount = 0;

  return {
    enrolApplicant(details = {}) {
      applicantCount += 1;
      const applicant: Applicant = {
        id: identifiers.nextId('applicant'),
        ordinal: applicantCount,
        externalId: details.externalId ?? null,
        createdAtMs: details.createdAtMs ?? clock.now(),
        type: details.type ?? 'Person',
        email: details.email ?? null,
        phone: details.phone ?? null,
        providedInfo: details.info ?? {},
        systemInfo: {},
        verificationStatus: 'initial',
        amlScreeningEnabled: details.amlScreeningEnabled ?? false,
        lastScreening: null,
        telegramProfile: null,
        searchOptions: details.searchOptions ?? null,
        duplicateIds: [],
        verifications: [],
        documents: [],
      };
      store.addApplicant(applicant);
      return applicant;
    },
    fileDocument(details) {
      documentCount += 1;
      const document: StoredDocument = {
        ...details,
        id: identifiers.nextId('document'),
        ordinal: documentCount,
      };
      store.addDocument(document);
      return document;
    },
    openVerification(details) {
      verificationCount += 1;
      const createdAtMs = details.createdAtMs ?? clock.now();
      const verification: Verification = {
        id: identifiers.nextId('verification'),
        ordinal: verificationCount,
        shortId: identifiers.nextShortId(),
        applicant: details.applicant,
        profile: details.profile,
        settings: details.settings,
        createdAtMs,
        expiresAtMs: createdAtMs + details.expirationMinutes * 60_000,
        checks: requiredSteps(details.settings).map((step) => ({ step, status: 'pending', errors: [], data: null })),
        sandboxResult: details.sandboxResult ?? null,
        redirectUrl: details.redirectUrl ?? null,
        status: 'initial',
        updatedAtMs: createdAtMs,
        completedAtMs: null,
        documents: [],
        country: details.country ?? null,
        identityDocumentType: null,
        identityData: null,
        duplicateApplicantIds: [],
        manualFields: null,
        amlSearchId: null,
        uploadAttempts: 0,
        trackingEvents: [],
        scheduled: [],
      };
      store.addVerification(verification);
      lifecycle.begin(verification);
      return verification;
    },
  };
}
