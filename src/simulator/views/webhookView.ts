import type { Delivery } from '../deliveries/delivery';
import type { Info, Webhook } from '../world/records';
import type { Stamp } from './stamp';

/** `Webhook` of the contract; never with its secret. */
export function viewWebhook(webhook: Webhook): Info {
  return {
    webhook_id: webhook.id,
    webhook_url: webhook.url,
    event_types: webhook.eventTypes,
    enabled: webhook.enabled,
    is_sandbox: webhook.isSandbox,
  };
}

/** `WebhookHistoryItem`: the envelope as it was sent, and how sending went. */
export function viewDelivery(delivery: Delivery, stamp: Stamp): Info {
  const { ordinal, lastAttemptAtMs } = delivery;
  return {
    ...(JSON.parse(delivery.body) as Info),
    is_sandbox: delivery.webhook.isSandbox,
    attempts: delivery.attempts,
    response_code: delivery.responseCode,
    last_attempt_at: lastAttemptAtMs === null ? null : stamp('delivery.attempt', ordinal, lastAttemptAtMs),
  };
}
