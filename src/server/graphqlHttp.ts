import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import { type DocumentNode, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type Caller, Unauthenticated } from '../access/caller';
import type { Authenticate } from '../access/tokens';
import { type OperationContext, type Services, startOperation } from '../graphql/context';
import type { DirectQueries } from '../graphql/directQueries';
import { asksOnlyForSchema, type Documents } from '../graphql/documents';
import type { PersistedOperations } from '../graphql/persistedOperations';
import { DocumentRefused, isRecord, readJson, refuse, requestIdOf } from './graphqlRequest';
import { send } from './httpError';
import type { RateGate } from './rateGate';

/** In characters; what browsers send is shorter. */
const LONGEST_ACCEPT = 200;

const ANONYMOUS: Caller = { id: 'anonymous', kind: 'USER', scopes: new Set(), expiresAt: null };

/** `POST` and `GET /graphql`: GraphQL over HTTP, queries and mutations. */
export function createGraphqlHttp({
  apollo,
  directQueries,
  documents,
  persistedOperations,
  gate,
  authenticate,
  services,
  introspection,
  bodyBytes,
  maxTokens,
}: {
  apollo: ApolloServer<OperationContext>;
  /** For what does not need Apollo Server. */
  directQueries: DirectQueries;
  documents: Documents;
  persistedOperations: PersistedOperations;
  gate: RateGate;
  authenticate: Authenticate;
  services: Services;
  /** Lets a document that asks for the schema alone pass without a token. */
  introspection: boolean;
  bodyBytes: number;
  maxTokens: number;
}) {
  const mediaTypes = new LRUCache<string, string>({ max: 100 });

  function findCaller(request: IncomingMessage, source: unknown): Promise<Caller> {
    const { authorization } = request.headers;
    const found = authenticate(authorization);
    if (authorization !== undefined || !introspection || typeof source !== 'string') return found;
    return found.catch((error: unknown) => {
      if (error instanceof Unauthenticated && asksOnlyForSchema(source, maxTokens)) return ANONYMOUS;
      throw error;
    });
  }

  /**
   * Before Apollo Server sees it, so that what is refused is refused in the same way, and as cheaply, as on every other way.
   * @returns the document and its text; neither when only a hash is known, of what was admitted when it was registered
   */
  function admit(reference: Record<string, unknown>): {
    readonly text: unknown;
    readonly document: DocumentNode | null;
  } {
    const text = resolve(reference);
    if (typeof text !== 'string' || text === '') return { text, document: null };
    const admitted = documents.admit(text);
    if (!('kind' in admitted)) throw new DocumentRefused(admitted);
    return { text, document: admitted };
  }

  function resolve(reference: Record<string, unknown>): unknown {
    try {
      return persistedOperations.resolve(reference);
    } catch (error) {
      throw error instanceof GraphQLError ? new DocumentRefused([error]) : error;
    }
  }

  /** What Apollo Server answers to an `Accept` depends on nothing else. */
  function learnMediaType({ headers: { accept = '' } }: IncomingMessage, answered: HeaderMap): void {
    const mediaType = answered.get('content-type');
    if (mediaType !== undefined && accept.length <= LONGEST_ACCEPT) mediaTypes.set(accept, mediaType);
  }

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL, requestId: string) {
    const body = request.method === 'POST' ? await readJson(request, bodyBytes) : undefined;
    const source = isRecord(body) ? body.query : url.searchParams.get('query');
    const caller = await gate.enter(request, response, () => findCaller(request, source));
    // Whoever hangs up while it waits for its turn asks for nothing.
    if (response.destroyed) return;
    const { text, document } = admit(isRecord(body) ? body : referenceOf(url));
    // Only the document that was judged is open to everybody.
    if (caller === ANONYMOUS && text !== source) throw new Unauthenticated();
    const isNamed = typeof text === 'string' && text !== source && text !== '';
    const mediaType = mediaTypes.get(request.headers.accept ?? '');
    const isDirect = mediaType !== undefined && document !== null && isRecord(body) && isPlain(request, body, isNamed);
    const direct = isDirect ? directQueries.find(document, body) : null;
    const operation = startOperation(services, caller, requestId);
    response.once('close', () => {
      if (!response.writableFinished) void gate.takeTurn(caller).then(operation.abandon);
    });
    try {
      if (direct && mediaType !== undefined) {
        const answered = await operation.run(() => direct(operation.context));
        send(response, 200, { 'content-type': mediaType, 'x-request-id': requestId }, answered);
        return;
      }
      const answered = await operation.run(() =>
        apollo.executeHTTPGraphQLRequest({
          httpGraphQLRequest: {
            method: request.method ?? '',
            headers: headersOf(request),
            search: isNamed ? withText(url, text) : url.search,
            body: isNamed && isRecord(body) ? { ...body, query: text, extensions: {} } : body,
          },
          context: async () => operation.context,
        }),
      );
      const { status = 200, headers, body: result } = answered;
      if (status === 200) learnMediaType(request, headers);
      const answerText = result.kind === 'complete' ? result.string : '';
      const named = status >= 400 ? withRequestId(answerText, requestId) : answerText;
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
      refuse(response, error, requestId, { logger: services.logger, onRefused: services.telemetry.refuse });
    }
  };
}

/**
 * A body that Apollo Server would take as it is: nothing about persisted queries, unless they have been resolved, and a
 * media type that no simple cross-site request has.
 */
function isPlain({ headers }: IncomingMessage, { extensions }: Record<string, unknown>, isNamed: boolean): boolean {
  const hasExtensions = extensions !== undefined && extensions !== null;
  return /^application\/json(; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '') && (isNamed || !hasExtensions);
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function referenceOf(url: URL): Record<string, unknown> {
  // The first of each, as for the caller; Apollo Server refuses what is given twice.
  const [query, documentId, id, extensions] = ['query', 'documentId', 'id', 'extensions'].map(
    (name) => url.searchParams.get(name) ?? undefined,
  );
  try {
    return { query, documentId, id, extensions: extensions === undefined ? undefined : JSON.parse(extensions) };
  } catch {
    // Apollo Server says what is wrong with them.
    return { query, documentId, id };
  }
}

function withText(url: URL, text: string): string {
  const parameters = new URLSearchParams(url.searchParams);
  parameters.set('query', text);
  parameters.delete('extensions');
  return `?${parameters}`;
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
