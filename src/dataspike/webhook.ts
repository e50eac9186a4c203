import {
  boolean,
  filledText,
  integer,
  isRecord,
  list,
  readFilledText,
  readObject,
  readRecord,
  requireId,
  webAddress,
  written,
  wrongShape,
} from './wire';
import { timestamp } from './wireTime';

/** A webhook subscription. Its secret appears only when it is created or rotated. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly enabled: boolean;
  readonly isSandbox: boolean | null;
}

export interface WriteWebhook {
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly enabled?: boolean | null;
  readonly isSandbox?: boolean | null;
}

/** One line of the delivery history: the envelope, and what became of it. */
export interface WebhookDelivery {
  readonly id: string;
  readonly webhookId: string | null;
  readonly eventType: string;
  /** RFC 3339, UTC, milliseconds */
  readonly occurredAt: string | null;
  readonly attempts: number | null;
  /** Of the last attempt; null while pending. */
  readonly responseCode: number | null;
  readonly lastAttemptAt: string | null;
  /** The verification that the payload is about, where it names one. */
  readonly verificationId: string | null;
  /** The payload as sent; personal data. */
  readonly payload: Readonly<Record<string, unknown>>;
}

const webhook = {
  webhook_id: filledText,
  id: filledText,
  webhook_url: webAddress,
  event_types: list(readFilledText),
  enabled: boolean,
  is_sandbox: boolean,
};

/**
 * A subscription. Nothing else of the answer is taken over: it once held API keys (guide, section 7).
 * @throws {UpstreamUnavailable} when it is no object, or has no id or URL
 */
export function parseWebhook(json: unknown): Webhook {
  const wire = readObject(webhook, json);
  if (wire.webhook_url === null) throw wrongShape();
  return {
    id: requireId(wire.webhook_id, wire.id),
    url: wire.webhook_url,
    eventTypes: wire.event_types,
    enabled: wire.enabled ?? false,
    isSandbox: wire.is_sandbox,
  };
}

const webhookDelivery = {
  id: filledText,
  webhook_id: filledText,
  event_type: filledText,
  timestamp,
  attempts: integer,
  response_code: integer,
  last_attempt_at: timestamp,
  payload: (value: unknown) => readRecord(value) ?? {},
};

/**
 * One line of the delivery history.
 * @throws {UpstreamUnavailable} when it is no object, or has no id or event type
 */
export function parseWebhookDelivery(json: unknown): WebhookDelivery {
  const wire = readObject(webhookDelivery, json);
  if (wire.event_type === null) throw wrongShape();
  return {
    id: requireId(wire.id),
    webhookId: wire.webhook_id,
    eventType: wire.event_type,
    occurredAt: wire.timestamp,
    attempts: wire.attempts,
    responseCode: wire.response_code,
    lastAttemptAt: wire.last_attempt_at,
    // Only a DOCVER payload is a verification itself; the `id` of any other is something else's.
    verificationId:
      readFilledText(wire.payload.verification_id) ??
      (wire.event_type === 'DOCVER' ? readFilledText(wire.payload.id) : null),
    payload: wire.payload,
  };
}

/** A signing secret in the answer to createWebhook or rotateWebhookSecret; null when there is none. */
export function readSigningSecret(json: unknown): string | null {
  return isRecord(json) ? readFilledText(json.hmac_signing_secret) : null;
}

/** The body of createWebhook and updateWebhook: undefined and null are left out. */
export function webhookToWire(input: WriteWebhook): Record<string, unknown> {
  return written({
    webhook_url: input.url,
    event_types: input.eventTypes,
    enabled: input.enabled,
    is_sandbox: input.isSandbox,
  });
}
