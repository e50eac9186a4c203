import { isIdentityDocument, isProofOfAddress, isTwoSidedDocument, withoutSide } from './documentDetection';
import type { Settings, StoredDocument, Verification } from './records';
import type { CheckStep } from './vocabulary';

/**
 * Which checks a profile asks for. The vendor does not say how, so: OCR when a document without a machine-readable zone
 * is allowed, liveness when a selfie is not enough.
 */
export function requiredSteps(settings: Settings): CheckStep[] {
  const identityTypes = allowedIdentityDocuments(settings);
  const steps: CheckStep[] = [];
  if (settings.poi_required) {
    steps.push('document_mrz');
    if (identityTypes.includes('driver_license')) steps.push('document_ocr');
  }
  if (settings.face_comparison_required) {
    steps.push('face_comparison');
    if (!allowedFaceDocuments(settings).includes('selfie')) steps.push('liveness');
  }
  if (settings.poa_required) steps.push('poa');
  return steps;
}

/** Documents that one check still waits for; `poi` stands for any of several allowed identity documents. */
export function pendingDocumentsOfStep(verification: Verification, step: CheckStep): string[] {
  // A check that has begun waits for nothing, even when it was begun by the control route.
  const check = verification.checks.find((candidate) => candidate.step === step);
  if (check && check.status !== 'pending') return [];
  switch (step) {
    case 'document_mrz':
    case 'document_ocr':
      return pendingIdentityDocuments(verification);
    case 'face_comparison':
      return [...pendingIdentityDocuments(verification), ...pendingFaceDocuments(verification)];
    case 'liveness':
      return pendingFaceDocuments(verification);
    case 'poa':
      return verification.documents.some((document) => isProofOfAddress(document.type)) ? [] : ['poa'];
  }
}

/** All documents that the verification still waits for, each once. */
export function pendingDocuments(verification: Verification): string[] {
  return [...new Set(verification.checks.flatMap((check) => pendingDocumentsOfStep(verification, check.step)))];
}

/** Whether the profile has any use for a document of this type. */
export function fitsSettings(settings: Settings, type: string): boolean {
  if (isIdentityDocument(type)) {
    return settings.poi_required === true && allowedIdentityDocuments(settings).includes(withoutSide(type));
  }
  if (isProofOfAddress(type)) return settings.poa_required === true;
  return settings.face_comparison_required === true && allowedFaceDocuments(settings).includes(type);
}

/** The newest document of each type that fits, in the order of arrival. */
export function selectDocuments(settings: Settings, documents: readonly StoredDocument[]): StoredDocument[] {
  const newestByType = new Map<string, StoredDocument>();
  for (const document of documents) {
    if (document.isUsable && fitsSettings(settings, document.type)) newestByType.set(document.type, document);
  }
  return [...newestByType.values()].sort((left, right) => left.ordinal - right.ordinal);
}

/** A profile that lists countries cannot go on without knowing the applicant's. */
export function needsCountry(verification: Verification): boolean {
  return (verification.settings.countries ?? []).length > 0 && verification.country === null;
}

/** @param country alpha-2 */
export function acceptsCountry(settings: Settings, country: string): boolean {
  const listed = settings.countries ?? [];
  if (listed.length === 0) return true;
  return listed.includes(country) === (settings.area_filter_type !== 'exclude');
}

function allowedIdentityDocuments(settings: Settings): readonly string[] {
  return settings.poi_allowed_documents ?? ['passport', 'id_card', 'residence_permit'];
}

function allowedFaceDocuments(settings: Settings): readonly string[] {
  return settings.face_comparison_allowed_documents ?? ['selfie', 'liveness_photo'];
}

function pendingIdentityDocuments(verification: Verification): string[] {
  if (!verification.settings.poi_required) return [];
  const present = verification.documents.map((document) => document.type).filter(isIdentityDocument);
  const complete = present.some(
    (type) => !isTwoSidedDocument(withoutSide(type)) || present.includes(otherSideOf(type)),
  );
  if (complete) return [];
  const newest = present.at(-1);
  if (newest) return [otherSideOf(newest)];
  const allowed = allowedIdentityDocuments(verification.settings);
  return [allowed.length === 1 && allowed[0] ? allowed[0] : 'poi'];
}

function otherSideOf(type: string): string {
  return type.endsWith('_front') ? `${withoutSide(type)}_back` : `${withoutSide(type)}_front`;
}

function pendingFaceDocuments(verification: Verification): string[] {
  if (!verification.settings.face_comparison_required) return [];
  const allowed = allowedFaceDocuments(verification.settings);
  const isPresent = verification.documents.some((document) => allowed.includes(document.type));
  return isPresent ? [] : [allowed.includes('selfie') ? 'selfie' : 'liveness_photo'];
}
