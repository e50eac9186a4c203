import { needsCountry, pendingDocuments, selectDocuments } from './checks';
import type { Clock } from './clock';
import { isIdentityDocument, withoutSide } from './documentDetection';
import { createExamination } from './examination';
import type { Identifiers } from './identifiers';
import { judgeDocuments, type Outcome, outcomeOf } from './outcome';
import type { Announcements, FixedResult, StoredDocument, Verification } from './records';
import type { Store } from './store';
import type { VerificationStatus } from './vocabulary';

/** The state machine of the guide's section 3; the only place that changes a verification's status. */
export interface Lifecycle {
  /** A verification has just been made: picks up the applicant's documents, sees to its expiry. */
  begin(verification: Verification): void;
  /** Whether it still takes documents; expires it first when its time has passed. */
  isOpen(verification: Verification): boolean;
  takeDocument(verification: Verification, document: StoredDocument): void;
  /** @returns why not, or null when it is being checked from now on */
  proceed(verification: Verification): ProceedRefusal | null;
  /** @returns false when it has ended as verified or failed */
  cancel(verification: Verification): boolean;
  /**
   * Puts a verification into any status at once, legal or not.
   * @param notify also sends DOCVER for a status that is not final
   */
  force(verification: Verification, result: FixedResult, notify: boolean): void;
}

export interface ProceedRefusal {
  readonly error: 'country_unknown' | 'documents_missing' | 'invalid_status';
  readonly message: string;
  readonly pendingDocuments: readonly string[];
}

export interface LifecycleOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly announcements: Announcements;
  /** From proceed to the end of the last check; the checks end one after another, evenly spread */
  readonly checkDurationMs: number;
}

/** One in so many screened applicants turns out to carry a medium risk. */
const screeningPeriod = 4;

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { store, clock, identifiers, announcements, checkDurationMs } = options;
  const examination = createExamination(identifiers, announcements);

  function isOpen(verification: Verification): boolean {
    if (verification.status !== 'initial' && verification.status !== 'pending') return false;
    if (clock.now() < verification.expiresAtMs) return true;
    end(verification, 'expired');
    return false;
  }

  function change(verification: Verification, status: VerificationStatus): void {
    for (const cancel of verification.scheduled.splice(0)) cancel();
    verification.status = status;
    verification.updatedAtMs = clock.now();
    verification.completedAtMs = status === 'verified' || status === 'failed' ? clock.now() : null;
    updateApplicant(verification);
  }

  function end(verification: Verification, status: VerificationStatus): void {
    change(verification, status);
    const isScreened = status === 'verified' && verification.applicant.amlScreeningEnabled;
    if (isScreened) screenApplicant(verification);
    announcements.verificationChanged(verification);
    if (isScreened) announcements.applicantScreened(verification);
  }

  function updateApplicant({ applicant, status }: Verification): void {
    if (status === 'in_progress') applicant.verificationStatus = 'queued';
    else if (status === 'verified') applicant.verificationStatus = 'passed';
    else if (status === 'failed') applicant.verificationStatus = 'failed';
    else if (applicant.verificationStatus === 'queued') applicant.verificationStatus = 'initial';
  }

  function screenApplicant(verification: Verification): void {
    const isRisky = identifiers.number('screening', verification.applicant.ordinal) % screeningPeriod === 0;
    verification.amlSearchId = identifiers.nextId('screening');
    verification.applicant.lastScreening = {
      id: verification.amlSearchId,
      atMs: clock.now(),
      risk: isRisky ? 'Medium' : 'Low',
      tags: isRisky ? ['PEP'] : [],
    };
  }

  function expireLater(verification: Verification): void {
    const waitMs = verification.expiresAtMs - clock.now();
    verification.scheduled.push(clock.after(waitMs, () => end(verification, 'expired')));
  }

  function useDocuments(verification: Verification, documents: readonly StoredDocument[]): void {
    verification.documents = selectDocuments(verification.settings, documents);
    const identity = verification.documents.findLast((document) => isIdentityDocument(document.type));
    verification.identityDocumentType = identity ? withoutSide(identity.type) : null;
    const issued = verification.documents.findLast((document) => document.issuedCountry !== null);
    verification.country ??= issued?.issuedCountry ?? null;
  }

  function conclude(verification: Verification, outcome: Outcome): void {
    examination.finish(verification, outcome);
    end(verification, outcome.status);
  }

  function startChecks(verification: Verification): void {
    change(verification, 'in_progress');
    for (const check of verification.checks) check.status = 'in_progress';
    const fixed = verification.sandboxResult;
    if (fixed && fixed.status !== 'verified' && fixed.status !== 'failed') {
      scheduleEnd(verification, () => leaveUndecided(verification, fixed.status));
      return;
    }
    const outcome = fixed
      ? outcomeOf(verification, fixed)
      : judgeDocuments(verification, (document) => store.findEarlierOwners(document));
    verification.checks.slice(0, -1).forEach((check, position) => {
      const waitMs = (checkDurationMs * (position + 1)) / verification.checks.length;
      verification.scheduled.push(clock.after(waitMs, () => examination.finishCheck(verification, check, outcome)));
    });
    scheduleEnd(verification, () => conclude(verification, outcome));
  }

  function scheduleEnd(verification: Verification, task: () => void): void {
    verification.scheduled.push(clock.after(checkDurationMs, task));
  }

  /** A sandbox result that is no verdict: `in_progress` stays as it is until somebody cancels or forces it. */
  function leaveUndecided(verification: Verification, status: VerificationStatus): void {
    if (status !== 'in_progress') end(verification, status);
  }

  return {
    isOpen,
    begin(verification) {
      useDocuments(verification, verification.applicant.documents);
      expireLater(verification);
    },
    takeDocument(verification, document) {
      useDocuments(verification, [...verification.documents, document]);
      if (!verification.documents.includes(document) || verification.status !== 'initial') return;
      verification.status = 'pending';
      verification.updatedAtMs = clock.now();
    },
    proceed(verification) {
      if (!isOpen(verification)) {
        return {
          error: 'invalid_status',
          message: `verification is ${verification.status}`,
          pendingDocuments: [],
        };
      }
      const missing = pendingDocuments(verification);
      if (needsCountry(verification)) {
        return { error: 'country_unknown', message: 'country is not known', pendingDocuments: missing };
      }
      if (missing.length > 0) {
        return { error: 'documents_missing', message: 'documents are missing', pendingDocuments: missing };
      }
      startChecks(verification);
      return null;
    },
    cancel(verification) {
      isOpen(verification);
      if (verification.status === 'verified' || verification.status === 'failed') return false;
      if (verification.status !== 'canceled') end(verification, 'canceled');
      return true;
    },
    force(verification, result, notify) {
      const { status } = result;
      if (status === 'verified' || status === 'failed') {
        for (const check of verification.checks) check.status = 'in_progress';
        conclude(verification, outcomeOf(verification, result));
        return;
      }
      if (status === 'canceled' || status === 'expired') {
        end(verification, status);
        return;
      }
      change(verification, status);
      verification.identityData = null;
      verification.duplicateApplicantIds = [];
      for (const check of verification.checks) {
        check.status = status === 'in_progress' ? 'in_progress' : 'pending';
        check.errors = [];
        check.data = null;
      }
      if (status !== 'in_progress') expireLater(verification);
      if (notify) announcements.verificationChanged(verification);
    },
  };
}
