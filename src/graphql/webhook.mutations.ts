import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type * as dataspike from '../dataspike/webhook';
import type { OperationContext } from './context';
import { IDEMPOTENCY_KEY } from './idempotencyKey';
import { UrlScalar } from './scalars';
import { Scoped } from './scopes';
import { MutationPayload, NotFoundError, Refusal, settle, settleCreation } from './userErrors';
import { Webhook } from './webhook.type';

@InputType({ description: 'A new subscription of webhooks.' })
export class CreateWebhookInput {
  @Field(() => UrlScalar, {
    description: "Where deliveries go: the gateway's own /webhooks/dataspike. REST: `webhook_url`.",
  })
  url!: string;

  @Field(() => [String], { description: 'What is delivered, for example DOCVER; an open list. REST: `event_types`.' })
  eventTypes!: string[];

  @Field(() => Boolean, { nullable: true, description: 'Whether anything is delivered; left out: true.' })
  enabled?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'It delivers what happens in the sandbox; left out: false. REST: `is_sandbox`.',
  })
  isSandbox?: boolean | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateWebhookInput {
  @Field(() => ID, { description: 'The id of the webhook to change.' })
  webhookId!: string;

  @Field(() => UrlScalar, { nullable: true, description: 'Where deliveries go. REST: `webhook_url`.' })
  url?: string | null;

  @Field(() => [String], { nullable: true, description: 'What is delivered. REST: `event_types`.' })
  eventTypes?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether anything is delivered.' })
  enabled?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'It delivers what happens in the sandbox. REST: `is_sandbox`.' })
  isSandbox?: boolean | null;
}

@InputType({ description: 'Which webhook to delete.' })
export class DeleteWebhookInput {
  @Field(() => ID, { description: 'The id of the webhook to delete.' })
  webhookId!: string;
}

@InputType({ description: 'Whose secret to replace.' })
export class RotateWebhookSecretInput {
  @Field(() => ID, { description: 'The id of the webhook whose secret is to be replaced.' })
  webhookId!: string;
}

@ObjectType({ simpleResolvers: true })
abstract class WebhookPayload extends MutationPayload {
  @Field(() => Webhook, { nullable: true, description: 'The webhook as it is now; null when nothing was done.' })
  webhook?: Promise<dataspike.Webhook | null>;
}

@ObjectType({ simpleResolvers: true })
abstract class WebhookSecretPayload extends WebhookPayload {
  @Field(() => String, {
    nullable: true,
    description:
      'What signs its deliveries: one of WEBHOOK_SECRETS. Shown this once, never again; null in the answer to a repeated idempotencyKey: rotate it then.',
  })
  secret?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'What createWebhook answers.' })
export class CreateWebhookPayload extends WebhookSecretPayload {}

@ObjectType({ simpleResolvers: true, description: 'What rotateWebhookSecret answers.' })
export class RotateWebhookSecretPayload extends WebhookSecretPayload {}

@ObjectType({ simpleResolvers: true, description: 'What updateWebhook answers.' })
export class UpdateWebhookPayload extends WebhookPayload {}

@ObjectType({ simpleResolvers: true, description: 'What deleteWebhook answers.' })
export class DeleteWebhookPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'What is gone; null when nothing was done.' })
  deletedWebhookId?: string;
}

@Resolver()
export class WebhookMutations {
  @Scoped('kyc:admin')
  @Mutation(() => CreateWebhookPayload, {
    description: 'Subscribes to webhooks. REST: `POST /api/v3/organization/webhooks`.',
  })
  createWebhook(
    @Arg('input', () => CreateWebhookInput, { description: 'Where to, and what.' }) input: CreateWebhookInput,
    @Ctx() context: OperationContext,
  ): Promise<CreateWebhookPayload> {
    return settleCreation(async () => {
      let secret: string | null = null;
      const id = await context.services.creations.run(context, {
        name: 'createWebhook',
        input,
        async create(signal) {
          const created = await context.client.createWebhook(input, signal);
          secret = created.secret;
          return created.id;
        },
      });
      return { webhook: find(context, id), secret };
    });
  }

  @Scoped('kyc:admin')
  @Mutation(() => UpdateWebhookPayload, {
    description: 'Changes a subscription of webhooks. REST: `PUT /api/v3/organization/webhooks/{webhook_id}`.',
  })
  updateWebhook(
    @Arg('input', () => UpdateWebhookInput, { description: 'What to change.' })
    { webhookId, ...changes }: UpdateWebhookInput,
    @Ctx() context: OperationContext,
  ): Promise<UpdateWebhookPayload> {
    return settle(async () => {
      const current = await find(context, webhookId);
      if (!current) throw new Refusal(new NotFoundError(['input', 'webhookId']));
      await context.client.updateWebhook(webhookId, merge(current, changes), context.signal);
      return { webhook: find(context, webhookId) };
    });
  }

  @Scoped('kyc:admin')
  @Mutation(() => DeleteWebhookPayload, {
    description: 'Ends a subscription of webhooks. REST: `DELETE /api/v3/organization/webhooks/{webhook_id}`.',
  })
  deleteWebhook(
    @Arg('input', () => DeleteWebhookInput, { description: 'Which one.' }) { webhookId }: DeleteWebhookInput,
    @Ctx() { client, services, signal }: OperationContext,
  ): Promise<DeleteWebhookPayload> {
    return settle(async () => {
      await client.deleteWebhook(webhookId, signal);
      services.sharedReads.detach();
      return { deletedWebhookId: webhookId };
    });
  }

  @Scoped('kyc:admin')
  @Mutation(() => RotateWebhookSecretPayload, {
    description:
      'Replaces the signing secret at once: keep both secrets in WEBHOOK_SECRETS until deliveries signed with the old ' +
      'one have ended. REST: `POST /api/v3/organization/webhooks/{webhook_id}/hmac/rotate`.',
  })
  rotateWebhookSecret(
    @Arg('input', () => RotateWebhookSecretInput, { description: 'Whose.' }) { webhookId }: RotateWebhookSecretInput,
    @Ctx() context: OperationContext,
  ): Promise<RotateWebhookSecretPayload> {
    return settle(async () => {
      const secret = await context.client.rotateWebhookSecret(webhookId, context.signal);
      return { webhook: find(context, webhookId), secret };
    });
  }
}

/** Dataspike has no read of one webhook. */
async function find({ client, services, signal }: OperationContext, id: string): Promise<dataspike.Webhook | null> {
  services.sharedReads.detach();
  return (await client.listWebhooks(signal)).find((webhook) => webhook.id === id) ?? null;
}

/** An update replaces the whole subscription (guide, section 9). */
function merge(current: dataspike.Webhook, changes: Omit<UpdateWebhookInput, 'webhookId'>): dataspike.WriteWebhook {
  return {
    url: changes.url ?? current.url,
    eventTypes: changes.eventTypes ?? current.eventTypes,
    enabled: changes.enabled ?? current.enabled,
    isSandbox: changes.isSandbox ?? current.isSandbox,
  };
}
