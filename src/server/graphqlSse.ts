import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FormattedExecutionResult, type GraphQLError, OperationTypeNode } from 'graphql';
import { print } from 'graphql-sse';
import type { Logger } from 'pino';
import { type Caller, Unauthenticated } from '../access/caller';
import { whenExpired } from '../access/callerExpiry';
import type { Authenticate } from '../access/tokens';
import { codeOf, toPublicError } from '../graphql/errors';
import type { AdmittedOperation, OperationRequest, Operations } from '../graphql/operations';
import { OperationRefused, type ResultStream, refused } from '../graphql/resultStream';
import type { ResultReader } from '../graphql/updateDelivery';
import { isRecord, readJson, refuse, requestIdOf } from './graphqlRequest';
import { HttpError } from './httpError';
import type { RateGate } from './rateGate';
import { closeSpread } from './spread';

export interface GraphqlSse {
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  /** Ends every stream without completing it, spread over the time, so that clients come back elsewhere. */
  close(spreadMs: number): Promise<void>;
}

/** A comment keeps proxies from ending a stream on which nothing happens. */
const PING_MS = 12_000;
/** How long the last result of an expired caller may take to leave. */
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * GraphQL over Server-Sent Events, distinct connections (graphql-sse, PROTOCOL.md): one request, one operation, an event
 * `next` for each result and `complete` at the end. Written here because the package's own handler takes results as
 * fast as they come, whether or not the client reads them.
 */
export function createGraphqlSse({
  operations,
  gate,
  authenticate,
  bodyBytes,
  logger,
  onRefused,
}: {
  operations: Operations;
  gate: RateGate;
  authenticate: Authenticate;
  bodyBytes: number;
  logger: Logger;
  /** Hears the code with which a request was refused. */
  onRefused: (code: string) => void;
}): GraphqlSse {
  const open = new Set<ServerResponse>();

  async function stream(
    response: ServerResponse,
    results: ResultStream,
    caller: Caller,
    requestId: string,
  ): Promise<void> {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': requestId,
    });
    open.add(response);
    const ping = setInterval(() => response.write(':\n\n'), PING_MS);
    let isExpired = false;
    const stopWaitingForExpiry = whenExpired(caller, () => {
      isExpired = true;
      void results.return();
      // A reader who takes nothing does not keep it open.
      setTimeout(() => response.destroy(), CLOSE_TIMEOUT_MS).unref();
    });
    response.once('close', () => {
      open.delete(response);
      clearInterval(ping);
      stopWaitingForExpiry();
      void results.return();
    });
    await write(response, ':\n\n');
    for await (const result of masked(results, requestId))
      await write(response, print({ event: 'next', data: result as never }));
    if (isExpired) {
      const errors = [toPublicError(new Unauthenticated(), logger, requestId)];
      await write(response, print({ event: 'next', data: { errors } as never }));
    }
    response.end(print({ event: 'complete', data: null }));
  }

  /** A refusal is told as a result: an EventSource cannot read the body of an error. */
  async function* masked(results: ResultStream, requestId: string): AsyncGenerator<FormattedExecutionResult> {
    try {
      yield* results;
    } catch (error) {
      const isRefusal = error instanceof OperationRefused;
      yield { errors: isRefusal ? error.errors : [toPublicError(error, logger, requestId)] };
    }
  }

  function refuseDocument(reasons: readonly GraphQLError[], requestId: string): ResultStream {
    const errors = reasons.map((reason) => toPublicError(reason, logger, requestId));
    if (errors[0]) onRefused(codeOf(errors[0]));
    return refused(errors);
  }

  async function resultsOf(
    admitted: ReturnType<Operations['admit']>,
    response: ServerResponse,
    requestId: string,
  ): Promise<ResultStream> {
    if (!('document' in admitted)) return refuseDocument(admitted, requestId);
    return admitted.type === OperationTypeNode.SUBSCRIPTION
      ? operations.subscribe(admitted, readerOf(response))
      : operations.run(admitted);
  }

  return {
    async handle(request, response, url) {
      const requestId = requestIdOf(request);
      try {
        const caller = await gate.enter(request, response, () => authenticate(request.headers.authorization));
        if (response.destroyed) return;
        const admitted = operations.admit(await readParameters(request, url, bodyBytes), caller, requestId);
        if ('document' in admitted) refuseMutationByGet(request, admitted);
        const results = await resultsOf(admitted, response, requestId);
        if (response.destroyed) return void results.return();
        await stream(response, results, caller, requestId);
      } catch (error) {
        refuse(response, error, requestId, { logger, onRefused });
      }
    },
    close: (spreadMs) => closeSpread([...open], spreadMs, (response) => response.destroy()),
  };
}

/** A client that does not read slows its own subscription down. */
function readerOf(response: ServerResponse): ResultReader {
  return {
    take(json) {
      response.cork();
      response.write('event: next\ndata: ');
      response.write(json);
      response.write('\n\n');
      response.uncork();
    },
    isReady: () => !response.writableNeedDrain,
    whenReady: (resume) => void response.once('drain', resume),
  };
}

/** Waits until the bytes have left the process, so a reader that is slow slows its own subscription down. */
function write(response: ServerResponse, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    response.write(text, () => resolve());
  });
}

/** @throws HttpError 400 for what is no request of GraphQL over HTTP */
async function readParameters(request: IncomingMessage, url: URL, bodyBytes: number): Promise<OperationRequest> {
  const given = request.method === 'POST' ? await readJson(request, bodyBytes) : searchParameters(url);
  const isNamed = isRecord(given) && (given.documentId ?? given.id ?? given.extensions) !== undefined;
  if (!isRecord(given) || !(typeof given.query === 'string' || isNamed)) throw new HttpError(400, 'A query is missing');
  const { query = '', operationName = null, variables = null, documentId, id, extensions } = given;
  if (typeof query !== 'string') throw new HttpError(400, 'A query is missing');
  if (operationName !== null && typeof operationName !== 'string') {
    throw new HttpError(400, 'operationName must be a text');
  }
  if (variables !== null && !isRecord(variables)) throw new HttpError(400, 'variables must be an object');
  return { query, operationName, variables, documentId, id, extensions };
}

function searchParameters(url: URL): Record<string, unknown> {
  const { variables, extensions, ...texts } = Object.fromEntries(url.searchParams);
  try {
    return {
      ...texts,
      variables: variables === undefined ? null : JSON.parse(variables),
      extensions: extensions === undefined ? undefined : JSON.parse(extensions),
    };
  } catch {
    throw new HttpError(400, 'variables and extensions must be JSON');
  }
}

function refuseMutationByGet(request: IncomingMessage, { type }: AdmittedOperation): void {
  if (request.method === 'GET' && type === 'mutation')
    throw new HttpError(405, 'Mutations need POST', { allow: 'POST' });
}
