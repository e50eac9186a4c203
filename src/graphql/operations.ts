import type { ApolloServer } from '@apollo/server';
import {
  type DocumentNode,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import type { Caller } from '../access/caller';
import { type OperationContext, type Services, startOperation } from './context';
import type { Documents } from './documents';
import { requestError } from './errors';
import { OperationRefused, type ResultStream, resultStream } from './resultStream';
import { subscribe } from './subscribe';

/** What a client sends for one operation. */
export interface OperationRequest {
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

  /** One masked result for a query or mutation, one per update for a subscription. */
  run(operation: AdmittedOperation): Promise<ResultStream>;
}

export function createOperations({
  schema,
  documents,
  apollo,
  services,
}: {
  schema: GraphQLSchema;
  documents: Documents;
  apollo: ApolloServer<OperationContext>;
  services: Services;
}): Operations {
  /** Through Apollo Server, as over HTTP. */
  function runOnce({ request, caller, requestId }: AdmittedOperation): ResultStream {
    const operation = startOperation(services, caller, requestId);
    let hasRun = false;
    return resultStream(
      async () => {
        if (hasRun) return { done: true, value: undefined };
        hasRun = true;
        const { query, variables, operationName } = request;
        const { body } = await apollo
          .executeOperation(
            { query, variables: variables ?? undefined, operationName: operationName ?? undefined },
            { contextValue: operation.context },
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

  return {
    admit(request, caller, requestId) {
      const document = documents.admit(request.query);
      if (!('kind' in document)) return document;
      const type = getOperationAST(document, request.operationName)?.operation;
      if (!type) return [requestError('OPERATION_RESOLUTION_FAILURE', 'The document has no such operation')];
      return { request, document, type, caller, requestId };
    },
    async run(operation) {
      if (operation.type !== OperationTypeNode.SUBSCRIPTION) return runOnce(operation);
      const { request, document, caller, requestId } = operation;
      const { operationName, variables: variableValues } = request;
      return subscribe({ schema, document, operationName, variableValues }, services, caller, requestId);
    },
  };
}

/** A result without data is a refused request. */
function refuseOrPass(result: FormattedExecutionResult): FormattedExecutionResult {
  if (result.data === undefined) throw new OperationRefused(result.errors ?? []);
  return result;
}
