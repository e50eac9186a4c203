import { registerEnumType } from 'type-graphql';
import { CallerKind } from '../access/caller';
import { ApplicantStatus, ApplicantType, Gender, RiskScore, SearchMode } from '../dataspike/applicant';
import { CheckErrorCategory } from '../dataspike/checkError';
import { DocumentType } from '../dataspike/document';
import { CheckStatus, CheckStep, VerificationStatus } from '../dataspike/verification';

/** Where an update of a subscription comes from; SNAPSHOT is no event of the log. */
export const VerificationUpdateSource = {
  WEBHOOK: 'WEBHOOK',
  POLL: 'POLL',
  HISTORY: 'HISTORY',
  MUTATION: 'MUTATION',
  SNAPSHOT: 'SNAPSHOT',
} as const;
export type VerificationUpdateSource = keyof typeof VerificationUpdateSource;

export const VerificationUpdateKind = { SNAPSHOT: 'SNAPSHOT', CHANGE: 'CHANGE', RESYNC: 'RESYNC' } as const;
export type VerificationUpdateKind = keyof typeof VerificationUpdateKind;

export const UserErrorCode = {
  INVALID: 'INVALID',
  NOT_FOUND: 'NOT_FOUND',
  INVALID_TRANSITION: 'INVALID_TRANSITION',
  DOCUMENTS_MISSING: 'DOCUMENTS_MISSING',
  UNCERTAIN_OUTCOME: 'UNCERTAIN_OUTCOME',
  IDEMPOTENCY_CONFLICT: 'IDEMPOTENCY_CONFLICT',
  REFUSED: 'REFUSED',
} as const;
export type UserErrorCode = keyof typeof UserErrorCode;

const NEW_WORD = 'A word of Dataspike that the gateway does not know; the raw text stays readable beside it.';

register(ApplicantType, 'ApplicantType', 'Who is verified.', {
  PERSON: 'A person.',
  COMPANY: 'An organization.',
  UNKNOWN: NEW_WORD,
});
register(
  ApplicantStatus,
  'ApplicantStatus',
  'Where an applicant stands, in the vocabulary that Dataspike has for applicants.',
  {
    INITIAL: 'Nothing was submitted yet.',
    QUEUED: 'Being checked.',
    PASSED: 'The newest verification succeeded.',
    FAILED: 'The newest verification failed.',
    UNKNOWN: NEW_WORD,
  },
);
register(Gender, 'Gender', 'As stated, or as a document says.', {
  FEMALE: 'F or Female.',
  MALE: 'M or Male.',
  OTHER: 'Neither; seen in AML data.',
  UNKNOWN: NEW_WORD,
});
register(RiskScore, 'RiskScore', 'The result of AML screening.', {
  LOW: 'Low risk.',
  MEDIUM: 'Medium risk.',
  HIGH: 'High risk.',
  UNKNOWN: NEW_WORD,
});
register(SearchMode, 'SearchMode', 'Which names AML monitoring searches for.', {
  AUTO: 'Dataspike decides.',
  FULL_NAME_ONLY: 'The full name only.',
  FIRST_AND_LAST_NAME_ONLY: 'First and last name only.',
});
register(VerificationStatus, 'VerificationStatus', 'Where a verification stands.', {
  INITIAL: 'Created, nothing uploaded.',
  PENDING: 'Some documents are uploaded, some still missing.',
  IN_PROGRESS: 'Submitted, being checked.',
  VERIFIED: 'All checks passed. Final.',
  FAILED: 'At least one check failed. Final.',
  CANCELED: 'Canceled by a call. Final.',
  EXPIRED: 'Time ran out before it was submitted. Final.',
  UNKNOWN: `${NEW_WORD} Treated as not final.`,
});
register(CheckStep, 'CheckStep', 'What a check looks at.', {
  DOCUMENT_MRZ: 'The machine readable zone of the identity document.',
  DOCUMENT_OCR: 'The printed text of the identity document.',
  FACE_COMPARISON: 'The face against the photo of the document.',
  LIVENESS: 'Whether a living person is in front of the camera.',
  PROOF_OF_ADDRESS: 'The document that proves the address.',
  UNKNOWN: NEW_WORD,
});
register(CheckStatus, 'CheckStatus', 'Where a check stands.', {
  PENDING: 'Waits for documents.',
  IN_PROGRESS: 'Is running.',
  VERIFIED: 'Passed.',
  FAILED: 'Did not pass; the errors say why.',
  UNKNOWN: NEW_WORD,
});
register(CheckErrorCategory, 'CheckErrorCategory', "What a check's error is about, from the range of its code.", {
  TAMPERING: '500 to 501: the file was manipulated.',
  OCR: '1000 to 1099: reading or detecting the document.',
  DATA: '1100 to 1999: data fields.',
  MRZ: '2000 to 2999: the machine readable zone.',
  VALIDITY: '3000 to 3299: expiry, mismatch, age.',
  FACE: '4000 to 4499: the face.',
  ADDRESS: '4500 to 4999: the proof of address.',
  LIVENESS: '5000 to 5499: liveness.',
  AML: '6000 to 6499: AML screening.',
  DUPLICATE: '7000 to 7099: somebody else has the same document or face.',
  FLOW: '8000 to 8099: the flow, for example 8000, expired.',
  DEPENDENCY: '9000 to 9099: something that Dataspike depends on; 9000 also means too many attempts.',
  KYB: '9500 to 9799: company documents.',
  DEVICE: '10000 and 11000 to 11099: device fingerprint and SSN.',
  UNKNOWN: 'A code outside every known range.',
});
register(DocumentType, 'DocumentType', 'The kind of a document.', {
  PASSPORT: 'Passport.',
  VISA: 'Visa.',
  ID_CARD: 'Identity card, one file.',
  ID_CARD_FRONT: 'Identity card, front.',
  ID_CARD_BACK: 'Identity card, back.',
  RESIDENCE_PERMIT: 'Residence permit, one file.',
  RESIDENCE_PERMIT_FRONT: 'Residence permit, front.',
  RESIDENCE_PERMIT_BACK: 'Residence permit, back.',
  DRIVER_LICENSE: 'Driving licence, one file.',
  DRIVER_LICENSE_FRONT: 'Driving licence, front.',
  DRIVER_LICENSE_BACK: 'Driving licence, back.',
  SELFIE: 'Photo of the face.',
  LIVENESS_PHOTO: 'Photo from the liveness check.',
  LIVENESS_PHOTO_EXTRA: 'Further photo from the liveness check.',
  POA: 'Any proof of address.',
  POA_UTILITY_BILL: 'Utility bill.',
  POA_BANK_STATEMENT: 'Bank statement.',
  POA_RESIDENCE_REGISTRATION: 'Registration of residence.',
  POI: 'An identity document whose kind Dataspike is to detect; for uploads.',
  KYB_CERTIFICATE_OF_INCORPORATION: 'Certificate of incorporation.',
  KYB_OWNERSHIP_DOCUMENT: 'Document about the owners of a company.',
  OTHER: 'Something else.',
  UNKNOWN: NEW_WORD,
});
register(CallerKind, 'ViewerKind', 'How a caller proved who they are.', {
  USER: "A person, by a token of the operator's identity provider.",
  API_KEY: 'A program, by an API key of the gateway.',
  WATCHER: 'A browser that may follow one verification.',
});
register(VerificationUpdateKind, 'VerificationUpdateKind', 'Why an update is sent.', {
  SNAPSHOT: 'Where it stands now, sent first when verificationId is given and `after` is not.',
  CHANGE: 'Something changed.',
  RESYNC: 'Updates were skipped (the cursor is too old, or the reader too slow): here is where it stands now.',
});
register(VerificationUpdateSource, 'VerificationUpdateSource', 'How the gateway came to know.', {
  WEBHOOK: 'Dataspike delivered it.',
  POLL: 'The gateway asked, because somebody watches.',
  HISTORY: "Found in Dataspike's history of deliveries.",
  MUTATION: 'A mutation of this gateway changed it.',
  SNAPSHOT: 'Read for this subscription.',
});
register(UserErrorCode, 'UserErrorCode', 'What kind of refusal a user error is.', {
  INVALID: 'The input is not acceptable; `path` says where.',
  NOT_FOUND: 'What the input names does not exist.',
  INVALID_TRANSITION: 'The verification cannot go there from where it stands.',
  DOCUMENTS_MISSING: 'Documents, or the country, are missing.',
  UNCERTAIN_OUTCOME: 'Nobody knows whether it was done.',
  IDEMPOTENCY_CONFLICT: 'The idempotencyKey stands for something else.',
  REFUSED: 'Dataspike refused for another reason; the message says which.',
});

function register<T extends Record<string, string>>(
  values: T,
  name: string,
  description: string,
  descriptions: Record<keyof T & string, string>,
): void {
  const entries = Object.entries(descriptions).map(([value, text]) => [value, { description: text }]);
  registerEnumType(values, { name, description, valuesConfig: Object.fromEntries(entries) });
}
