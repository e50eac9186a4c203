import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { type Caller, Unauthenticated } from '../access/caller';
import type { Authenticate } from '../access/tokens';
import { type OperationContext, type Services, startOperation } from '../graphql/context';
import { asksOnlyForSchema } from '../graphql/documents';
import { isRecord, readJson, refuse, requestIdOf } from './graphqlRequest';
import { send } from './httpError';

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
      refuse(response, error, requestId, services.logger);
    }
  };
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
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
