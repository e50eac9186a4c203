import type {
  CheckErrorCategory,
  CheckStatus,
  CheckStep,
  DocumentType,
  VerificationStatus,
} from '../generated/graphql';

/** In the order of a verification's life. */
export const STATUSES: readonly VerificationStatus[] = [
  'INITIAL',
  'PENDING',
  'IN_PROGRESS',
  'VERIFIED',
  'FAILED',
  'EXPIRED',
  'CANCELED',
];

export const STATUS_WORDS: Readonly<Record<VerificationStatus, string>> = {
  INITIAL: 'Created',
  PENDING: 'Uploading',
  IN_PROGRESS: 'Being checked',
  VERIFIED: 'Verified',
  FAILED: 'Failed',
  EXPIRED: 'Expired',
  CANCELED: 'Canceled',
  UNKNOWN: 'Unknown',
};

export const CHECK_STATUS_WORDS: Readonly<Record<CheckStatus, string>> = {
  PENDING: 'Waits for documents',
  IN_PROGRESS: 'Being checked',
  VERIFIED: 'Passed',
  FAILED: 'Did not pass',
  UNKNOWN: 'Unknown',
};

export const STEP_WORDS: Readonly<Record<CheckStep, string>> = {
  DOCUMENT_MRZ: 'Machine readable zone',
  DOCUMENT_OCR: 'Text of the document',
  FACE_COMPARISON: 'Face against the document',
  LIVENESS: 'Living person',
  PROOF_OF_ADDRESS: 'Proof of address',
  UNKNOWN: 'Another check',
};

/** What an error of a check is about, for whoever does not know Dataspike's codes. */
export const CATEGORY_WORDS: Readonly<Record<CheckErrorCategory, string>> = {
  TAMPERING: 'The file was manipulated',
  OCR: 'The document could not be read',
  DATA: 'The data do not fit',
  MRZ: 'The machine readable zone is wrong',
  VALIDITY: 'The document is not valid',
  FACE: 'The face does not fit',
  ADDRESS: 'The proof of address does not do',
  LIVENESS: 'No living person was seen',
  AML: 'Found on a watch list',
  DUPLICATE: 'Somebody else has the same document or face',
  FLOW: 'The steps were not completed',
  DEPENDENCY: 'A service of Dataspike did not answer, or there were too many attempts',
  KYB: "The company's documents do not do",
  DEVICE: 'The device or the number does not fit',
  UNKNOWN: 'Another reason',
};

/** Where Dataspike's own word is an abbreviation. */
const DOCUMENT_WORDS: Partial<Record<DocumentType, string>> = {
  POI: 'Identity document',
  POA: 'Proof of address',
  ID_CARD: 'Identity card',
  ID_CARD_FRONT: 'Identity card front',
  ID_CARD_BACK: 'Identity card back',
};

export function toDocumentWords(type: DocumentType): string {
  return DOCUMENT_WORDS[type] ?? toWords(type);
}

/** DRIVER_LICENSE_BACK → Driver license back */
export function toWords(name: string): string {
  const words = name.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
