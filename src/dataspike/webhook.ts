import {
  isRecord,
  parseId,
  readBoolean,
  readFilledText,
  readInteger,
  readList,
  readRecord,
  readWebAddress,
  requireRecord,
  written,
  wrongShape,
} from './wire';
import { readTimestamp } from './wireTime';

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

/**
 * A subscription. Nothing else of the answer is taken over: it once held API keys (guide, section 7).
 * @throws {UpstreamUnavailable} when it is no object, or has no id or URL
 */
export function parseWebhook(json: unknown): Webhook {
  const wire = requireRecord(json);
  const url = readWebAddress(wire.webhook_url);
  if (url === null) throw wrongShape();
  return {
    id: parseId(wire, 'webhook_id', 'id'),
    url,
    eventTypes: readList(wire.event_types, readFilledText),
    enabled: readBoolean(wire.enabled) ?? false,
    isSandbox: readBoolean(wire.is_sandbox),
  };
}

/**
 * One line of the delivery history.
 * @throws {UpstreamUnavailable} when it is no object, or has no id or event type
 */
export function parseWebhookDelivery(json: unknown): WebhookDelivery {
  const wire = requireRecord(json);
  const eventType = readFilledText(wire.event_type);
  if (eventType === null) throw wrongShape();
  const payload = readRecord(wire.payload) ?? {};
  return {
    id: parseId(wire, 'id'),
    webhookId: readFilledText(wire.webhook_id),
    eventType,
    occurredAt: readTimestamp(wire.timestamp),
    attempts: readInteger(wire.attempts),
    responseCode: readInteger(wire.response_code),
    lastAttemptAt: readTimestamp(wire.last_attempt_at),
    // Only a DOCVER payload is a verification itself; the `id` of any other is something else's.
    verificationId:
      readFilledText(payload.verification_id) ?? (eventType === 'DOCVER' ? readFilledText(payload.id) : null),
    payload,
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
