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
import { type Operation, type Services, startOperation } from './context';
import { requestError, toPublicError } from './errors';
import { failing, type ResultStream, resultStream } from './resultStream';

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
): Promise<ResultStream> {
  const refusal = refuseVariables(args);
  if (refusal) return failing(refusal);
  const opening = startOperation(services, caller, requestId);
  const source = await createSourceEventStream({ ...args, contextValue: opening.context });
  opening.end();
  if (!isAsyncIterable(source)) return failing(source.errors?.[0] ?? new Error('The subscription did not start'));

  const events = source[Symbol.asyncIterator]();
  let update: Operation | null = null;
  return resultStream(
    async () => {
      const event = await events.next();
      if (event.done) return event;
      update = startOperation(services, caller, requestId);
      return { done: false, value: await executeUpdate(args, event.value, update) };
    },
    async () => {
      opening.abandon();
      update?.abandon();
      await events.return?.();
    },
  );
}

async function executeUpdate(
  args: ExecutionArgs,
  event: unknown,
  { context, end }: Operation,
): Promise<FormattedExecutionResult> {
  const { services, requestId } = context;
  try {
    const { data, errors } = await execute({ ...args, rootValue: event, contextValue: context });
    if (!errors) return { data };
    return { data, errors: errors.map((error) => toPublicError(error, services.logger, requestId)) };
  } finally {
    end();
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

function isAsyncIterable<T>(value: AsyncIterable<T> | ExecutionResult): value is AsyncIterable<T> {
  return Symbol.asyncIterator in value;
}
