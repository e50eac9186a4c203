import type { Verification } from '../dataspike/verification';
import type { WatchedEvent } from '../events/eventQueue';
import type { VerificationEvent } from '../events/verificationEvent';
import type { VerificationUpdate } from './verificationUpdate.type';

/** One and the same object for everybody who is told of an event, by which they can share its answer. */
const changeUpdates = new WeakMap<VerificationEvent, VerificationUpdate>();
const skippedUpdates = new WeakMap<VerificationEvent, VerificationUpdate>();

export function changeUpdate({ event, skipped }: WatchedEvent): VerificationUpdate {
  const known = skipped ? skippedUpdates : changeUpdates;
  let update = known.get(event);
  if (!update) {
    const { cursor, source, occurredAt, acceptedAt, verification, traceparent } = event;
    // What a skipped reader saw last is not known.
    const previousStatus = skipped ? null : event.previousStatus;
    const kind = skipped ? 'RESYNC' : 'CHANGE';
    update = { cursor, kind, source, occurredAt, acceptedAt, previousStatus, verification, traceparent };
    known.set(event, update);
  }
  return update;
}

export function stateUpdate(
  kind: 'SNAPSHOT' | 'RESYNC',
  cursor: string,
  verification: Verification,
): VerificationUpdate {
  const occurredAt = verification.completedAt ?? new Date().toISOString();
  return { cursor, kind, source: 'SNAPSHOT', occurredAt, acceptedAt: null, previousStatus: null, verification };
}
