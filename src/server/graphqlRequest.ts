import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { Unauthenticated } from '../access/caller';
import { RateLimited } from '../access/rateLimits';
import { codeOf, toPublicError, unauthenticated } from '../graphql/errors';
import { readBody } from './body';
import { HttpError, mediaType, send } from './httpError';

/** The client's own id when it is harmless in a log line, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}

/**
 * The JSON of a POST body.
 * @throws HttpError 415, 413, 400
 */
export async function readJson(request: IncomingMessage, limitBytes: number): Promise<unknown> {
  if (mediaType(request) !== 'application/json') {
    throw new HttpError(415, 'POST a JSON body with the media type application/json');
  }
  const body = await readBody(request, limitBytes);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new HttpError(400, 'The body is not JSON');
  }
}

/** A document that may not run, for one or more reasons. */
export class DocumentRefused extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super('The document is refused');
  }
}

/**
 * Answers a request that never became an operation with its reason, in the form of a GraphQL answer.
 * @param onRefused hears the code that the client is told
 */
export function refuse(
  response: ServerResponse,
  error: unknown,
  requestId: string,
  { logger, onRefused }: { readonly logger: Logger; readonly onRefused: (code: string) => void },
): void {
  const { status, headers, errors } = refusal(error, logger, requestId);
  if (errors[0]) onRefused(codeOf(errors[0]));
  const type = mediaTypeFor(response.req);
  send(response, status, { ...headers, 'content-type': type, 'x-request-id': requestId }, JSON.stringify({ errors }));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refusal(
  error: unknown,
  logger: Logger,
  requestId: string,
): { status: number; headers: Readonly<Record<string, string>>; errors: GraphQLFormattedError[] } {
  if (error instanceof HttpError) {
    const extensions = { code: 'BAD_REQUEST', retryable: false, requestId };
    return { status: error.status, headers: error.headers, errors: [{ message: error.message, extensions }] };
  }
  if (error instanceof DocumentRefused) {
    return { status: 400, headers: {}, errors: error.errors.map((each) => toPublicError(each, logger, requestId)) };
  }
  if (error instanceof RateLimited) {
    const { retryAfterMs } = error;
    const headers: Record<string, string> =
      retryAfterMs === null ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
    return { status: 429, headers, errors: [toPublicError(error, logger, requestId)] };
  }
  const isUnauthenticated = error instanceof Unauthenticated;
  return {
    status: isUnauthenticated ? 401 : 500,
    headers: isUnauthenticated ? { 'www-authenticate': 'Bearer' } : {},
    errors: [toPublicError(isUnauthenticated ? unauthenticated() : error, logger, requestId)],
  };
}

function mediaTypeFor(request: IncomingMessage): string {
  const accepted = request.headers.accept ?? '';
  const type = accepted.includes('application/graphql-response+json')
    ? 'application/graphql-response+json'
    : 'application/json';
  return `${type}; charset=utf-8`;
}
