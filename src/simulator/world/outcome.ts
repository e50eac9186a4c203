import { isIdentityDocument, isProofOfAddress } from './documentDetection';
import type { CheckError, FixedResult, StoredDocument, Verification } from './records';
import type { CheckStep, VerificationStatus } from './vocabulary';

/** How the checks of one verification will end. */
export interface Outcome {
  readonly status: VerificationStatus;
  readonly errors: ReadonlyMap<CheckStep, readonly CheckError[]>;
  readonly duplicateApplicantIds: readonly string[];
}

/** Codes on record (guide, section 4), and ours inside the documented ranges. */
const messages: Readonly<Record<number, string>> = {
  500: 'tampered file',
  1001: 'document parsing failed',
  2000: 'machine-readable zone could not be read',
  3000: 'document is expired',
  4000: 'face does not match the document',
  4500: 'proof of address could not be read',
  5014: 'liveness check did not pass',
  7000: 'cross check duplicate found by doc number',
  7002: 'cross check duplicate found by photo',
  8000: 'verification is expired',
  8001: 'verification does not take documents any more',
  9000: 'too many attempts',
};

const rangeTitles: readonly (readonly [from: number, to: number, title: string])[] = [
  [500, 501, 'tampering suspected'],
  [1000, 1099, 'document could not be recognised'],
  [1100, 1999, 'data field is missing or wrong'],
  [2000, 2999, 'machine-readable zone is wrong'],
  [3000, 3299, 'document data is not acceptable'],
  [4000, 4499, 'face check did not pass'],
  [4500, 4999, 'proof of address did not pass'],
  [5000, 5499, 'liveness check did not pass'],
  [6000, 6499, 'screening found a match'],
  [7000, 7099, 'duplicate found'],
  [8000, 8099, 'not possible at this point'],
  [9000, 9099, 'a dependency failed'],
];

const usualCode: Readonly<Record<CheckStep, number>> = {
  document_mrz: 2000,
  document_ocr: 1001,
  face_comparison: 4000,
  liveness: 5014,
  poa: 4500,
};

export function describeError(code: number): CheckError {
  const title = rangeTitles.find(([from, to]) => code >= from && code <= to)?.[2];
  return { code, message: messages[code] ?? title ?? 'check did not pass' };
}

/**
 * An outcome that somebody asked for, by `sandbox_result` or through the control route. Codes of checks that the profile
 * lacks are left out; a failure that would be left without any code gets the usual one of the first check.
 */
export function outcomeOf(verification: Verification, fixed: FixedResult): Outcome {
  const errors = new Map<CheckStep, readonly CheckError[]>();
  if (fixed.status === 'failed') {
    for (const { step } of verification.checks) {
      const codes = fixed.errors[step] ?? [];
      if (codes.length > 0) errors.set(step, codes.map(describeError));
    }
    const first = verification.checks[0];
    if (errors.size === 0 && first) errors.set(first.step, [describeError(usualCode[first.step])]);
  }
  return { status: fixed.status, errors, duplicateApplicantIds: [] };
}

/**
 * The outcome that follows from the documents: failed when one holds the text `reject`, or when another applicant
 * uploaded the same identity document before; verified otherwise.
 * @param findEarlierOwners ids of other applicants who uploaded the same bytes before
 */
export function judgeDocuments(
  verification: Verification,
  findEarlierOwners: (document: StoredDocument) => readonly string[],
): Outcome {
  const errors = new Map<CheckStep, CheckError[]>();
  const add = (step: CheckStep | null, code: number) => {
    if (!step) return;
    const known = errors.get(step) ?? [];
    if (!known.some((error) => error.code === code)) errors.set(step, [...known, describeError(code)]);
  };
  const owners = new Set<string>();
  for (const document of verification.documents) {
    if (document.isTampered) add(stepOf(verification, document.type), 500);
    if (isIdentityDocument(document.type)) for (const owner of findEarlierOwners(document)) owners.add(owner);
  }
  const { settings } = verification;
  if (owners.size > 0) {
    if (!settings.disable_cross_check_by_bio) add(stepOf(verification, 'passport'), 7000);
    if (!settings.disable_cross_check_by_photo) add(findStep(verification, ['face_comparison']), 7002);
  }
  const isDuplicate = [...errors.values()].flat().some(({ code }) => code === 7000 || code === 7002);
  return {
    status: errors.size > 0 ? 'failed' : 'verified',
    errors,
    duplicateApplicantIds: isDuplicate ? [...owners] : [],
  };
}

function stepOf(verification: Verification, type: string): CheckStep | null {
  if (isIdentityDocument(type)) return findStep(verification, ['document_mrz', 'document_ocr']);
  if (isProofOfAddress(type)) return findStep(verification, ['poa']);
  return findStep(verification, type === 'liveness_photo' ? ['liveness', 'face_comparison'] : ['face_comparison']);
}

function findStep(verification: Verification, wanted: readonly CheckStep[]): CheckStep | null {
  return wanted.find((step) => verification.checks.some((check) => check.step === step)) ?? null;
}
