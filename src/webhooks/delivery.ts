import { createHash } from 'node:crypto';
import type { Verification } from '../dataspike/verification';
import { parseVerification } from '../dataspike/verificationWire';
import { isRecord, isShallow, readFilledText, readOrNull, readRecord } from '../dataspike/wire';
import { readTimestamp } from '../dataspike/wireTime';

/** What a delivery says, whichever of the known bodies it has. */
export type Delivery =
  /** The whole verification. */
  | {
      readonly kind: 'STATE';
      readonly eventType: string;
      readonly deliveryKey: string;
      readonly verification: Verification;
      /** RFC 3339, UTC, milliseconds */
      readonly occurredAt: string;
    }
  /** Something happened to this verification; read it again. */
  | {
      readonly kind: 'HINT';
      readonly eventType: string;
      readonly deliveryKey: string;
      /** May be the short id, or none that exists. */
      readonly verificationId: string;
    }
  /** Not about a verification, or about none that it names. `eventType` is the sender's word and may be anything. */
  | { readonly kind: 'OTHER'; readonly eventType: string | null; readonly deliveryKey: string }
  /** Not JSON, not an object, or nested without measure. */
  | { readonly kind: 'UNREADABLE' };

/** Whatever walks a body may do so recursively, and must not exhaust the stack; `JSON.parse` does not. Known bodies reach 8. */
const MAX_DEPTH = 64;

/** As the paths of the REST API; what is longer is no id. */
const ID_LENGTH_LIMIT = 256;

// A byte order mark is dropped, and what is not UTF-8 becomes U+FFFD: a name with a broken letter loses no event.
const utf8 = new TextDecoder();

/**
 * Reads every body that the guide knows (section 8, "A receiver that accepts every known body"), and tolerates all others.
 * Never throws.
 */
export function parseDelivery(rawBody: Buffer): Delivery {
  const json = parseJson(rawBody);
  if (!isRecord(json)) return { kind: 'UNREADABLE' };
  // The envelope (guide, section 7).
  const eventType = readFilledText(json.event_type);
  if (eventType !== null) {
    return readEnvelope({
      eventType,
      payload: readRecord(json.payload) ?? {},
      occurredAt: readTimestamp(json.timestamp),
      deliveryKey: readId(json.id) ?? hashBody(rawBody),
    });
  }
  // The shape of the vendor's "First Document Verification" page, which has no id of its own.
  return toHint(readFilledText(json.event), readId(json.verification_id), hashBody(rawBody));
}

/** An envelope (guide, section 7) that has been taken apart, as the history of deliveries gives it. */
export interface Envelope {
  readonly eventType: string;
  readonly payload: unknown;
  /** RFC 3339, UTC, milliseconds */
  readonly occurredAt: string | null;
  readonly deliveryKey: string;
}

/** What an envelope says. Never throws. */
export function readEnvelope(envelope: Envelope): Exclude<Delivery, { kind: 'UNREADABLE' }> {
  const { eventType, payload, occurredAt, deliveryKey } = envelope;
  const { id, verification_id: verificationId } = isRecord(payload) ? payload : {};
  if (eventType === 'DOCVER_CHECKS') return toHint(eventType, readId(verificationId), deliveryKey);
  if (eventType !== 'DOCVER') return { kind: 'OTHER', eventType, deliveryKey };
  if (occurredAt !== null) {
    const verification = readWhole(payload);
    if (verification) return { kind: 'STATE', eventType, deliveryKey, verification, occurredAt };
  }
  return toHint(eventType, readId(id) ?? readId(verificationId), deliveryKey);
}

/** Tells one body from another where no id does, or where the id is not to be believed. SHA-256, hex. */
export function hashBody(rawBody: Buffer): string {
  return createHash('sha256').update(rawBody).digest('hex');
}

/** Undefined when it is not JSON or nested too deeply. */
function parseJson(rawBody: Buffer): unknown {
  try {
    const json: unknown = JSON.parse(utf8.decode(rawBody));
    return isShallow(json, MAX_DEPTH) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** Null when it is not the whole verification, or not one that makes sense. */
function readWhole(payload: unknown): Verification | null {
  return isWhole(payload) ? readOrNull(payload, parseVerification) : null;
}

/** Less than this is a notice, not a state. */
function isWhole(payload: unknown): boolean {
  if (!isRecord(payload)) return false;
  const { id, applicant_id: applicantId, status, checks } = payload;
  return readId(id) !== null && readId(applicantId) !== null && readFilledText(status) !== null && isRecord(checks);
}

function toHint(
  eventType: string | null,
  verificationId: string | null,
  deliveryKey: string,
): Extract<Delivery, { kind: 'HINT' | 'OTHER' }> {
  if (eventType === null || verificationId === null) return { kind: 'OTHER', eventType, deliveryKey };
  return { kind: 'HINT', eventType, deliveryKey, verificationId };
}

function readId(value: unknown): string | null {
  const text = readFilledText(value);
  return text !== null && text.length <= ID_LENGTH_LIMIT ? text : null;
}
