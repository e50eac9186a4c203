import { isReachable, type Verification } from '../dataspike/verification';
import { isSameState } from './appendRule';
import type { VerificationEvent } from './verificationEvent';

/**
 * Whether a delivered state can be believed to follow the newest event, or to say the same. When not, it may still be
 * right: ask Dataspike.
 * @param latest null when the log knows no event of the verification
 * @param occurredAt RFC 3339, UTC, milliseconds, as that of the newest event: texts that sort as the times do
 */
export function mayFollow(latest: VerificationEvent | null, verification: Verification, occurredAt: string): boolean {
  if (verification.status === 'UNKNOWN') return false;
  if (!latest || isSameState(latest.verification, verification)) return true;
  if (latest.verification.isFinal || occurredAt < latest.occurredAt) return false;
  return isReachable(latest.verification.status, verification.status);
}

/**
 * Whether a state that was just read may follow. A status that we do not know has no place in the order; it was read
 * just now, so it may stand until a final one.
 */
export function mayReplaceWhenRead(latest: Verification, verification: Verification): boolean {
  if (verification.status === 'UNKNOWN') return !latest.isFinal;
  return latest.status === 'UNKNOWN' || isReachable(latest.status, verification.status);
}

/** Recorded deliveries leave out what does not move, `profile_id` for one. What was known of it stays known. */
export function fillFrom(latest: VerificationEvent | null, delivered: Verification): Verification {
  if (!latest) return delivered;
  const known = latest.verification;
  return {
    ...delivered,
    shortId: delivered.shortId ?? known.shortId,
    profileId: delivered.profileId ?? known.profileId,
    url: delivered.url ?? known.url,
    documentType: delivered.documentType ?? known.documentType,
    identityDocument: delivered.identityDocument ?? known.identityDocument,
    country: delivered.country ?? known.country,
    isSandbox: delivered.isSandbox ?? known.isSandbox,
    createdAt: delivered.createdAt ?? known.createdAt,
    expiresAt: delivered.expiresAt ?? known.expiresAt,
  };
}
