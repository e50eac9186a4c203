/** The kind of subject. Dataspike also lists Country, Vessel, Aircraft and CryptoWallet, which no applicant has shown. */
export const ApplicantType = { PERSON: 'PERSON', COMPANY: 'COMPANY', UNKNOWN: 'UNKNOWN' } as const;
export type ApplicantType = keyof typeof ApplicantType;

/** An applicant's own vocabulary, different from that of verifications. */
export const ApplicantStatus = {
  INITIAL: 'INITIAL',
  QUEUED: 'QUEUED',
  PASSED: 'PASSED',
  FAILED: 'FAILED',
  UNKNOWN: 'UNKNOWN',
} as const;
export type ApplicantStatus = keyof typeof ApplicantStatus;

export const Gender = { FEMALE: 'FEMALE', MALE: 'MALE', OTHER: 'OTHER', UNKNOWN: 'UNKNOWN' } as const;
export type Gender = keyof typeof Gender;

export const RiskScore = { LOW: 'LOW', MEDIUM: 'MEDIUM', HIGH: 'HIGH', UNKNOWN: 'UNKNOWN' } as const;
export type RiskScore = keyof typeof RiskScore;

export interface Applicant {
  readonly id: string;
  readonly externalId: string | null;
  readonly type: ApplicantType;
  readonly email: string | null;
  readonly phone: string | null;
  readonly providedInfo: ApplicantInfo | null;
  readonly systemInfo: ApplicantInfo | null;
  readonly verificationStatus: ApplicantStatus;
  readonly rawVerificationStatus: string | null;
  readonly latestVerificationId: string | null;
  readonly screening: ApplicantScreening;
  readonly telegramProfile: string | null;
  readonly duplicateApplicantIds: readonly string[];
}

export interface ApplicantInfo {
  readonly fullName: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** YYYY-MM-DD */
  readonly dateOfBirth: string | null;
  readonly gender: Gender | null;
  /** ISO 3166-1 alpha-2 */
  readonly citizenship: string | null;
  /** ISO 3166-1 alpha-2 */
  readonly country: string | null;
  readonly address: string | null;
  readonly residence: Address | null;
  readonly customFields: Readonly<Record<string, unknown>> | null;
}

export interface Address {
  /** ISO 3166-1 alpha-2 */
  readonly country: string | null;
  readonly city: string | null;
  readonly postalCode: string | null;
  readonly street: string | null;
}

export interface ApplicantScreening {
  readonly enabled: boolean;
  /** RFC 3339, UTC, milliseconds */
  readonly lastScreenedAt: string | null;
  readonly riskScore: RiskScore | null;
  readonly tags: readonly string[];
}

export interface CreateApplicant {
  readonly externalId?: string | null;
  readonly type?: ApplicantType | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly info?: WriteApplicantInfo | null;
  readonly amlScreeningEnabled?: boolean | null;
  readonly searchOptions?: SearchOptions | null;
}

/** What is left out stays as it is at Dataspike, as far as is known: merging is not documented. */
export interface UpdateApplicant extends WriteApplicantInfo {
  readonly type?: ApplicantType | null;
  readonly email?: string | null;
  readonly phone?: string | null;
}

export type WriteApplicantInfo = {
  readonly [K in keyof ApplicantInfo]?: K extends 'residence' ? Partial<Address> | null : ApplicantInfo[K];
};

/** How daily AML monitoring searches for one applicant. */
export interface SearchOptions {
  readonly riskScores?: readonly RiskScore[] | null;
  readonly tags?: readonly string[] | null;
  readonly sources?: readonly string[] | null;
  readonly fuzziness?: boolean | null;
  /** 0 to 1 */
  readonly fuzzinessLevel?: number | null;
  readonly phonetics?: boolean | null;
  readonly mode?: SearchMode | null;
}

/** Sent as 0, 1, 2. */
export const SearchMode = {
  AUTO: 'AUTO',
  FULL_NAME_ONLY: 'FULL_NAME_ONLY',
  FIRST_AND_LAST_NAME_ONLY: 'FIRST_AND_LAST_NAME_ONLY',
} as const;
export type SearchMode = keyof typeof SearchMode;

export interface ApplicantFilter {
  readonly name?: string | null;
  /** ISO 3166-1 alpha-2 */
  readonly country?: string | null;
  /** YYYY-MM-DD */
  readonly dateOfBirth?: string | null;
  readonly type?: ApplicantType | null;
}
