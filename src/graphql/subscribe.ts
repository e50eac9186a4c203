import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
} from 'graphql';
import type { Caller } from '../access/caller';
import { type Operation, type Services, startOperation } from './context';
import { toPublicError } from './errors';
import { coerceVariables } from './execution';
import { noteOperationOf, noteOutcome } from './operationOutcome';
import { type ResultStream, refused } from './resultStream';
import { shareKey } from './shareKey';
import { type Opened, type ResultReader, type Shared, UpdateDelivery } from './updateDelivery';
import type { UpdateSource } from './updates';

/**
 * Runs a subscription of an admitted document. Every update is executed as an operation of its own, shared with those who
 * are told the same: fresh loaders, a deadline, the same error masking as a query. Results go straight to the reader.
 * @param onEnd called once, however it ends
 * @returns ends with the subscription; its `next` begins it, and rejects when the subscription is refused
 */
export async function subscribe(
  args: ExecutionArgs,
  { caller, requestId }: { readonly caller: Caller; readonly requestId: string },
  shared: Shared,
  reader: ResultReader,
  onEnd: () => void,
): Promise<ResultStream> {
  const opened = await open(args, caller, requestId, shared.services).catch((error: unknown) => {
    onEnd();
    throw error;
  });
  if ('errors' in opened) {
    onEnd();
    return refused(opened.errors);
  }
  return new UpdateDelivery(opened, { args, caller, requestId }, shared, reader, onEnd);
}

/** Apart from the rest, so that a subscription does not hold for as long as it lasts what only its opening needed. */
async function open(
  args: ExecutionArgs,
  caller: Caller,
  requestId: string,
  services: Services,
): Promise<Opened | { errors: readonly GraphQLFormattedError[] }> {
  const opening = startOperation(services, caller, requestId);
  noteOperationOf(opening.context, args.document, args.operationName);
  const refuse = (errors: readonly GraphQLError[]) => {
    const publicErrors = errors.map((error) => toPublicError(error, services.logger, requestId));
    noteOutcome(opening.context, { errors: publicErrors });
    return { errors: publicErrors };
  };
  try {
    const { coerced: variables, errors } = readVariables(args);
    if (!variables) return refuse(errors);
    const source = await openSource(args, opening);
    if (!('take' in source)) return refuse(source.errors ?? []);
    noteOutcome(opening.context, {});
    return { source, variables, shareKey: shareKey(args.document, args.operationName, variables, caller) };
  } finally {
    opening.end();
  }
}

/** graphql-js gives errors of variables no code. */
function readVariables({ schema, document, operationName, variableValues }: ExecutionArgs) {
  const { coerced, errors } = coerceVariables(schema, getOperationAST(document, operationName), variableValues);
  if (coerced) return { coerced };
  return {
    errors: errors.map(
      ({ message, nodes }) => new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } }),
    ),
  };
}

/** The one root field opens nothing else. */
function openSource(args: ExecutionArgs, { context, run }: Operation): Promise<UpdateSource | ExecutionResult> {
  const open = run(() => createSourceEventStream({ ...args, contextValue: context }));
  return open as Promise<UpdateSource | ExecutionResult>;
}
