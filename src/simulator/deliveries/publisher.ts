import type { Stamp } from '../views/stamp';
import type { VerificationViews } from '../views/verificationView';
import type { Clock } from '../world/clock';
import type { Identifiers } from '../world/identifiers';
import type { Announcements, Info, Webhook } from '../world/records';
import type { Store } from '../world/store';
import { createAmlPayload } from './amlPayload';
import type { Deliveries } from './deliveries';

/** Turns what happened into envelopes for those who subscribed to it. */
export interface Publisher extends Announcements {
  /** The dashboard's "Send Test": an event of no consequence, with an empty payload. @returns the event's id */
  sendTest(webhook: Webhook, eventType: string): string;
}

export function createPublisher(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly deliveries: Deliveries;
  readonly views: VerificationViews;
  readonly stamp: Stamp;
}): Publisher {
  const { store, clock, identifiers, deliveries, views, stamp } = parts;
  let eventCount = 0;

  function publish(webhook: Webhook, eventType: string, payload: Info): string {
    eventCount += 1;
    const id = identifiers.nextId('event');
    const envelope = {
      id,
      webhook_id: webhook.id,
      event_type: eventType,
      timestamp: stamp('envelope', eventCount, clock.now()),
      payload,
    };
    deliveries.send(webhook, id, JSON.stringify(envelope));
    return id;
  }

  function publishToSubscribers(eventType: string, makePayload: () => Info): void {
    let payload: Info | null = null;
    for (const webhook of store.webhooks.values()) {
      if (!webhook.enabled || !(webhook.eventTypes.includes(eventType) || webhook.eventTypes.includes('ALL'))) continue;
      payload ??= makePayload();
      publish(webhook, eventType, payload);
    }
  }

  return {
    sendTest: (webhook, eventType) => publish(webhook, eventType, {}),
    verificationChanged(verification) {
      publishToSubscribers('DOCVER', () => views.delivered(verification));
    },
    checkFinished(verification, check) {
      publishToSubscribers('DOCVER_CHECKS', () => ({
        verification_id: verification.id,
        applicant_id: verification.applicant.id,
        step: check.step,
        result: { status: check.status, errors: check.errors },
      }));
    },
    applicantScreened(verification) {
      publishToSubscribers('AML_SCREENING', () => createAmlPayload(identifiers, verification.applicant, stamp));
    },
  };
}
