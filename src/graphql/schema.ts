import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import './enums';
import { ApplicantMutations } from './applicant.mutations';
import { ApplicantResolver } from './applicant.resolver';
import { CountryResolver } from './country.resolver';
import { CreateWatchTokenResolver } from './createWatchToken';
import { DocumentLinks } from './documentLinks';
import { DocumentUploadMutations } from './documentUpload';
import { createFederationResolver, subgraphSdl } from './federation';
import { guardPersonalData } from './personalData';
import { ProfileMutations } from './profile.mutations';
import { ProfileResolver } from './profile.resolver';
import { enforceScopes } from './scopes';
import { noteStaleFields } from './staleAnswers';
import {
  DocumentsMissingError,
  IdempotencyConflictError,
  InvalidTransitionError,
  NotFoundError,
  UncertainOutcomeError,
  ValidationError,
} from './userErrors';
import { VerificationMutations } from './verification.mutations';
import { VerificationResolver } from './verification.resolver';
import { VerificationUpdatedResolver } from './verificationUpdated';
import { ViewerResolver } from './viewer';
import { WebhookMutations } from './webhook.mutations';
import { WebhookDeliveryResolver, WebhookResolver } from './webhook.resolver';

/** type-graphql asks for one as soon as there is a subscription, also when that brings its own `subscribe`. */
const UNUSED_PUB_SUB = {
  publish(): never {
    throw new Error('Updates come from the event log');
  },
  subscribe(): never {
    throw new Error('Updates come from the event log');
  },
};

let plain: GraphQLSchema | null = null;
let subgraph: GraphQLSchema | null = null;

/**
 * The whole schema, with its checks. Each kind is built once in a process, since it holds no state: resolvers take
 * everything from the operation's context.
 * @param federation adds `_service` and `_entities` of Apollo Federation
 */
export function createSchema({ federation = false }: { federation?: boolean } = {}): GraphQLSchema {
  plain ??= buildSchema();
  if (!federation) return plain;
  subgraph ??= buildSchema(createFederationResolver(subgraphSdl(plain)));
  return subgraph;
}

function buildSchema(...more: Parameters<typeof buildSchemaSync>[0]['resolvers'][number][]): GraphQLSchema {
  const unguarded = buildSchemaSync({
    resolvers: [
      ViewerResolver,
      ApplicantResolver,
      VerificationResolver,
      VerificationUpdatedResolver,
      CreateWatchTokenResolver,
      ProfileResolver,
      CountryResolver,
      WebhookResolver,
      WebhookDeliveryResolver,
      ApplicantMutations,
      VerificationMutations,
      ProfileMutations,
      WebhookMutations,
      DocumentLinks,
      DocumentUploadMutations,
      ...more,
    ],
    orphanedTypes: [
      ValidationError,
      NotFoundError,
      InvalidTransitionError,
      DocumentsMissingError,
      UncertainOutcomeError,
      IdempotencyConflictError,
    ],
    validate: false,
    // Would ask the schema for itself at every start. Apollo Server checks that it is valid, a test that it is ours.
    skipCheck: true,
    pubSub: UNUSED_PUB_SUB,
  });
  describeRoots(unguarded);
  return enforceScopes(guardPersonalData(noteStaleFields(unguarded)));
}

/** type-graphql has no class, and so no description, for them. */
function describeRoots(schema: GraphQLSchema): void {
  const roots = [
    [schema.getQueryType(), 'What can be asked for. Nothing here changes anything.'],
    [schema.getMutationType(), 'What can be changed. What is refused and can be mended is in `userErrors`.'],
    [schema.getSubscriptionType(), 'What is told as it happens, over WebSocket or Server-Sent Events.'],
  ] as const;
  for (const [root, description] of roots) if (root) root.description = description;
}
