import { type Page, parseItems, parsePage, warnOfOdd } from './page';
import { path } from './path';
import type { CallSignal } from './stopSignal';
import type { Transport } from './transport';
import {
  parseWebhook,
  parseWebhookDelivery,
  readSigningSecret,
  type Webhook,
  type WebhookDelivery,
  type WriteWebhook,
  webhookToWire,
} from './webhook';
import { isRecord, parseId, wrongShape } from './wire';

export interface WebhookHistoryRequest {
  /** The id of the last delivery seen; left out: from the beginning. */
  readonly after?: string | null;
  /** Only deliveries to this subscription. */
  readonly webhookId?: string | null;
  /** Items per page. */
  readonly limit: number;
}

/** Every call rejects with a DataspikeError, or with the reason of `signal`. What changes something needs its id to exist. */
export interface WebhookCalls {
  /** All of them; this list is not paged. */
  listWebhooks(signal?: CallSignal): Promise<Webhook[]>;
  /** The secret appears here and never again. */
  createWebhook(input: WriteWebhook, signal?: CallSignal): Promise<{ id: string; secret: string | null }>;
  /** Replaces the subscription: what is left out falls back to Dataspike's defaults (enabled, not sandbox). */
  updateWebhook(id: string, input: WriteWebhook, signal?: CallSignal): Promise<void>;
  deleteWebhook(id: string, signal?: CallSignal): Promise<void>;
  /** @returns the new secret; the old one is no longer used from now on */
  rotateWebhookSecret(id: string, signal?: CallSignal): Promise<string>;
  listWebhookHistory(request: WebhookHistoryRequest, signal?: CallSignal): Promise<Page<WebhookDelivery>>;
}

export function createWebhookCalls(transport: Transport): WebhookCalls {
  return {
    async listWebhooks(signal) {
      const endpoint = 'listWebhooks';
      const address = path`/api/v3/organization/webhooks`;
      const answer = await transport.json({ endpoint, method: 'GET', path: address, signal });
      if (!isRecord(answer)) throw wrongShape();
      return parseItems(answer.webhooks, parseWebhook, warnOfOdd(transport, endpoint));
    },

    async createWebhook(input, signal) {
      const answer = await transport.json({
        endpoint: 'createWebhook',
        method: 'POST',
        path: path`/api/v3/organization/webhooks`,
        body: webhookToWire(input),
        signal,
      });
      return { id: parseId(answer, 'id', 'webhook_id'), secret: readSigningSecret(answer) };
    },

    async updateWebhook(id, input, signal) {
      await transport.json({
        endpoint: 'updateWebhook',
        method: 'PUT',
        path: path`/api/v3/organization/webhooks/${id}`,
        body: webhookToWire(input),
        due: 'anything',
        signal,
      });
    },

    async deleteWebhook(id, signal) {
      await transport.json({
        endpoint: 'deleteWebhook',
        method: 'DELETE',
        path: path`/api/v3/organization/webhooks/${id}`,
        due: 'anything',
        signal,
      });
    },

    async rotateWebhookSecret(id, signal) {
      const answer = await transport.json({
        endpoint: 'rotateWebhookSecret',
        method: 'POST',
        path: path`/api/v3/organization/webhooks/${id}/hmac/rotate`,
        signal,
      });
      const secret = readSigningSecret(answer);
      if (secret === null) throw wrongShape();
      return secret;
    },

    async listWebhookHistory({ after, webhookId, limit }, signal) {
      const endpoint = 'listWebhookHistory';
      const address = path`/api/v3/notifications/webhook/history`;
      // The filter is `webhook` in the documentation of 2022 and `webhook_id` in the JS SDK.
      const query = { after, webhook: webhookId, webhook_id: webhookId, limit };
      const answer = await transport.json({ endpoint, method: 'GET', path: address, query, signal });
      return parsePage(answer, parseWebhookDelivery, warnOfOdd(transport, endpoint), limit);
    },
  };
}
