import { createHash } from 'node:crypto';
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  getOperationAST,
  getVariableValues,
} from 'graphql';
import type { Caller } from '../access/caller';
import { type Operation, type Services, startOperation } from './context';
import { toPublicError } from './errors';
import { concludeDisclosure } from './redacted';
import { type ResultStream, refused, resultStream } from './resultStream';

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
  const refuse = (errors: readonly GraphQLError[]) =>
    refused(errors.map((error) => toPublicError(error, services.logger, requestId)));
  const wrongVariables = findWrongVariables(args);
  if (wrongVariables.length > 0) return refuse(wrongVariables);
  const opening = startOperation(services, caller, requestId);
  const source = await createSourceEventStream({ ...args, contextValue: opening.context });
  opening.end();
  if (!isAsyncIterable(source)) return refuse(source.errors ?? []);

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
    const extensions = concludeDisclosure(context, {
      name: getOperationAST(args.document, args.operationName)?.name?.value ?? null,
      sha256: () => sha256(args.document.loc?.source.body ?? ''),
    });
    return {
      data,
      ...(errors && { errors: errors.map((error) => toPublicError(error, services.logger, requestId)) }),
      ...(extensions && { extensions }),
    };
  } finally {
    end();
  }
}

/** graphql-js gives them no code. */
function findWrongVariables({ schema, document, operationName, variableValues }: ExecutionArgs): GraphQLError[] {
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const { errors = [] } = getVariableValues(schema, definitions, variableValues ?? {}, { maxErrors: 50 });
  return errors.map(
    ({ message, nodes }) => new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } }),
  );
}

function sha256(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}

function isAsyncIterable<T>(value: AsyncIterable<T> | ExecutionResult): value is AsyncIterable<T> {
  return Symbol.asyncIterator in value;
}
