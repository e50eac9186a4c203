import type { Verification, VerificationStatus } from '../dataspike/verification';

/** How we came to know. */
export const VerificationEventSource = {
  WEBHOOK: 'WEBHOOK',
  POLL: 'POLL',
  HISTORY: 'HISTORY',
  MUTATION: 'MUTATION',
} as const;
export type VerificationEventSource = keyof typeof VerificationEventSource;

/** A change of one verification, as the log holds it: the whole state after the change. */
export interface VerificationEvent {
  /** Where the event stands in the log; see cursor.ts. */
  readonly cursor: string;
  readonly source: VerificationEventSource;
  /** When it happened at Dataspike: RFC 3339, UTC, milliseconds. */
  readonly occurredAt: string;
  /** When the log took it: milliseconds since 1970, on the clock of the process that appended. */
  readonly acceptedAt: number;
  /** The status in the event of this verification before this one; null when the log knows none. */
  readonly previousStatus: VerificationStatus | null;
  readonly verification: Verification;
  /** W3C Trace Context of what brought it, so that updates continue its trace; left out where nobody traces. */
  readonly traceparent?: string;
}
