import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebhookReceiver } from '../webhooks/receiveWebhook';
import { readBody } from './body';
import { HttpError, mediaType, send } from './httpError';

const LIMIT_BYTES = 1_048_576;

/** `POST /webhooks/dataspike`: what HTTP can refuse, it refuses; the rest is the receiver's. */
export function createWebhookHttp(receiver: WebhookReceiver) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') throw new HttpError(405, 'POST only', { allow: 'POST' });
    if (mediaType(request) !== 'application/json') throw new HttpError(415, 'application/json only');
    const body = await readBody(request, LIMIT_BYTES);
    const signature = request.headers['x-webhook-signature'];
    const answer = await receiver.receive({ signature: typeof signature === 'string' ? signature : undefined, body });
    const wait = answer.retryAfterSeconds;
    send(response, answer.status, wait === undefined ? {} : { 'retry-after': String(wait) });
  };
}
