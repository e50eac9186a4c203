import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type * as verifications from '../dataspike/verification';
import type * as dataspike from '../dataspike/webhook';
import { type Connection, checkFirst, connect } from './connection';
import type { OperationContext } from './context';
import { CursorInvalid } from './errors';
import { PageArgs } from './pageArgs';
import { Harmless } from './personalData';
import { Scoped } from './scopes';
import { Verification } from './verification.type';
import { Webhook, WebhookDelivery, WebhookDeliveryConnection } from './webhook.type';

@Resolver(() => Webhook)
export class WebhookResolver {
  @Scoped('kyc:admin')
  @Query(() => [Webhook], { description: 'All subscriptions of webhooks. REST: `GET /api/v3/organization/webhooks`.' })
  webhooks(@Ctx() { services, client, signal }: OperationContext): Promise<dataspike.Webhook[]> {
    return services.sharedReads.read('webhooks', (readSignal) => client.listWebhooks(readSignal), signal);
  }

  @Scoped('kyc:admin')
  @Query(() => WebhookDeliveryConnection, {
    description:
      'Newest knowledge of what Dataspike tried to deliver. REST: `GET /api/v3/notifications/webhook/history`.',
  })
  async webhookDeliveries(
    @Args(() => PageArgs) { first, after }: PageArgs,
    @Arg('webhookId', () => ID, { nullable: true, description: 'Only those of this webhook.' }) webhookId:
      | string
      | null,
    @Ctx() { client, signal }: OperationContext,
  ): Promise<Connection<dataspike.WebhookDelivery>> {
    const limit = checkFirst(first);
    const afterId = after == null ? null : decodeEventId(after);
    const page = await client.listWebhookHistory({ after: afterId, webhookId, limit }, signal);
    const cursors = page.items.map((delivery) => encodeEventId(delivery.id));
    return connect(page.items, (index) => cursors[index] ?? '', page.hasNext, afterId !== null);
  }
}

@Resolver(() => WebhookDelivery)
export class WebhookDeliveryResolver {
  @Harmless()
  @FieldResolver(() => Verification, {
    nullable: true,
    description: 'The verification that it was about, as it is now.',
  })
  verification(
    @Root() { verificationId }: dataspike.WebhookDelivery,
    @Ctx() { loaders }: OperationContext,
  ): Promise<verifications.Verification | null> | null {
    return verificationId === null ? null : loaders.verification.load(verificationId);
  }
}

// The history pages by the id of the last event (guide, section 5), so the cursor is that id.

function encodeEventId(id: string): string {
  return Buffer.from(`delivery:${id}`).toString('base64url');
}

function decodeEventId(cursor: string): string {
  const id = /^delivery:([\w.:-]{1,200})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (id === undefined) throw new CursorInvalid();
  return id;
}
