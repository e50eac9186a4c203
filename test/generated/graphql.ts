/* eslint-disable */
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A country: ISO 3166-1 alpha-2, capitals, for example DE. */
  CountryCode: { input: string; output: string; }
  /** A day without a time: YYYY-MM-DD. */
  Date: { input: string; output: string; }
  /** A moment: RFC 3339 in UTC with milliseconds, for example 2025-03-14T09:26:53.589Z. */
  DateTime: { input: string; output: string; }
  /** Any JSON value, nested 60 levels at most: check data and settings that the gateway does not model. */
  JSON: { input: unknown; output: unknown; }
  /** An absolute http or https URL. */
  URL: { input: string; output: string; }
};

/** A postal address. */
export type AddressInput = {
  /** The town. */
  city?: InputMaybe<Scalars['String']['input']>;
  /** The country. */
  country?: InputMaybe<Scalars['CountryCode']['input']>;
  /** The postal code. */
  postalCode?: InputMaybe<Scalars['String']['input']>;
  /** Street and number. */
  street?: InputMaybe<Scalars['String']['input']>;
};

/** Narrows a list of applicants; all given conditions must hold. */
export type ApplicantFilter = {
  /** The country. */
  country?: InputMaybe<Scalars['CountryCode']['input']>;
  /** The day of birth. REST: `dob`. Needs the scope kyc:pii. */
  dateOfBirth?: InputMaybe<Scalars['Date']['input']>;
  /** Part of the name, as Dataspike matches it. Needs the scope kyc:pii. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Person or company. */
  type?: InputMaybe<ApplicantType>;
};

/** What is stated about an applicant. */
export type ApplicantInfoInput = {
  /** The address in one line. */
  address?: InputMaybe<Scalars['String']['input']>;
  /** The country whose citizen they are. */
  citizenship?: InputMaybe<Scalars['CountryCode']['input']>;
  /** The country. */
  country?: InputMaybe<Scalars['CountryCode']['input']>;
  /** Your own fields: an object of texts. REST: `custom_fields`. */
  customFields?: InputMaybe<Scalars['JSON']['input']>;
  /** The day of birth. REST: `dob`. */
  dateOfBirth?: InputMaybe<Scalars['Date']['input']>;
  /** Given names. REST: `first_name`. */
  firstName?: InputMaybe<Scalars['String']['input']>;
  /** The whole name; Dataspike falls back to first and last name. REST: `full_name`. */
  fullName?: InputMaybe<Scalars['String']['input']>;
  /** FEMALE or MALE, REST F or M; Dataspike takes no other. */
  gender?: InputMaybe<Gender>;
  /** Family name. REST: `last_name`. */
  lastName?: InputMaybe<Scalars['String']['input']>;
  /** Where they live, in parts. REST: `addresses.residence`. */
  residence?: InputMaybe<AddressInput>;
};

/** Where an applicant stands, in the vocabulary that Dataspike has for applicants. */
export type ApplicantStatus =
  /** The newest verification failed. */
  | 'FAILED'
  /** Nothing was submitted yet. */
  | 'INITIAL'
  /** The newest verification succeeded. */
  | 'PASSED'
  /** Being checked. */
  | 'QUEUED'
  /** A word of Dataspike that the gateway does not know; the raw text stays readable beside it. */
  | 'UNKNOWN';

/** Who is verified. */
export type ApplicantType =
  /** An organization. */
  | 'COMPANY'
  /** A person. */
  | 'PERSON'
  /** A word of Dataspike that the gateway does not know; the raw text stays readable beside it. */
  | 'UNKNOWN';

/** Which link to switch off. */
export type ArchiveProfileLinkInput = {
  /** The id of the link, as in Profile.link. */
  linkId: Scalars['ID']['input'];
};

/** Which verification to cancel. */
export type CancelVerificationInput = {
  /** The id of the verification to cancel. */
  verificationId: Scalars['ID']['input'];
};

/** What a check's error is about, from the range of its code. */
export type CheckErrorCategory =
  /** 4500 to 4999: the proof of address. */
  | 'ADDRESS'
  /** 6000 to 6499: AML screening. */
  | 'AML'
  /** 1100 to 1999: data fields. */
  | 'DATA'
  /** 9000 to 9099: something that Dataspike depends on; 9000 also means too many attempts. */
  | 'DEPENDENCY'
  /** 10000 and 11000 to 11099: device fingerprint and SSN. */
  | 'DEVICE'
  /** 7000 to 7099: somebody else has the same document or face. */
  | 'DUPLICATE'
  /** 4000 to 4499: the face. */
  | 'FACE'
  /** 8000 to 8099: the flow, for example 8000, expired. */
  | 'FLOW'
  /** 9500 to 9799: company documents. */
  | 'KYB'
  /** 5000 to 5499: liveness. */
  | 'LIVENESS'
  /** 2000 to 2999: the machine readable zone. */
  | 'MRZ'
  /** 1000 to 1099: reading or detecting the document. */
  | 'OCR'
  /** 500 to 501: the file was manipulated. */
  | 'TAMPERING'
  /** A code outside every known range. */
  | 'UNKNOWN'
  /** 3000 to 3299: expiry, mismatch, age. */
  | 'VALIDITY';

/** Where a check stands. */
export type CheckStatus =
  /** Did not pass; the errors say why. */
  | 'FAILED'
  /** Is running. */
  | 'IN_PROGRESS'
  /** Waits for documents. */
  | 'PENDING'
  /** A word of Dataspike that the gateway does not know; the raw text stays readable beside it. */
  | 'UNKNOWN'
  /** Passed. */
  | 'VERIFIED';

/** What a check looks at. */
export type CheckStep =
  /** The machine readable zone of the identity document. */
  | 'DOCUMENT_MRZ'
  /** The printed text of the identity document. */
  | 'DOCUMENT_OCR'
  /** The face against the photo of the document. */
  | 'FACE_COMPARISON'
  /** Whether a living person is in front of the camera. */
  | 'LIVENESS'
  /** The document that proves the address. */
  | 'PROOF_OF_ADDRESS'
  /** A word of Dataspike that the gateway does not know; the raw text stays readable beside it. */
  | 'UNKNOWN';

/** Everything is optional. */
export type CreateApplicantInput = {
  /** Whether daily AML monitoring is on; left out: off. REST: `aml_screening_enabled`. */
  amlScreeningEnabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** E-mail address. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** Your own id; what Dataspike does with one used twice is not known. REST: `external_id`. */
  externalId?: InputMaybe<Scalars['String']['input']>;
  /** Makes it safe to ask again: for 24 hours the same key with the same input gives what was made first. 1 to 255 printable characters, unique to what you want to be made, for example a UUID. Left out: every request makes another. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** What is stated about them. */
  info?: InputMaybe<ApplicantInfoInput>;
  /** Telephone number. */
  phone?: InputMaybe<Scalars['String']['input']>;
  /** How daily AML monitoring searches. REST: `search_options`. */
  searchOptions?: InputMaybe<SearchOptionsInput>;
  /** PERSON or COMPANY; left out: Dataspike decides. REST: `applicant_type`. */
  type?: InputMaybe<ApplicantType>;
};

/** What will be uploaded, and for whom: applicantId or verificationId, exactly one. */
export type CreateDocumentUploadInput = {
  /** Whose document it is. */
  applicantId?: InputMaybe<Scalars['ID']['input']>;
  /** What it shows; POI lets Dataspike find out which identity document it is. REST: `document_type`. */
  documentType: DocumentType;
  /** The country that issued it; left out: Dataspike finds out. REST: `issued_country`, there alpha-3. */
  issuedCountry?: InputMaybe<Scalars['CountryCode']['input']>;
  /** Which side; left out: Dataspike finds out. REST: `side`. */
  side?: InputMaybe<DocumentSide>;
  /** The verification that asks for it. */
  verificationId?: InputMaybe<Scalars['ID']['input']>;
};

/** The rules of a new profile. */
export type CreateProfileInput = {
  /** What it is for. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** Makes it safe to ask again: for 24 hours the same key with the same input gives what was made first. 1 to 255 printable characters, unique to what you want to be made, for example a UUID. Left out: every request makes another. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Unique within the organisation. */
  name: Scalars['String']['input'];
  /** An object: the rules, as Dataspike words them. */
  settings?: InputMaybe<Scalars['JSON']['input']>;
};

/** A public link for a profile. */
export type CreateProfileLinkInput = {
  /** How long its verifications can be continued, in minutes; left out: 240. REST: `expiration_in_minutes`. */
  expirationMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Makes it safe to ask again: for 24 hours the same key with the same input gives what was made first. 1 to 255 printable characters, unique to what you want to be made, for example a UUID. Left out: every request makes another. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The id of the profile that its verifications follow. */
  profileId: Scalars['ID']['input'];
};

/** Everything is optional. */
export type CreateVerificationInput = {
  /** The applicant's country. REST: `applicant_country`. */
  applicantCountry?: InputMaybe<Scalars['CountryCode']['input']>;
  /** Who is verified; left out: a new, anonymous applicant. REST: `applicant_id`. */
  applicantId?: InputMaybe<Scalars['ID']['input']>;
  /** Superseded by profiles; left out: the profile decides. REST: `checks_required`. */
  checksRequired?: InputMaybe<Array<DocumentType>>;
  /** How long it can be continued: 1 to 10080 minutes; left out: 240. REST: `expiration_minutes`. */
  expirationMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Makes it safe to ask again: for 24 hours the same key with the same input gives what was made first. 1 to 255 printable characters, unique to what you want to be made, for example a UUID. Left out: every request makes another. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The rules; left out: the organisation's default profile. REST: `profile_id`. */
  profileId?: InputMaybe<Scalars['ID']['input']>;
  /** Where the hosted page sends the applicant in the end. REST: `redirect_url`. */
  redirectUrl?: InputMaybe<Scalars['URL']['input']>;
  /** Fixes the outcome; refused in production. REST: `sandbox_result`. */
  sandboxResult?: InputMaybe<SandboxResultInput>;
};

/** What a watch token is for. */
export type CreateWatchTokenInput = {
  /** When it ends: 1 to 60 minutes from now; left out: 15. */
  expiresInMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** The id of the one verification that its holder may query and watch. */
  verificationId: Scalars['ID']['input'];
};

/** A new subscription of webhooks. */
export type CreateWebhookInput = {
  /** Whether anything is delivered; left out: true. */
  enabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** What is delivered, for example DOCVER; an open list. REST: `event_types`. */
  eventTypes: Array<Scalars['String']['input']>;
  /** Makes it safe to ask again: for 24 hours the same key with the same input gives what was made first. 1 to 255 printable characters, unique to what you want to be made, for example a UUID. Left out: every request makes another. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** It delivers what happens in the sandbox; left out: false. REST: `is_sandbox`. */
  isSandbox?: InputMaybe<Scalars['Boolean']['input']>;
  /** Where deliveries go: the gateway's own /webhooks/dataspike. REST: `webhook_url`. */
  url: Scalars['URL']['input'];
};

/** Which applicant to delete. */
export type DeleteApplicantInput = {
  /** The id of the applicant to delete. */
  applicantId: Scalars['ID']['input'];
};

/** Which profile to archive. */
export type DeleteProfileInput = {
  /** The id of the profile to archive. */
  profileId: Scalars['ID']['input'];
};

/** Which webhook to delete. */
export type DeleteWebhookInput = {
  /** The id of the webhook to delete. */
  webhookId: Scalars['ID']['input'];
};

/** A side of a card. */
export type DocumentSide =
  /** The other side. */
  | 'BACK'
  /** The side with the photo. */
  | 'FRONT';

/** The kind of a document. */
export type DocumentType =
  /** Driving licence, one file. */
  | 'DRIVER_LICENSE'
  /** Driving licence, back. */
  | 'DRIVER_LICENSE_BACK'
  /** Driving licence, front. */
  | 'DRIVER_LICENSE_FRONT'
  /** Identity card, one file. */
  | 'ID_CARD'
  /** Identity card, back. */
  | 'ID_CARD_BACK'
  /** Identity card, front. */
  | 'ID_CARD_FRONT'
  /** Certificate of incorporation. */
  | 'KYB_CERTIFICATE_OF_INCORPORATION'
  /** Document about the owners of a company. */
  | 'KYB_OWNERSHIP_DOCUMENT'
  /** Photo from the liveness check. */
  | 'LIVENESS_PHOTO'
  /** Further photo from the liveness check. */
  | 'LIVENESS_PHOTO_EXTRA'
  /** Something else. */
  | 'OTHER'
  /** Passport. */
  | 'PASSPORT'
  /** Any proof of address. */
  | 'POA'
  /** Bank statement. */
  | 'POA_BANK_STATEMENT'
  /** Registration of residence. */
  | 'POA_RESIDENCE_REGISTRATION'
  /** Utility bill. */
  | 'POA_UTILITY_BILL'
  /** An identity document whose kind Dataspike is to detect; for uploads. */
  | 'POI'
  /** Residence permit, one file. */
  | 'RESIDENCE_PERMIT'
  /** Residence permit, back. */
  | 'RESIDENCE_PERMIT_BACK'
  /** Residence permit, front. */
  | 'RESIDENCE_PERMIT_FRONT'
  /** Photo of the face. */
  | 'SELFIE'
  /** A word of Dataspike that the gateway does not know; the raw text stays readable beside it. */
  | 'UNKNOWN'
  /** Visa. */
  | 'VISA';

/** As stated, or as a document says. */
export type Gender =
  /** F or Female. */
  | 'FEMALE'
  /** M or Male. */
  | 'MALE'
  /** Neither; seen in AML data. */
  | 'OTHER'
  /** A word of Dataspike that the gateway does not know; the raw text stays readable beside it. */
  | 'UNKNOWN';

/** Which Telegram user an applicant is. */
export type LinkApplicantTelegramInput = {
  /** The id of the applicant to link. */
  applicantId: Scalars['ID']['input'];
  /** The numeric Telegram user id, as a text. REST: `tg_profile`. */
  telegramProfile: Scalars['String']['input'];
};

/** Which verification to submit. */
export type ProceedVerificationInput = {
  /** The id of the verification to submit. */
  verificationId: Scalars['ID']['input'];
};

/** The result of AML screening. */
export type RiskScore =
  /** High risk. */
  | 'HIGH'
  /** Low risk. */
  | 'LOW'
  /** Medium risk. */
  | 'MEDIUM'
  /** A word of Dataspike that the gateway does not know; the raw text stays readable beside it. */
  | 'UNKNOWN';

/** Whose secret to replace. */
export type RotateWebhookSecretInput = {
  /** The id of the webhook whose secret is to be replaced. */
  webhookId: Scalars['ID']['input'];
};

/** Error codes to report, per check. */
export type SandboxErrorsInput = {
  /** Codes for the check DOCUMENT_MRZ. REST: `document_mrz`. */
  documentMrz?: InputMaybe<Array<Scalars['Int']['input']>>;
  /** Codes for the check FACE_COMPARISON. REST: `face_comparison`. */
  faceComparison?: InputMaybe<Array<Scalars['Int']['input']>>;
  /** Codes for the check LIVENESS. REST: `liveness`. */
  liveness?: InputMaybe<Array<Scalars['Int']['input']>>;
  /** Codes for the check PROOF_OF_ADDRESS. REST: `poa`. */
  poa?: InputMaybe<Array<Scalars['Int']['input']>>;
};

/** Fixes the outcome in advance. Sandbox only. */
export type SandboxResultInput = {
  /** Codes that the checks are to report. */
  errors?: InputMaybe<SandboxErrorsInput>;
  /** Where the verification is to end, for example VERIFIED or FAILED. */
  status: VerificationStatus;
};

/** Which names AML monitoring searches for. */
export type SearchMode =
  /** Dataspike decides. */
  | 'AUTO'
  /** First and last name only. */
  | 'FIRST_AND_LAST_NAME_ONLY'
  /** The full name only. */
  | 'FULL_NAME_ONLY';

/** How daily AML monitoring searches for one applicant. */
export type SearchOptionsInput = {
  /** Whether similar names match. */
  fuzziness?: InputMaybe<Scalars['Boolean']['input']>;
  /** How similar: 0 to 1. REST: `fuzziness_level`. */
  fuzzinessLevel?: InputMaybe<Scalars['Float']['input']>;
  /** Which names are searched for. REST: `mode`, a number. */
  mode?: InputMaybe<SearchMode>;
  /** Whether names that sound alike match. */
  phonetics?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only hits of these risks. REST: `risk_scores`. */
  riskScores?: InputMaybe<Array<RiskScore>>;
  /** Only these sources. */
  sources?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only hits about these, for example PEP or Sanctions. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** What is left out stays as it is. */
export type SetApplicantScreeningInput = {
  /** The id of the applicant to monitor. */
  applicantId: Scalars['ID']['input'];
  /** Switches daily AML monitoring on or off. */
  enabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** How monitoring searches; left out: as before. */
  searchOptions?: InputMaybe<SearchOptionsInput>;
};

/** Which profile applies where none is named. */
export type SetDefaultProfileInput = {
  /** The id of the profile that shall apply. */
  profileId: Scalars['ID']['input'];
};

/** The country that issued the document. */
export type SetVerificationCountryInput = {
  /** The country that issued the identity document. */
  country: Scalars['CountryCode']['input'];
  /** The id of the verification that does not know the country. */
  verificationId: Scalars['ID']['input'];
};

/** Which link to switch on again. */
export type UnarchiveProfileLinkInput = {
  /** The id of the link, as in Profile.link. */
  linkId: Scalars['ID']['input'];
};

/** What is left out stays as it is. */
export type UpdateApplicantInput = {
  /** The address in one line. */
  address?: InputMaybe<Scalars['String']['input']>;
  /** The id of the applicant to change. */
  applicantId: Scalars['ID']['input'];
  /** The country whose citizen they are. */
  citizenship?: InputMaybe<Scalars['CountryCode']['input']>;
  /** The country. */
  country?: InputMaybe<Scalars['CountryCode']['input']>;
  /** Your own fields: an object of texts. REST: `custom_fields`. */
  customFields?: InputMaybe<Scalars['JSON']['input']>;
  /** The day of birth. REST: `dob`. */
  dateOfBirth?: InputMaybe<Scalars['Date']['input']>;
  /** E-mail address. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** Given names. REST: `first_name`. */
  firstName?: InputMaybe<Scalars['String']['input']>;
  /** The whole name; Dataspike falls back to first and last name. REST: `full_name`. */
  fullName?: InputMaybe<Scalars['String']['input']>;
  /** FEMALE or MALE, REST F or M; Dataspike takes no other. */
  gender?: InputMaybe<Gender>;
  /** Family name. REST: `last_name`. */
  lastName?: InputMaybe<Scalars['String']['input']>;
  /** Telephone number. */
  phone?: InputMaybe<Scalars['String']['input']>;
  /** Where they live, in parts. REST: `addresses.residence`. */
  residence?: InputMaybe<AddressInput>;
  /** PERSON or COMPANY. REST: `applicant_type`. */
  type?: InputMaybe<ApplicantType>;
};

/** What is left out stays as it is. */
export type UpdateProfileInput = {
  /** What it is for. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** Unique within the organisation. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The id of the profile to change. */
  profileId: Scalars['ID']['input'];
  /** An object: the rules, as Dataspike words them. */
  settings?: InputMaybe<Scalars['JSON']['input']>;
};

/** What is left out stays as it is. */
export type UpdateWebhookInput = {
  /** Whether anything is delivered. */
  enabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** What is delivered. REST: `event_types`. */
  eventTypes?: InputMaybe<Array<Scalars['String']['input']>>;
  /** It delivers what happens in the sandbox. REST: `is_sandbox`. */
  isSandbox?: InputMaybe<Scalars['Boolean']['input']>;
  /** Where deliveries go. REST: `webhook_url`. */
  url?: InputMaybe<Scalars['URL']['input']>;
  /** The id of the webhook to change. */
  webhookId: Scalars['ID']['input'];
};

/** What kind of refusal a user error is. */
export type UserErrorCode =
  /** Documents, or the country, are missing. */
  | 'DOCUMENTS_MISSING'
  /** The idempotencyKey stands for something else. */
  | 'IDEMPOTENCY_CONFLICT'
  /** The input is not acceptable; `path` says where. */
  | 'INVALID'
  /** The verification cannot go there from where it stands. */
  | 'INVALID_TRANSITION'
  /** What the input names does not exist. */
  | 'NOT_FOUND'
  /** Dataspike refused for another reason; the message says which. */
  | 'REFUSED'
  /** Nobody knows whether it was done. */
  | 'UNCERTAIN_OUTCOME';

/** Narrows a list of verifications; all given conditions must hold. */
export type VerificationFilter = {
  /** The country. */
  country?: InputMaybe<Scalars['CountryCode']['input']>;
  /** Created on this day or later. REST: `from`. */
  createdFrom?: InputMaybe<Scalars['Date']['input']>;
  /** Created on this day or earlier. REST: `to`. */
  createdTo?: InputMaybe<Scalars['Date']['input']>;
  /** With one of these main documents. REST: `document_type`. */
  documentTypes?: InputMaybe<Array<DocumentType>>;
  /** Part of the name, as Dataspike matches it. Needs the scope kyc:pii. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Under one of these profiles. REST: `profile`. */
  profileIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Standing at one of these. REST: `status`. */
  statuses?: InputMaybe<Array<VerificationStatus>>;
};

/** Where a verification stands. */
export type VerificationStatus =
  /** Canceled by a call. Final. */
  | 'CANCELED'
  /** Time ran out before it was submitted. Final. */
  | 'EXPIRED'
  /** At least one check failed. Final. */
  | 'FAILED'
  /** Created, nothing uploaded. */
  | 'INITIAL'
  /** Submitted, being checked. */
  | 'IN_PROGRESS'
  /** Some documents are uploaded, some still missing. */
  | 'PENDING'
  /** A word of Dataspike that the gateway does not know; the raw text stays readable beside it. Treated as not final. */
  | 'UNKNOWN'
  /** All checks passed. Final. */
  | 'VERIFIED';

/** Why an update is sent. */
export type VerificationUpdateKind =
  /** Something changed. */
  | 'CHANGE'
  /** Updates were skipped (the cursor is too old, or the reader too slow): here is where it stands now. */
  | 'RESYNC'
  /** Where it stands now, sent first when verificationId is given and `after` is not. */
  | 'SNAPSHOT';

/** How the gateway came to know. */
export type VerificationUpdateSource =
  /** Found in Dataspike's history of deliveries. */
  | 'HISTORY'
  /** A mutation of this gateway changed it. */
  | 'MUTATION'
  /** The gateway asked, because somebody watches. */
  | 'POLL'
  /** Read for this subscription. */
  | 'SNAPSHOT'
  /** Dataspike delivered it. */
  | 'WEBHOOK';

/** How a caller proved who they are. */
export type ViewerKind =
  /** A program, by an API key of the gateway. */
  | 'API_KEY'
  /** A person, by a token of the operator's identity provider. */
  | 'USER'
  /** A browser that may follow one verification. */
  | 'WATCHER';

export type ReadVerificationQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type ReadVerificationQuery = { __typename?: 'Query', verification?: { __typename?: 'Verification', id: string, status: VerificationStatus, isFinal: boolean, createdAt?: string | null, applicant?: { __typename?: 'Applicant', id: string, verificationStatus: ApplicantStatus } | null } | null };

export type WatchVerificationSubscriptionVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type WatchVerificationSubscription = { __typename?: 'Subscription', verificationUpdated: { __typename?: 'VerificationUpdate', cursor: string, kind: VerificationUpdateKind, verification: { __typename?: 'Verification', id: string, status: VerificationStatus } } };

export type MisuseQueryVariables = Exact<{ [key: string]: never; }>;


export type MisuseQuery = { __typename?: 'Query', verifications: { __typename?: 'VerificationConnection', nodes: Array<{ __typename?: 'Verification', id: string }> } };


export const ReadVerificationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ReadVerification"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verification"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"isFinal"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"applicant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"verificationStatus"}}]}}]}}]}}]} as unknown as DocumentNode<ReadVerificationQuery, ReadVerificationQueryVariables>;
export const WatchVerificationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WatchVerification"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verificationUpdated"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"verificationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]} as unknown as DocumentNode<WatchVerificationSubscription, WatchVerificationSubscriptionVariables>;
export const MisuseDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Misuse"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verifications"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"0"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]} as unknown as DocumentNode<MisuseQuery, MisuseQueryVariables>;