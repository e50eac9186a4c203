import { Field, ID, Int, ObjectType } from 'type-graphql';
import type * as dataspike from '../dataspike/webhook';
import { connectionType } from './connection';
import { Harmless } from './personalData';
import { DateTimeScalar, UrlScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'A subscription of webhooks at Dataspike.' })
export class Webhook implements dataspike.Webhook {
  @Field(() => ID, { description: "Dataspike's id; opaque. REST: `webhook_id`." })
  id!: string;

  @Field(() => UrlScalar, { description: 'Where deliveries go. REST: `webhook_url`.' })
  url!: string;

  @Field(() => [String], { description: 'What is delivered, for example DOCVER; an open list. REST: `event_types`.' })
  eventTypes!: readonly string[];

  @Field(() => Boolean, { description: 'Whether anything is delivered at present.' })
  enabled!: boolean;

  @Field(() => Boolean, { nullable: true, description: 'It delivers what happens in the sandbox. REST: `is_sandbox`.' })
  isSandbox!: boolean | null;
}

@ObjectType({ simpleResolvers: true, description: 'What Dataspike tried to deliver, and how that went.' })
export class WebhookDelivery implements Omit<dataspike.WebhookDelivery, 'verificationId' | 'payload'> {
  verificationId!: string | null;

  @Harmless()
  @Field(() => ID, { description: "The event's id." })
  id!: string;

  @Harmless()
  @Field(() => ID, { nullable: true, description: 'The webhook that it went to. REST: `webhook_id`.' })
  webhookId!: string | null;

  @Harmless()
  @Field(() => String, { description: 'What it tells, for example DOCVER; an open list. REST: `event_type`.' })
  eventType!: string;

  @Harmless()
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it happened. REST: `timestamp`.' })
  occurredAt!: string | null;

  @Harmless()
  @Field(() => Int, { nullable: true, description: 'How many times it was tried.' })
  attempts!: number | null;

  @Harmless()
  @Field(() => Int, {
    nullable: true,
    description: 'The HTTP status of the last answer; null while it is pending. REST: `response_code`.',
  })
  responseCode!: number | null;

  @Harmless()
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last tried. REST: `last_attempt_at`.' })
  lastAttemptAt!: string | null;
}

export const WebhookDeliveryConnection = connectionType(WebhookDelivery, 'WebhookDelivery');
