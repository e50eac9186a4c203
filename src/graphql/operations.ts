import type { ApolloServer } from '@apollo/server';
import {
  type DocumentNode,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationTypeNode,
} from 'graphql';
import type { Caller } from '../access/caller';
import { RateLimited } from '../access/rateLimits';
import type { SubscriptionPlaces } from '../access/rateLimitsOfSubscriptions';
import { type OperationContext, type Services, startOperation } from './context';
import type { Documents } from './documents';
import { codeOf, requestError, toPublicError } from './errors';
import type { Execution } from './execution';
import type { Limits } from './limits';
import type { DocumentReference, PersistedOperations } from './persistedOperations';
import { OperationRefused, type ResultStream, refused, resultStream } from './resultStream';
import { createSharedAnswers } from './sharedAnswers';
import { subscribe } from './subscribe';
import type { ResultReader } from './updateDelivery';

/** What a client sends for one operation. `query` may be empty where the document is named. */
export interface OperationRequest extends DocumentReference {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown> | null;
}

/** An operation whose document may run, and who asks for it. */
export interface AdmittedOperation {
  readonly request: OperationRequest;
  readonly document: DocumentNode;
  readonly type: OperationTypeNode;
  readonly caller: Caller;
  readonly requestId: string;
}

/** The way of operations of every type that do not come over plain HTTP. */
export interface Operations {
  /** @returns the operation, or why its document is refused */
  admit(request: OperationRequest, caller: Caller, requestId: string): AdmittedOperation | readonly GraphQLError[];

  /** One masked result of a query or mutation. */
  run(operation: AdmittedOperation): ResultStream;

  /** Hands the results of a subscription to the reader; the stream brings none, and ends when the subscription does. */
  subscribe(operation: AdmittedOperation, reader: ResultReader): Promise<ResultStream>;
}

export function createOperations({
  schema,
  documents,
  persistedOperations,
  limits,
  places,
  apollo,
  execution,
  services,
}: {
  schema: GraphQLSchema;
  documents: Documents;
  persistedOperations: PersistedOperations;
  limits: Limits;
  /** For subscriptions. */
  places: SubscriptionPlaces;
  apollo: ApolloServer<OperationContext>;
  /** Of updates. */
  execution: Pick<Execution, 'executeUpdate'>;
  services: Services;
}): Operations {
  const shared = { services, answers: createSharedAnswers(services, execution.executeUpdate) };

  /** Through Apollo Server, as over HTTP. */
  function runOnce({ request, caller, requestId }: AdmittedOperation): ResultStream {
    const operation = startOperation(services, caller, requestId);
    let hasRun = false;
    return resultStream(
      async () => {
        if (hasRun) return { done: true, value: undefined };
        hasRun = true;
        const { query, variables, operationName } = request;
        const { body } = await operation
          .run(() =>
            apollo.executeOperation(
              { query, variables: variables ?? undefined, operationName: operationName ?? undefined },
              { contextValue: operation.context },
            ),
          )
          .finally(operation.end);
        if (body.kind !== 'single') throw new Error('Incremental delivery is not supported');
        return { done: false, value: refuseOrPass(body.singleResult) };
      },
      async () => {
        operation.abandon();
        operation.end();
      },
    );
  }

  function refuse(error: GraphQLError | RateLimited, requestId: string): ResultStream {
    const publicError = toPublicError(error, services.logger, requestId);
    services.telemetry.refuse(codeOf(publicError));
    return refused([publicError]);
  }

  return {
    admit(asked, caller, requestId) {
      const query = resolveQuery(persistedOperations, asked);
      if (typeof query !== 'string') return [query];
      const request = { ...asked, query };
      const document = documents.admit(query);
      if (!('kind' in document)) return document;
      const type = getOperationAST(document, request.operationName)?.operation;
      if (!type) return [requestError('OPERATION_RESOLUTION_FAILURE', 'The document has no such operation')];
      return { request, document, type, caller, requestId };
    },
    run: runOnce,
    async subscribe({ request, document, caller, requestId }, reader) {
      const { operationName, variables: variableValues } = request;
      const excess = limits.checkOperation(document, operationName, variableValues);
      if (excess) return refuse(excess, requestId);
      try {
        const leave = places.take(caller);
        const args = { schema, document, operationName, variableValues };
        return await subscribe(args, { caller, requestId }, shared, reader, leave);
      } catch (error) {
        if (!(error instanceof RateLimited)) throw error;
        return refuse(error, requestId);
      }
    },
  };
}

function resolveQuery(persistedOperations: PersistedOperations, request: OperationRequest): string | GraphQLError {
  try {
    // Documents are registered over plain HTTP only; an empty one is told what it lacks by the parser.
    return String(persistedOperations.resolve(request) ?? '');
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/** A result without data is a refused request. */
function refuseOrPass(result: FormattedExecutionResult): FormattedExecutionResult {
  if (result.data === undefined) throw new OperationRefused(result.errors ?? []);
  return result;
}
