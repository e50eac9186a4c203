import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApolloServer } from '@apollo/server';
import {
  type ExecutionArgs,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql';
import {
  CloseCode,
  type Context,
  handleProtocols,
  makeServer,
  type OperationResult,
  type SubscribePayload,
} from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Caller, Unauthenticated } from '../access/caller';
import type { Authenticate } from '../access/tokens';
import { type Operation, type OperationContext, type Services, startOperation } from '../graphql/context';
import type { Documents } from '../graphql/documents';
import { requestError, toPublicError } from '../graphql/errors';
import { failing, subscribe } from '../graphql/subscribe';
import { describeError } from '../logger';

/** What a socket knows: its caller once it is acknowledged, and its queries and mutations under way. */
interface Extra {
  readonly operations: Set<Operation>;
  caller?: Caller;
}
type SocketContext = Context<Record<string, unknown>, Extra>;

export interface GraphqlWebSocket {
  /** Takes over an upgrade of `/graphql`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends every socket with 1001 (RFC 6455 §7.4.1). */
  close(): Promise<void>;
}

const PING_MS = 12_000;

/**
 * `graphql-transport-ws` on `/graphql`: queries and mutations take the way that they take over HTTP, subscriptions the
 * same documents, callers and masking.
 */
export function createGraphqlWebSocket({
  schema,
  apollo,
  documents,
  authenticate,
  services,
  messageBytes,
}: {
  schema: GraphQLSchema;
  apollo: ApolloServer<OperationContext>;
  documents: Documents;
  authenticate: Authenticate;
  services: Services;
  /** A longer message ends its socket with 1009. */
  messageBytes: number;
}): GraphqlWebSocket {
  const { logger } = services;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytes,
    perMessageDeflate: false,
    handleProtocols,
  });

  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: 5_000,
    onConnect: async (context) => {
      try {
        context.extra.caller = await authenticate(authorizationOf(context.connectionParams));
        return true;
      } catch (error) {
        if (error instanceof Unauthenticated) return false;
        throw error;
      }
    },
    onSubscribe: (context, _id, payload) => prepare(context, payload),
    subscribe: (args) => {
      const { caller, requestId } = requestOf(args);
      return subscribe(args, services, caller, requestId) as OperationResult;
    },
    execute: (args) => executeThroughApollo(args) as OperationResult,
    // Results come masked already, their errors as plain objects.
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onError: (_context, _id, _payload, errors) => errors.map((error) => toPublicError(error, logger, randomUUID())),
    onDisconnect: ({ extra }) => {
      for (const operation of extra.operations) operation.abandon();
    },
  });

  function prepare({ extra }: SocketContext, payload: SubscribePayload): ExecutionArgs | readonly GraphQLError[] {
    const document = documents.admit(payload.query);
    if (!('kind' in document)) return document;
    const { operationName, variables: variableValues } = payload;
    if (!getOperationAST(document, operationName)) {
      return [requestError('OPERATION_RESOLUTION_FAILURE', 'The document has no such operation')];
    }
    const request: SocketRequest = { payload, extra, caller: callerOf(extra), requestId: randomUUID() };
    return { schema, document, operationName, variableValues, contextValue: request };
  }

  async function executeThroughApollo(args: ExecutionArgs): Promise<FormattedExecutionResult | AsyncGenerator<never>> {
    const { payload, extra, caller, requestId } = requestOf(args);
    const { query, variables, operationName } = payload;
    const operation = startOperation(services, caller, requestId);
    extra.operations.add(operation);
    try {
      const { body } = await apollo.executeOperation(
        { query, variables: variables ?? undefined, operationName: operationName ?? undefined },
        { contextValue: operation.context },
      );
      if (body.kind !== 'single') throw new Error('Incremental delivery is not supported');
      const { data, errors } = body.singleResult;
      const refusal = data === undefined ? errors?.[0] : undefined;
      return refusal ? failing(new GraphQLError(refusal.message, refusal)) : body.singleResult;
    } finally {
      extra.operations.delete(operation);
      operation.end();
    }
  }

  function open(socket: WebSocket) {
    const stopPinging = keepAlive(socket);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        // Settles when the bytes have left the process, so a reader that is slow slows its own subscriptions down.
        send: (text) =>
          new Promise((resolve, reject) => {
            if (socket.readyState !== socket.OPEN) return resolve();
            socket.send(text, (error) => (error ? reject(error) : resolve()));
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          socket.on('message', (message) => {
            handle(String(message)).catch((error: unknown) => {
              if (socket.readyState !== socket.OPEN) return;
              logger.error({ error: describeError(error) }, 'a WebSocket message failed unexpectedly');
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          });
        },
      },
      { operations: new Set() },
    );
    // ws ends the socket itself, for example with 1009 for a message that is too long.
    socket.on('error', (error) => logger.debug({ error: describeError(error) }, 'a WebSocket failed'));
    socket.once('close', (code, reason) => {
      stopPinging();
      closed(code, String(reason)).catch((error: unknown) => {
        logger.error({ error: describeError(error) }, 'a WebSocket did not close cleanly');
      });
    });
  }

  return {
    handleUpgrade(request, socket, head) {
      sockets.handleUpgrade(request, socket, head, open);
    },
    async close() {
      for (const socket of sockets.clients) socket.close(1001, 'Going away');
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}

interface SocketRequest {
  readonly payload: SubscribePayload;
  readonly extra: Extra;
  readonly caller: Caller;
  readonly requestId: string;
}

function requestOf({ contextValue }: ExecutionArgs): SocketRequest {
  return contextValue as SocketRequest;
}

function callerOf({ caller }: Extra): Caller {
  if (!caller) throw new Error('A socket must be acknowledged before it subscribes');
  return caller;
}

function authorizationOf(params: Record<string, unknown> | undefined): string | undefined {
  const value = params?.authorization ?? params?.Authorization;
  return typeof value === 'string' ? value : undefined;
}

/** Ends a socket whose other side is silent. */
function keepAlive(socket: WebSocket): () => void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_MS);
  socket.on('pong', () => {
    isAlive = true;
  });
  return () => clearInterval(timer);
}
