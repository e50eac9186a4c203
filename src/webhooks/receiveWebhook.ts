import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { DataspikeError, UpstreamRateLimited } from '../dataspike/errors';
import { type EventLog, EventLogUnavailable } from '../events/eventLog';
import type { RecordOutcome, StateRecorder } from '../events/recordState';
import { type Delivery, hashBody, parseDelivery } from './delivery';
import type { SignatureResult, SignatureVerifier } from './signature';

/**
 * What became of a delivery, for metrics: the words of `RecordOutcome` in lower case, and
 * - ignored: signed and remembered, but not about a verification (other event types, test events)
 * - unreadable: not JSON, not an object
 * - unavailable: the event log or Dataspike could not be reached
 * - failed: our own mistake
 */
export type DeliveryResult =
  | Lowercase<RecordOutcome>
  | `signature_${Lowercase<Exclude<SignatureResult, 'VALID'>>}`
  | 'ignored'
  | 'unreadable'
  | 'unavailable'
  | 'failed';

export interface WebhookAnswer {
  readonly status: 200 | 400 | 401 | 503;
  readonly result: DeliveryResult;
  /** For the header Retry-After; with 503 only. */
  readonly retryAfterSeconds?: number;
}

export interface WebhookReceiver {
  /**
   * Answers one delivery; never rejects. 200 means that nothing of it can be lost any more.
   * @param signature the header `X-Webhook-Signature`
   * @param body the bytes as they came
   */
  receive(delivery: { readonly signature: string | undefined; readonly body: Buffer }): Promise<WebhookAnswer>;
}

type ReadDelivery = Exclude<Delivery, { kind: 'UNREADABLE' }>;

const RETRY_AFTER_SECONDS = 5;
const MAX_RETRY_AFTER_SECONDS = 3600;

/**
 * Signature, then body, then whether it was seen, then the log: in this order, so that neither a forgery nor a crash can
 * make us take a delivery for one that is settled. Method, content type and size are the server's to check.
 * @param verifySignature null where deliveries are not signed (`WEBHOOK_ALLOW_UNSIGNED`): then nothing but the
 *   verification's id is believed, and Dataspike is asked
 * @param onDelivery hears what became of each delivery
 */
export function createWebhookReceiver({
  verifySignature,
  recorder,
  log,
  logger,
  onDelivery = () => {},
}: {
  verifySignature: SignatureVerifier | null;
  recorder: StateRecorder;
  log: Pick<EventLog, 'hasSeen' | 'markSeen'>;
  logger: Pick<Logger, 'isLevelEnabled' | 'info' | 'warn' | 'error'>;
  onDelivery?: (result: DeliveryResult) => void;
}): WebhookReceiver {
  /** @param delivery null when it was not read */
  function answer(answered: WebhookAnswer, delivery: ReadDelivery | null, error?: string): WebhookAnswer {
    const { result, status } = answered;
    const level = result === 'failed' ? 'error' : status === 200 ? 'info' : 'warn';
    if (logger.isLevelEnabled(level)) {
      logger[level](
        { result, ...(error !== undefined && { error }), ...(delivery && nameOf(delivery)) },
        'webhook delivery',
      );
    }
    onDelivery(result);
    return answered;
  }

  async function settle(delivery: ReadDelivery): Promise<DeliveryResult> {
    const { deliveryKey } = delivery;
    if (await log.hasSeen(deliveryKey)) return 'duplicate';
    if (delivery.kind === 'OTHER') {
      await log.markSeen(deliveryKey);
      return 'ignored';
    }
    const outcome =
      delivery.kind === 'STATE'
        ? await recorder.recordDelivery(delivery)
        : await recorder.recordFromUpstream(delivery.verificationId, 'WEBHOOK', deliveryKey);
    return lowerCase(outcome);
  }

  return {
    async receive({ signature, body }) {
      const signed = verifySignature ? verifySignature(signature, body) : 'VALID';
      if (signed !== 'VALID') return answer({ status: 401, result: `signature_${lowerCase(signed)}` }, null);

      const parsed = parseDelivery(body);
      if (parsed.kind === 'UNREADABLE') return answer({ status: 400, result: 'unreadable' }, null);

      const delivery = verifySignature ? parsed : distrust(parsed, body);
      try {
        const result = await settle(delivery);
        if (result === 'conflict') return answer({ status: 503, result, retryAfterSeconds: 1 }, delivery);
        return answer({ status: 200, result }, delivery);
      } catch (error) {
        const isOutage = error instanceof EventLogUnavailable || error instanceof DataspikeError;
        // The class alone: a message may quote what was delivered.
        const name = error instanceof Error ? error.constructor.name : typeof error;
        const result = isOutage ? 'unavailable' : 'failed';
        return answer({ status: 503, result, retryAfterSeconds: secondsToWait(error) }, delivery, name);
      }
    },
  };
}

/** Keeps the id to ask about. The envelope's id goes, too: whoever guesses one could have the real delivery dropped. */
function distrust(delivery: ReadDelivery, body: Buffer): ReadDelivery {
  const { eventType } = delivery;
  const deliveryKey = hashBody(body);
  if (delivery.kind === 'OTHER') return { kind: 'OTHER', eventType, deliveryKey };
  const verificationId = delivery.kind === 'STATE' ? delivery.verification.id : delivery.verificationId;
  return { kind: 'HINT', eventType: delivery.eventType, deliveryKey, verificationId };
}

function secondsToWait(error: unknown): number {
  if (!(error instanceof UpstreamRateLimited) || error.retryAfterMs === null) return RETRY_AFTER_SECONDS;
  return Math.min(Math.max(1, Math.ceil(error.retryAfterMs / 1000)), MAX_RETRY_AFTER_SECONDS);
}

/** For the log: neither its key nor what it says. */
function nameOf({ eventType, deliveryKey }: ReadDelivery) {
  return { eventType: loggable(eventType), delivery: shortHash(deliveryKey) };
}

/** Foreign text goes into the log only in the form of a known word. */
function loggable(eventType: string | null): string | null {
  return eventType !== null && /^[A-Z_]{1,40}$/.test(eventType) ? eventType : null;
}

function shortHash(deliveryKey: string): string {
  return createHash('sha256').update(deliveryKey).digest('hex').slice(0, 16);
}

function lowerCase<T extends string>(word: T): Lowercase<T> {
  return word.toLowerCase() as Lowercase<T>;
}
