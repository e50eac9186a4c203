import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema, ValidationRule } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { OperationContext } from './context';
import type { Documents } from './documents';
import { requestError, toPublicError } from './errors';
import type { Execution } from './execution';
import type { Limits } from './limits';
import { reportOutcome } from './operationOutcome';
import { discloseAnswers } from './redacted';
import { tellStaleness } from './staleAnswers';

/**
 * Apollo Server as the pipeline for queries and mutations: documents, validation, variables, execution. It listens to
 * nothing by itself.
 */
export function createApolloServer({
  schema,
  introspection,
  validationRules,
  limits,
  automaticPersistedQueries,
  maxTokens,
  documents,
  execution,
  logger,
}: {
  schema: GraphQLSchema;
  /** Where it is off, no message proposes a name either. */
  introspection: boolean;
  validationRules: readonly ValidationRule[];
  limits: Limits;
  /** Lets clients register documents under their hash. */
  automaticPersistedQueries: boolean;
  maxTokens: number;
  /** Apollo Server knows what these have admitted. */
  documents: Documents;
  execution: Pick<Execution, 'execute'>;
  logger: Logger;
}): ApolloServer<OperationContext> {
  const { nameRequest, requestIdOf } = createRequestNames();
  return new ApolloServer<OperationContext>({
    gateway: behindApollo(schema, execution),
    documentStore: documents.store,
    // Our own rule decides, on every way in; Apollo's would say the same again, and how to switch it on.
    introspection: true,
    hideSchemaDetailsFromClientErrors: !introspection,
    validationRules: [...validationRules],
    parseOptions: { maxTokens },
    persistedQueries: automaticPersistedQueries ? { cache: createPersistedQueryCache() } : false,
    // A request with this header is preflighted by every browser, as is one with the usual Apollo headers.
    csrfPrevention: { requestHeaders: ['authorization', 'x-apollo-operation-name', 'apollo-require-preflight'] },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger,
    // Knows the request only where an operation began; otherwise the HTTP handler adds its id.
    formatError: (_formatted, error) => toPublicError(error, logger, requestIdOf(error)),
    plugins: [
      refuseSubscriptions,
      keepLimits(limits),
      nameRequest,
      discloseAnswers,
      tellStaleness,
      reportOutcome,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** Apollo Server's way to execute by something else than graphql-js, meant for federation. */
function behindApollo(
  apiSchema: GraphQLSchema,
  { execute }: Pick<Execution, 'execute'>,
): ApolloServerOptionsWithGateway<OperationContext>['gateway'] {
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema, coreSupergraphSdl: '' });
      return () => {};
    },
    load: async () => ({
      executor: ({ document, operation, request, context }) =>
        execute({ document, operation, operationName: request.operationName, variables: request.variables, context }),
    }),
    stop: async () => {},
  };
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

/** What depends on the variables, and what came under a hash: everything else was refused before. */
const keepLimits = (limits: Limits): ApolloServerPlugin<OperationContext> => ({
  async requestDidStart() {
    return {
      async didResolveOperation({ document, request }) {
        const excess = limits.checkOperation(document, request.operationName, request.variables);
        if (excess) throw excess;
      },
    };
  },
});

/** Automatic persisted queries: 4 MiB of documents, the least used of which are forgotten. */
function createPersistedQueryCache() {
  const cache = new LRUCache<string, string>({ maxSize: 4_194_304, sizeCalculation: (text) => text.length + 100 });
  return {
    get: async (key: string) => cache.get(key),
    set: async (key: string, text: string) => void cache.set(key, text),
    delete: async (key: string) => cache.delete(key),
  };
}

/** `formatError` is told the error alone. */
function createRequestNames() {
  const requestIds = new WeakMap<object, string>();
  const nameRequest: ApolloServerPlugin<OperationContext> = {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue }) {
          for (const error of errors) requestIds.set(error, contextValue.requestId);
        },
      };
    },
  };
  const requestIdOf = (error: unknown) =>
    typeof error === 'object' && error !== null ? requestIds.get(error) : undefined;
  return { nameRequest, requestIdOf };
}
