import type { World } from '../createWorld';
import type { Delivery } from '../deliveries/delivery';
import { type Call, type Endpoint, refuse, replyJson, replyNothing } from '../http/endpoint';
import { viewDelivery, viewWebhook } from '../views/webhookView';
import type { Webhook } from '../world/records';
import { parseInput, webhookWrite } from './input';
import { paginate } from './paging';

const base = '/api/v3/organization/webhooks';
const maxWebhooks = 20;

/** Subscriptions, their secrets, and the history of what was sent. */
export function createWebhookEndpoints({ store, identifiers, deliveries, profiles, stamp }: World): Endpoint[] {
  function findWebhook(call: Call): Webhook {
    const webhook = store.webhooks.get(call.parameter('webhookId'));
    if (!webhook) throw refuse(404);
    return webhook;
  }

  return [
    {
      operationId: 'listWebhooks',
      method: 'GET',
      path: base,
      access: 'key',
      // Keys once stood in this answer; made-up ones do here, so that a client that passes them on is found out.
      answer: () =>
        replyJson(200, {
          organization_id: profiles.organizationId,
          api_key: 'CNRY-api-key',
          sandbox_api_key: 'CNRY-sandbox-api-key',
          webhooks: [...store.webhooks.values()].reverse().map(viewWebhook),
        }),
    },
    {
      operationId: 'createWebhook',
      method: 'POST',
      path: base,
      access: 'key',
      async answer(call) {
        const input = parseInput(webhookWrite, await call.readJson());
        if (store.webhooks.size >= maxWebhooks) throw refuse(400, { message: `at most ${maxWebhooks} webhooks` });
        const webhook: Webhook = {
          id: identifiers.nextId('webhook'),
          url: input.webhook_url,
          eventTypes: input.event_types,
          enabled: input.enabled ?? true,
          isSandbox: input.is_sandbox ?? false,
          secret: identifiers.nextSecret(),
          isDeleted: false,
        };
        store.addWebhook(webhook);
        return replyJson(200, { id: webhook.id, hmac_signing_secret: webhook.secret });
      },
    },
    {
      operationId: 'updateWebhook',
      method: 'PUT',
      path: `${base}/:webhookId`,
      access: 'key',
      async answer(call) {
        const webhook = findWebhook(call);
        const input = parseInput(webhookWrite, await call.readJson());
        webhook.url = input.webhook_url;
        webhook.eventTypes = input.event_types;
        webhook.enabled = input.enabled ?? true;
        webhook.isSandbox = input.is_sandbox ?? false;
        return replyNothing();
      },
    },
    {
      operationId: 'deleteWebhook',
      method: 'DELETE',
      path: `${base}/:webhookId`,
      access: 'key',
      answer(call) {
        const webhook = findWebhook(call);
        webhook.isDeleted = true;
        store.removeWebhook(webhook);
        return replyNothing(204);
      },
    },
    {
      operationId: 'rotateWebhookSecret',
      method: 'POST',
      path: `${base}/:webhookId/hmac/rotate`,
      access: 'key',
      answer(call) {
        const webhook = findWebhook(call);
        webhook.secret = identifiers.nextSecret();
        return replyJson(200, { hmac_signing_secret: webhook.secret });
      },
    },
    {
      operationId: 'listWebhookHistory',
      method: 'GET',
      path: '/api/v3/notifications/webhook/history',
      access: 'key',
      answer({ query }) {
        const webhookId = query.get('webhook_id') || query.get('webhook');
        const seen = selectAfter([...deliveries.history()], query.get('after'));
        const fits = (delivery: Delivery) => !webhookId || delivery.webhook.id === webhookId;
        const view = (delivery: Delivery) => viewDelivery(delivery, stamp);
        return replyJson(200, paginate(seen, 'oldest-first', query, view, fits));
      },
    },
  ];
}

/** What came after an event; everything when the event is not known, since a repeat does less harm than a gap. */
function selectAfter(history: Delivery[], eventId: string | null): Delivery[] {
  return eventId ? history.slice(history.findIndex((delivery) => delivery.id === eventId) + 1) : history;
}
