import type { Clock } from './clock';
import type { Enrolment } from './enrolment';
import { createExamination } from './examination';
import { greyPixelPng } from './greyPixel';
import type { Identifiers } from './identifiers';
import { outcomeOf } from './outcome';
import { makePerson } from './people';
import type { ProfileRegistry } from './profiles';
import type { Announcements, Verification } from './records';
import type { Store } from './store';
import { type VerificationStatus, verificationStatuses } from './vocabulary';

export interface SeedCounts {
  readonly applicants: number;
  readonly verifications: number;
}

export interface SeedingParts {
  readonly store: Store;
  readonly enrolment: Enrolment;
  readonly identifiers: Identifiers;
  readonly profiles: ProfileRegistry;
  readonly clock: Clock;
}

/** Seven of ten are verified, and every other status occurs. */
const mixture: readonly VerificationStatus[] = [
  ...verificationStatuses,
  ...Array.from({ length: 13 }, (): VerificationStatus => 'verified'),
];
/** The longest that the vendor allows, so that open ones stay open. */
const expirationMinutes = 10_080;
const longestSpacingMs = 1000;
const spreadMs = 24 * 3600 * 1000;
const checkingMs = 60_000;

/**
 * Makes up applicants, and verifications of theirs in all statuses, made in the last day at most. Nobody is told.
 * Without any applicant, now or before, each verification gets one of its own.
 */
export function seedWorld(parts: SeedingParts, counts: SeedCounts): void {
  const { store, enrolment, identifiers, profiles, clock } = parts;
  const firstOrdinal = store.applicants.length + 1;
  for (let index = 0; index < counts.applicants; index += 1) {
    enrolment.enrolApplicant(describeApplicant(identifiers, firstOrdinal + index));
  }
  const profile = profiles.defaultProfile();
  if (!profile) return;
  const spacingMs = Math.min(longestSpacingMs, spreadMs / Math.max(1, counts.verifications));
  const startMs = clock.now() - checkingMs - counts.verifications * spacingMs;
  const applicantCount = store.applicants.length;
  for (let index = 0; index < counts.verifications; index += 1) {
    const known = applicantCount === 0 ? undefined : store.applicants[index % applicantCount];
    const applicant = known ?? enrolment.enrolApplicant();
    const verification = enrolment.openVerification({
      applicant,
      profile,
      settings: profile.settings,
      expirationMinutes,
      createdAtMs: Math.floor(startMs + index * spacingMs),
    });
    settle(parts, verification);
  }
}

function describeApplicant(identifiers: Identifiers, ordinal: number) {
  const person = makePerson(identifiers, ordinal);
  return {
    externalId: `seeded-${ordinal}`,
    email: person.email,
    phone: person.phone,
    info: {
      full_name: person.fullName,
      first_name: person.givenName,
      last_name: person.familyName,
      dob: person.birthDate,
      gender: person.sex,
      citizenship: person.country,
      country: person.country,
    },
  };
}

/** Gives a verification its status without the way that leads there: no timers, and nobody is told. */
function settle(parts: SeedingParts, verification: Verification): void {
  const { identifiers, enrolment } = parts;
  const { applicant, ordinal } = verification;
  const status = mixture[identifiers.number('seeded.status', ordinal) % mixture.length] ?? 'verified';
  if (status === 'initial') return;
  verification.status = status;
  if (status !== 'pending') for (const cancel of verification.scheduled.splice(0)) cancel();
  if (status === 'canceled' || status === 'expired') return;
  verification.documents = (status === 'pending' ? ['passport'] : ['passport', 'selfie']).map((type) =>
    enrolment.fileDocument({
      applicant,
      type,
      contentType: 'image/png',
      bytes: greyPixelPng,
      digest: null,
      isUsable: true,
      isTampered: false,
      issuedCountry: null,
    }),
  );
  verification.identityDocumentType = 'passport';
  if (status === 'pending') return;
  if (status === 'in_progress') {
    for (const check of verification.checks) check.status = 'in_progress';
    applicant.verificationStatus = 'queued';
    return;
  }
  createExamination(identifiers, silence).finish(verification, outcomeOf(verification, { status, errors: {} }));
  applicant.verificationStatus = status === 'verified' ? 'passed' : 'failed';
  verification.completedAtMs = verification.createdAtMs + checkingMs;
  verification.updatedAtMs = verification.completedAtMs;
}

const silence: Announcements = {
  verificationChanged() {},
  checkFinished() {},
  applicantScreened() {},
};
