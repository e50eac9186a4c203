import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  type GraphQLError,
  getOperationAST,
  getVariableValues,
} from 'graphql';
import type { Caller } from '../access/caller';
import { type Services, startOperation } from './context';
import { requestError, toPublicError } from './errors';

/**
 * Runs a subscription of an admitted document. Every update is executed as an operation of its own: fresh loaders, its
 * own deadline, the same error masking as a query.
 * @returns results until the reader leaves; its first `next` rejects when the subscription is refused
 */
export async function subscribe(
  args: ExecutionArgs,
  services: Services,
  caller: Caller,
  requestId: string,
): Promise<AsyncGenerator<FormattedExecutionResult, void, void>> {
  const refusal = refuseVariables(args);
  if (refusal) return failing(refusal);
  const opening = startOperation(services, caller, requestId);
  const source = await createSourceEventStream({ ...args, contextValue: opening.context });
  opening.end();
  if (!isAsyncIterable(source)) return failing(source.errors?.[0] ?? new Error('The subscription did not start'));

  const events = source[Symbol.asyncIterator]();
  return iterator(
    async () => {
      const event = await events.next();
      return event.done
        ? event
        : { done: false, value: await executeUpdate(args, event.value, services, caller, requestId) };
    },
    async () => {
      opening.abandon();
      await events.return?.();
    },
  );
}

async function executeUpdate(
  args: ExecutionArgs,
  event: unknown,
  services: Services,
  caller: Caller,
  requestId: string,
): Promise<FormattedExecutionResult> {
  const operation = startOperation(services, caller, requestId);
  try {
    const { data, errors } = await execute({ ...args, rootValue: event, contextValue: operation.context });
    if (!errors) return { data };
    return { data, errors: errors.map((error) => toPublicError(error, services.logger, requestId)) };
  } finally {
    operation.end();
  }
}

/** graphql-js gives wrong variables no code. */
function refuseVariables({ schema, document, operationName, variableValues }: ExecutionArgs): GraphQLError | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) return requestError('OPERATION_RESOLUTION_FAILURE', 'The document has no such operation');
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {}, {
    maxErrors: 5,
  });
  return errors?.[0] ? requestError('BAD_USER_INPUT', errors[0].message) : null;
}

/** Ends with the error when it is read. */
export function failing(error: unknown): AsyncGenerator<never, void, void> {
  return iterator(
    () => Promise.reject(error),
    async () => {},
  );
}

/** An object with all methods of a generator: graphql-ws ends nothing else. Unlike one, `return` does not wait. */
function iterator<T>(
  next: () => Promise<IteratorResult<T, void>>,
  leave: () => Promise<void>,
): AsyncGenerator<T, void, void> {
  const end = async (): Promise<IteratorResult<T, void>> => {
    await leave();
    return { done: true, value: undefined };
  };
  return {
    next,
    return: end,
    throw: end,
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}

function isAsyncIterable<T>(value: AsyncIterable<T> | ExecutionResult): value is AsyncIterable<T> {
  return Symbol.asyncIterator in value;
}
