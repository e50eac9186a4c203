import type { Verification, VerificationStatus } from '../../../src/dataspike/verification';
import type { EventCandidate } from '../../../src/events/eventLog';
import type { VerificationEvent } from '../../../src/events/verificationEvent';

const FINAL: readonly VerificationStatus[] = ['VERIFIED', 'FAILED', 'CANCELED', 'EXPIRED'];

/** A verification in the given status; `isFinal` and `rawStatus` follow from it. */
export function makeVerification(status: VerificationStatus, changes: Partial<Verification> = {}): Verification {
  return {
    id: 'verification-1',
    shortId: 'V4C81D2E6A0F39B75',
    status,
    rawStatus: status.toLowerCase(),
    isFinal: FINAL.includes(status),
    applicantId: 'applicant-1',
    profileId: 'profile-1',
    url: 'https://am.dataspike.io/V4C81D2E6A0F39B75',
    checks: [],
    documents: [],
    documentType: null,
    identityDocument: null,
    country: null,
    isSandbox: true,
    createdAt: '2025-03-14T09:21:40.104Z',
    completedAt: null,
    expiresAt: '2025-03-14T13:21:40.104Z',
    duplicateApplicantIds: [],
    ...changes,
  };
}

export function makeCandidate(verification: Verification, changes: Partial<EventCandidate> = {}): EventCandidate {
  return { source: 'WEBHOOK', occurredAt: '2025-03-14T09:26:53.589Z', deliveryKey: null, verification, ...changes };
}

/** An event as the log would hand it out. */
export function makeEvent(sequence: number, verification: Verification): VerificationEvent {
  return {
    cursor: `1741944000000-${sequence}`,
    source: 'WEBHOOK',
    occurredAt: '2025-03-14T09:26:53.589Z',
    acceptedAt: 1741944413000,
    previousStatus: null,
    verification,
  };
}
