import { readDocuments } from './findings';
import type { Identifiers } from './identifiers';
import type { Outcome } from './outcome';
import type { Announcements, Check, Verification } from './records';

/** What the checks leave behind when they end, by themselves or forced. */
export interface Examination {
  /** Ends one check and tells who wants to know. */
  finishCheck(verification: Verification, check: Check, outcome: Outcome): void;
  /** Ends the checks that still run, and files what was found. The status is left to the caller. */
  finish(verification: Verification, outcome: Outcome): void;
}

/** Codes below are about reading the document: without a reading there is no data. */
const firstCodeOfReadDocument = 3000;

export function createExamination(identifiers: Identifiers, announcements: Announcements): Examination {
  function finishCheck(verification: Verification, check: Check, outcome: Outcome): void {
    check.errors = outcome.errors.get(check.step) ?? [];
    check.status = check.errors.length > 0 ? 'failed' : 'verified';
    if (check.step === 'document_mrz' && check.errors.every((error) => error.code >= firstCodeOfReadDocument)) {
      check.data = readDocuments(identifiers, verification).machineReadableZone;
    }
    if (check.step === 'liveness') {
      const hundredths = identifiers.number('liveness', verification.ordinal) % 10;
      check.data =
        check.status === 'verified'
          ? { liveness_code: 'OK', liveness_score: (90 + hundredths) / 100 }
          : { liveness_code: 'NOT_LIVE', liveness_score: (10 + hundredths) / 100 };
    }
    announcements.checkFinished(verification, check);
  }

  return {
    finishCheck,
    finish(verification, outcome) {
      for (const check of verification.checks) {
        if (check.status !== 'verified' && check.status !== 'failed') finishCheck(verification, check, outcome);
      }
      verification.duplicateApplicantIds = outcome.duplicateApplicantIds;
      verification.identityData = null;
      if (outcome.duplicateApplicantIds.length > 0) {
        verification.applicant.duplicateIds = outcome.duplicateApplicantIds;
      }
      if (outcome.status !== 'verified') return;
      const findings = readDocuments(identifiers, verification);
      verification.identityDocumentType ??= 'passport';
      verification.identityData = findings.identityData;
      verification.applicant.systemInfo = findings.systemInfo;
      verification.country ??= findings.person.country;
    },
  };
}
