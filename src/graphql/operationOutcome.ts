import type { ApolloServerPlugin } from '@apollo/server';
import {
  type DocumentNode,
  type FormattedExecutionResult,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import type { OperationContext } from './context';
import { codeOf } from './errors';

/** Notes which operation of the document it is. */
export function noteOperation({ report }: OperationContext, operation: OperationDefinitionNode): void {
  report.type = operation.operation;
  report.name = operation.name?.value ?? null;
}

/** Notes how it ended: `OK`, or the code of the first error as the client sees it. */
export function noteOutcome({ report }: OperationContext, { errors }: Pick<FormattedExecutionResult, 'errors'>): void {
  const [first] = errors ?? [];
  report.status = first ? codeOf(first) : 'OK';
}

/** The same for a document that is executed past Apollo Server. */
export function noteOperationOf(
  context: OperationContext,
  document: DocumentNode,
  operationName: string | null | undefined,
): void {
  const operation = getOperationAST(document, operationName);
  if (operation) noteOperation(context, operation);
}

/** For queries and mutations, whichever way they come. After what changes the errors. */
export const reportOutcome: ApolloServerPlugin<OperationContext> = {
  async requestDidStart({ contextValue }) {
    return {
      async didResolveOperation({ operation }) {
        if (operation) noteOperation(contextValue, operation);
      },
      async willSendResponse({ response: { body } }) {
        if (body.kind === 'single') noteOutcome(contextValue, body.singleResult);
      },
    };
  },
};
