import type { VerificationStatus } from '../dataspike/verification';
import type { VerificationEvent } from './verificationEvent';

/** What somebody wants to hear of; every part that is given must hold. Nothing given: everything. */
export interface WatchFilter {
  readonly verificationId?: string | null;
  readonly applicantId?: string | null;
  /** Null or left out: any. */
  readonly statuses?: readonly VerificationStatus[] | null;
}

/** What one watcher watches: the narrowest part of its filter that the index knows. */
export type WatchTarget =
  | { readonly kind: 'VERIFICATION' | 'APPLICANT'; readonly id: string }
  | { readonly kind: 'EVERYTHING'; readonly id: null };

const EVERYTHING: WatchTarget = { kind: 'EVERYTHING', id: null };

export function targetOf({ verificationId, applicantId }: WatchFilter): WatchTarget {
  if (isGiven(verificationId)) return { kind: 'VERIFICATION', id: verificationId };
  if (isGiven(applicantId)) return { kind: 'APPLICANT', id: applicantId };
  return EVERYTHING;
}

/** What must hold of an event beside the target; null: nothing. */
export function restOf({ verificationId, applicantId, statuses }: WatchFilter): WatchFilter | null {
  const alsoOf = isGiven(verificationId) ? applicantId : null;
  return isGiven(alsoOf) || statuses ? { applicantId: alsoOf, statuses } : null;
}

export function meets(rest: WatchFilter, { verification }: VerificationEvent): boolean {
  if (isGiven(rest.applicantId) && rest.applicantId !== verification.applicantId) return false;
  return !rest.statuses || rest.statuses.includes(verification.status);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
