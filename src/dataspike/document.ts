import type { Gender } from './applicant';
import type { CheckError } from './checkError';

/** Every value of the OpenAPI document's DocumentType, upper-cased, plus UNKNOWN. */
export const DocumentType = {
  PASSPORT: 'PASSPORT',
  VISA: 'VISA',
  ID_CARD: 'ID_CARD',
  ID_CARD_FRONT: 'ID_CARD_FRONT',
  ID_CARD_BACK: 'ID_CARD_BACK',
  RESIDENCE_PERMIT: 'RESIDENCE_PERMIT',
  RESIDENCE_PERMIT_FRONT: 'RESIDENCE_PERMIT_FRONT',
  RESIDENCE_PERMIT_BACK: 'RESIDENCE_PERMIT_BACK',
  DRIVER_LICENSE: 'DRIVER_LICENSE',
  DRIVER_LICENSE_FRONT: 'DRIVER_LICENSE_FRONT',
  DRIVER_LICENSE_BACK: 'DRIVER_LICENSE_BACK',
  SELFIE: 'SELFIE',
  LIVENESS_PHOTO: 'LIVENESS_PHOTO',
  LIVENESS_PHOTO_EXTRA: 'LIVENESS_PHOTO_EXTRA',
  POA: 'POA',
  POA_UTILITY_BILL: 'POA_UTILITY_BILL',
  POA_BANK_STATEMENT: 'POA_BANK_STATEMENT',
  POA_RESIDENCE_REGISTRATION: 'POA_RESIDENCE_REGISTRATION',
  POI: 'POI',
  KYB_CERTIFICATE_OF_INCORPORATION: 'KYB_CERTIFICATE_OF_INCORPORATION',
  KYB_OWNERSHIP_DOCUMENT: 'KYB_OWNERSHIP_DOCUMENT',
  OTHER: 'OTHER',
  UNKNOWN: 'UNKNOWN',
} as const;
export type DocumentType = keyof typeof DocumentType;

/** A file of an applicant, as a verification lists it. */
export interface Document {
  readonly id: string;
  readonly type: DocumentType;
  /** The vendor's own word. */
  readonly rawType: string;
  /** Media type, for example image/jpeg. */
  readonly contentType: string | null;
}

/** Facts of the identity document, from `poi_data`, or from the MRZ check where that is all there is. */
export interface IdentityDocument {
  readonly type: DocumentType | null;
  readonly number: string | null;
  readonly fullName: string | null;
  readonly name: string | null;
  readonly surname: string | null;
  /** YYYY-MM-DD, as are issuedOn and expiresOn */
  readonly dateOfBirth: string | null;
  readonly sex: Gender | null;
  /** ISO 3166-1 alpha-2, as is issuingCountry */
  readonly nationality: string | null;
  readonly issuingCountry: string | null;
  readonly issuedOn: string | null;
  readonly expiresOn: string | null;
  readonly personalNumber: string | null;
  readonly hasMrz: boolean | null;
  /** The rest of what Dataspike read, under its own names; nulls left out. Null when there is nothing. */
  readonly other: Readonly<Record<string, unknown>> | null;
}

export interface UploadedDocument {
  readonly documentId: string;
  readonly detectedType: DocumentType | null;
  readonly detectedSide: string | null;
  readonly twoSided: boolean | null;
  /** ISO 3166-1 alpha-2 */
  readonly detectedCountry: string | null;
  /** Can be there on success, too: the file was stored, and something is wrong with it. */
  readonly errors: readonly CheckError[];
}
