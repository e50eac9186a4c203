import { createHash } from 'node:crypto';
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
import { concludeDisclosure } from './redacted';
import { type ResultStream, refused, resultStream } from './resultStream';
import type { Answer, Execution, SharedAnswers, Subscriber } from './sharedAnswers';
import { shareKey } from './shareKey';
import type { UpdateSource } from './updates';
import type { VerificationUpdate } from './verificationUpdate.type';

/** Where the results of one subscription go. */
export interface ResultReader {
  /** @param json one result, the same bytes for many readers: not to be changed */
  take(json: Buffer): void;
  /** Whether it takes another one now; one that does not is slow. */
  isReady(): boolean;
  /** Calls back once, later, when it is ready again, or will never be. */
  whenReady(resume: () => void): void;
}

/**
 * Updates after which everybody else gets a turn. A write that the system takes at once does not wait for the event loop,
 * so a long replay would hold up the whole process.
 */
const UPDATES_PER_TURN = 20;

/**
 * Runs a subscription of an admitted document. Every update is executed as an operation of its own, shared with those who
 * are told the same: fresh loaders, a deadline, the same error masking as a query. Results go straight to the reader.
 * @param onEnd called once, however it ends
 * @returns ends with the subscription; its `next` begins it, and rejects when the subscription is refused
 */
export async function subscribe(
  args: ExecutionArgs,
  { caller, requestId }: { readonly caller: Caller; readonly requestId: string },
  { services, answers }: { readonly services: Services; readonly answers: SharedAnswers },
  reader: ResultReader,
  onEnd: () => void,
): Promise<ResultStream> {
  const opened = await open(args, caller, requestId, services).catch((error: unknown) => {
    onEnd();
    throw error;
  });
  if ('errors' in opened) {
    onEnd();
    return refused(opened.errors);
  }
  const { variables, shareKey } = opened;
  const subscriber: Subscriber = { args, variables, caller, requestId, shareKey };
  const delivery = deliver(opened.source, subscriber, answers, reader, {
    finish: (answer) => toJson(answer, subscriber, services, answers),
    onSent: services.telemetry.updateSent,
    onEnd,
  });
  return resultStream(
    async () => {
      await delivery.run();
      return { done: true, value: undefined };
    },
    async () => delivery.leave(),
  );
}

interface Opened extends Pick<Subscriber, 'variables' | 'shareKey'> {
  readonly source: UpdateSource;
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

/** Hands update after update to the reader, as fast as it takes them. */
function deliver(
  source: UpdateSource,
  subscriber: Subscriber,
  answers: SharedAnswers,
  reader: ResultReader,
  {
    finish,
    onSent,
    onEnd,
  }: {
    finish: (answer: Answer) => Buffer;
    /** Hears of each update that went to the reader as it happened when the log took its event. */
    onSent: (acceptedAt: number) => void;
    onEnd: () => void;
  },
) {
  /** Between two updates, while it waits for something. */
  let isWaiting = false;
  let execution: Execution | null = null;
  let hasLeft = false;
  let updatesOfTurn = 0;
  /** When the log took the event of the update under way; null for what was read, which is as old as it is. */
  let acceptedAt: number | null = null;
  let settle: (error?: unknown) => void = () => {};

  function goOn() {
    isWaiting = false;
    pump();
  }

  function waitFor<T>(promise: Promise<T>, use: (value: T) => void) {
    isWaiting = true;
    promise
      .then((value) => {
        isWaiting = false;
        if (!source.hasEnded()) use(value);
        pump();
      })
      .catch(end);
  }

  function pump() {
    try {
      while (!isWaiting && !source.hasEnded()) {
        if (!reader.isReady()) {
          isWaiting = true;
          reader.whenReady(goOn);
        } else if (updatesOfTurn === UPDATES_PER_TURN) {
          isWaiting = true;
          updatesOfTurn = 0;
          setImmediate(goOn);
        } else if (!passOne()) {
          updatesOfTurn = 0;
          return;
        }
      }
      // Throws what it was ended with.
      if (source.hasEnded()) {
        source.take();
        end();
      }
    } catch (error) {
      end(error);
    }
  }

  /** @returns whether there was one, or may be */
  function passOne(): boolean {
    const update = source.take();
    if (update === null) return false;
    acceptedAt = update instanceof Promise ? null : update.acceptedAt;
    if (update instanceof Promise) waitFor(update, (taken) => taken && answer(taken, answers.to(taken, subscriber)));
    else answer(update, answers.to(update, subscriber));
    return true;
  }

  function answer(update: VerificationUpdate, begun: Execution) {
    if (begun.answer instanceof Promise) {
      execution = begun;
      waitFor(begun.answer, (settled) => tell(update, settled));
    } else {
      tell(update, begun.answer);
    }
  }

  function tell(update: VerificationUpdate, settled: Answer) {
    execution = null;
    if (settled.owner !== null && settled.owner !== subscriber) return answer(update, answers.own(update, subscriber));
    updatesOfTurn += 1;
    reader.take(finish(settled));
    if (acceptedAt !== null) onSent(acceptedAt);
  }

  /** @param error of the subscription; left out: it has come to its end */
  function end(error?: unknown) {
    leave();
    settle(error);
  }

  function leave() {
    if (hasLeft) return;
    hasLeft = true;
    onEnd();
    source.leave();
    execution?.leave();
    execution = null;
  }

  return {
    run: () =>
      new Promise<void>((resolve, reject) => {
        settle = (error) => (error === undefined ? resolve() : reject(error));
        source.onNews(pump);
        pump();
      }),
    leave,
  };
}

/** The result as the subscriber gets it; records whom it showed to them. */
function toJson(
  answer: Answer,
  { args, caller, requestId }: Subscriber,
  services: Services,
  answers: SharedAnswers,
): Buffer {
  const { disclosure, result } = answer;
  if (answer.json && disclosure.fields.size === 0) return answer.json;
  const extensions = concludeDisclosure(
    { caller, requestId, disclosure, services },
    {
      name: getOperationAST(args.document, args.operationName)?.name?.value ?? null,
      sha256: () => sha256(args.document.loc?.source.body ?? ''),
    },
  );
  if (answer.json) return answer.json;
  const { data, errors } = result;
  const json = JSON.stringify({
    data,
    ...(errors && { errors: errors.map((error) => toPublicError(error, services.logger, requestId)) }),
    ...(extensions && { extensions }),
  });
  // Errors carry the subscription's own request id.
  return errors ? Buffer.from(json) : answers.keepJson(answer, json);
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

function sha256(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}

/** The one root field opens nothing else. */
function openSource(args: ExecutionArgs, { context, run }: Operation): Promise<UpdateSource | ExecutionResult> {
  const open = run(() => createSourceEventStream({ ...args, contextValue: context }));
  return open as Promise<UpdateSource | ExecutionResult>;
}
