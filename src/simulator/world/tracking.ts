import type { TrackingEvent, Verification } from './records';

/** What is known about the call that a tracking event stands for. */
export interface TrackedCall {
  readonly event: TrackingEvent['event'];
  readonly userAgent: string;
  readonly httpStatus: number;
  readonly atMs: number;
  readonly errorCodes?: readonly number[];
  /** Id of the document that came with the call */
  readonly referenceId?: string | null;
}

/** Keeps what the applicant did, for `GET /api/v4/verifications/{id}/events`. */
export function recordActivity(verification: Verification, call: TrackedCall): void {
  // A widget that polls its view has opened the page once, not a hundred times.
  if (call.event === 'open' && verification.trackingEvents.at(-1)?.event === 'open') return;
  verification.trackingEvents.push({
    event: call.event,
    referenceId: call.referenceId ?? null,
    userAgent: call.userAgent,
    httpStatus: call.httpStatus,
    errorCodes: call.errorCodes ?? [],
    country: verification.country,
    atMs: call.atMs,
  });
}
