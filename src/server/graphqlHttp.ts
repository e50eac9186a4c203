import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { type Caller, Unauthenticated } from '../access/caller';
import type { Authenticate } from '../access/tokens';
import { type OperationContext, type Services, startOperation } from '../graphql/context';
import { asksOnlyForSchema } from '../graphql/documents';
import { toPublicError, unauthenticated } from '../graphql/errors';
import { readBody } from './body';
import { HttpError, mediaType, send } from './httpError';

const ANONYMOUS: Caller = { id: 'anonymous', kind: 'USER', scopes: new Set(), expiresAt: null };

/** `POST` and `GET /graphql`: GraphQL over HTTP, queries and mutations. */
export function createGraphqlHttp({
  apollo,
  authenticate,
  services,
  introspection,
  bodyBytes,
  maxTokens,
}: {
  apollo: ApolloServer<OperationContext>;
  authenticate: Authenticate;
  services: Services;
  /** Lets a document that asks for the schema alone pass without a token. */
  introspection: boolean;
  bodyBytes: number;
  maxTokens: number;
}) {
  async function findCaller(request: IncomingMessage, source: unknown): Promise<Caller> {
    const { authorization } = request.headers;
    const isOpen = authorization === undefined && introspection && typeof source === 'string';
    try {
      return await authenticate(authorization);
    } catch (error) {
      if (error instanceof Unauthenticated && isOpen && asksOnlyForSchema(source, maxTokens)) return ANONYMOUS;
      throw error;
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL, requestId: string) {
    const body = request.method === 'POST' ? await readJson(request, bodyBytes) : undefined;
    const source = isRecord(body) ? body.query : url.searchParams.get('query');
    const operation = startOperation(services, await findCaller(request, source), requestId);
    response.once('close', () => {
      if (!response.writableFinished) operation.abandon();
    });
    try {
      const answered = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: request.method ?? '', headers: headersOf(request), search: url.search, body },
        context: async () => operation.context,
      });
      const { status = 200, headers, body: result } = answered;
      const text = result.kind === 'complete' ? result.string : '';
      const named = status >= 400 ? withRequestId(text, requestId) : text;
      send(response, status, { ...Object.fromEntries(headers), 'x-request-id': requestId }, named);
    } finally {
      operation.end();
    }
  }

  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const requestId = requestIdOf(request);
    try {
      await answer(request, response, url, requestId);
    } catch (error) {
      const { status, headers, errors } = refusal(error, services, requestId);
      const type = mediaTypeFor(request);
      send(
        response,
        status,
        { ...headers, 'content-type': type, 'x-request-id': requestId },
        JSON.stringify({ errors }),
      );
    }
  };
}

/** The client's own id when it is harmless in a log line, else a new one. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}

async function readJson(request: IncomingMessage, limitBytes: number): Promise<unknown> {
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

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function refusal(
  error: unknown,
  { logger }: Services,
  requestId: string,
): { status: number; headers: Readonly<Record<string, string>>; errors: GraphQLFormattedError[] } {
  if (error instanceof HttpError) {
    const extensions = { code: 'BAD_REQUEST', retryable: false, requestId };
    return { status: error.status, headers: error.headers, errors: [{ message: error.message, extensions }] };
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

/** Requests that Apollo Server refuses before an operation starts are known only by their answer. */
function withRequestId(text: string, requestId: string): string {
  const result: unknown = JSON.parse(text);
  if (!isRecord(result) || !Array.isArray(result.errors)) return text;
  const errors = result.errors.map((error: GraphQLFormattedError) => ({
    ...error,
    extensions: { ...error.extensions, requestId },
  }));
  return JSON.stringify({ ...result, errors });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
