import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema, ValidationRule } from 'graphql';
import type { Logger } from 'pino';
import type { OperationContext } from './context';
import { requestError, toPublicError } from './errors';

/**
 * Apollo Server as the pipeline for queries and mutations: documents, validation, variables, execution. It listens to
 * nothing by itself.
 */
export function createApolloServer({
  schema,
  introspection,
  validationRules,
  maxTokens,
  logger,
}: {
  schema: GraphQLSchema;
  /** Where it is off, no message proposes a name either. */
  introspection: boolean;
  validationRules: readonly ValidationRule[];
  maxTokens: number;
  logger: Logger;
}): ApolloServer<OperationContext> {
  return new ApolloServer<OperationContext>({
    schema,
    // Our own rule decides, on every way in; Apollo's would say the same again, and how to switch it on.
    introspection: true,
    hideSchemaDetailsFromClientErrors: !introspection,
    validationRules: [...validationRules],
    parseOptions: { maxTokens },
    // A request with this header is preflighted by every browser, as is one with the usual Apollo headers.
    csrfPrevention: { requestHeaders: ['authorization', 'x-apollo-operation-name', 'apollo-require-preflight'] },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger,
    // Knows the request only where an operation ran; otherwise the HTTP handler adds its id.
    formatError: (_formatted, error) => toPublicError(error, logger),
    plugins: [
      refuseSubscriptions,
      nameRequest,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

const refuseSubscriptions: ApolloServerPlugin<OperationContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (operation?.operation === 'subscription') {
          throw requestError('BAD_REQUEST', 'Subscriptions need a WebSocket (graphql-transport-ws) on this path', 405);
        }
      },
    };
  },
};

const nameRequest: ApolloServerPlugin<OperationContext> = {
  async requestDidStart({ contextValue }) {
    return {
      async willSendResponse({ response }) {
        if (response.body.kind !== 'single') return;
        for (const error of response.body.singleResult.errors ?? []) {
          Object.assign(error.extensions ?? {}, { requestId: contextValue.requestId });
        }
      },
    };
  },
};
