import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { Forbidden, Unauthenticated } from '../access/caller';
import { RateLimited } from '../access/rateLimits';
import { DataspikeError, UpstreamRateLimited, UpstreamUnavailable } from '../dataspike/errors';
import { EventLogUnavailable } from '../events/eventLog';
import { describeError } from '../logger';
import { ClientGone } from './context';

/** A wrong argument that the schema cannot express, for example `first: 0`. */
export class BadUserInput extends Error {}

/** A cursor that is no cursor, or that belongs to another list. */
export class CursorInvalid extends Error {
  constructor() {
    super('The cursor is not one of this list');
  }
}

interface PublicError {
  readonly message: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** Codes that graphql-js and Apollo Server give to refused requests; their messages speak of the document alone. */
const REQUEST_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'UNAUTHENTICATED',
  'QUERY_TOO_COMPLEX',
  'PERSISTED_OPERATION_REQUIRED',
]);

/** In characters. */
const LONGEST_MESSAGE = 1_000;

/**
 * Any error as a client may see it: a code of the contract, whether to try again, and nothing from inside. What we do
 * not know is INTERNAL_SERVER_ERROR and logged by class and place.
 */
export function toPublicError(error: unknown, logger: Logger, requestId?: string): GraphQLFormattedError {
  const graphqlError = error instanceof GraphQLError ? error : null;
  const { message, ...known } = describe(error) ?? masked(error, logger, requestId);
  return {
    message,
    ...(graphqlError?.locations && { locations: graphqlError.locations }),
    ...(graphqlError?.path && { path: graphqlError.path }),
    extensions: { ...known, ...(requestId !== undefined && { requestId }) },
  };
}

/** The code that the client is told. */
export function codeOf({ extensions }: GraphQLFormattedError): string {
  const code = extensions?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** The error that graphql-js reports for a request that never ran, with the code that Apollo Server gives it. */
export function requestError(code: string, message: string, httpStatus?: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...(httpStatus && { http: { status: httpStatus } }) } });
}

export const unauthenticated = () => requestError('UNAUTHENTICATED', new Unauthenticated().message, 401);

function describe(error: unknown): PublicError | null {
  const cause = innermost(error);
  if (cause instanceof DataspikeError) {
    const { message, code, retryable } = cause;
    const canWait = cause instanceof UpstreamRateLimited || cause instanceof UpstreamUnavailable;
    const wait = canWait ? cause.retryAfterMs : null;
    return { message, code, retryable, ...(wait !== null && { retryAfterMs: wait }) };
  }
  if (cause instanceof CursorInvalid) return { message: cause.message, code: 'CURSOR_INVALID', retryable: false };
  if (cause instanceof BadUserInput) return { message: cause.message, code: 'BAD_USER_INPUT', retryable: false };
  if (cause instanceof Unauthenticated) return { message: cause.message, code: 'UNAUTHENTICATED', retryable: false };
  if (cause instanceof RateLimited) {
    const { message, retryAfterMs } = cause;
    return { message, code: 'RATE_LIMITED', retryable: true, ...(retryAfterMs !== null && { retryAfterMs }) };
  }
  if (cause instanceof Forbidden) return { message: cause.message, code: 'FORBIDDEN', retryable: false };
  if (cause instanceof EventLogUnavailable) {
    return { message: 'Updates are not available at the moment', code: 'INTERNAL_SERVER_ERROR', retryable: true };
  }
  // Nobody reads it, and it is no fault of ours that belongs into the log.
  if (cause instanceof ClientGone) return { message: cause.message, code: 'INTERNAL_SERVER_ERROR', retryable: true };
  return error instanceof GraphQLError ? describeRequestError(error) : null;
}

function describeRequestError(error: GraphQLError): PublicError | null {
  const { code } = error.extensions;
  if (typeof code !== 'string' || !REQUEST_CODES.has(code)) return null;
  // What is wrong with variables may not teach the schema either, which is open to some operators' clients only.
  const message = code === 'BAD_USER_INPUT' ? error.message.replace(/ ?Did you mean .+\?$/s, '') : error.message;
  return { message: shortened(message), code, retryable: false };
}

/** graphql-js quotes what it refuses, once for each error, whatever its length. */
function shortened(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

/** graphql-js wraps what a resolver throws, sometimes twice. */
function innermost(error: unknown): unknown {
  let current = error;
  while (current instanceof GraphQLError && current.originalError) current = current.originalError;
  return current;
}

function masked(error: unknown, logger: Logger, requestId: string | undefined): PublicError {
  logger.error({ error: describeError(innermost(error)), requestId }, 'an operation failed unexpectedly');
  return { message: 'Internal server error', code: 'INTERNAL_SERVER_ERROR', retryable: false };
}
