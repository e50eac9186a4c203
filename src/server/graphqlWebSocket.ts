import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FormattedExecutionResult, GraphQLSchema } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type OperationResult } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Caller, Unauthenticated } from '../access/caller';
import type { Authenticate } from '../access/tokens';
import { toPublicError } from '../graphql/errors';
import type { AdmittedOperation, Operations } from '../graphql/operations';
import { OperationRefused } from '../graphql/resultStream';
import { describeError } from '../logger';
import { closeSpread } from './spread';

/** What a socket knows. */
interface Extra {
  /** Once it is acknowledged. */
  caller?: Caller;
  /** Ids of queries and mutations under way. */
  readonly running: Set<string>;
  /** Closes it as soon as nothing is running. */
  leave(): void;
  isLeaving: boolean;
}

export interface GraphqlWebSocket {
  /** Takes over an upgrade of `/graphql`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * Ends every socket with 1001 (RFC 6455 §7.4.1), spread over the time, each once its queries and mutations have ended.
   * Settles when all are gone.
   */
  close(spreadMs: number): Promise<void>;
  /** Ends every socket now. */
  cut(): void;
}

const PING_MS = 12_000;
/** How long the other side may take to answer that the socket closes. */
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * `graphql-transport-ws` on `/graphql`: queries and mutations take the way that they take over HTTP, subscriptions the
 * same documents, callers and masking.
 */
export function createGraphqlWebSocket({
  schema,
  operations,
  authenticate,
  logger,
  messageBytes,
}: {
  schema: GraphQLSchema;
  operations: Operations;
  authenticate: Authenticate;
  logger: Logger;
  /** A longer message ends its socket with 1009. */
  messageBytes: number;
}): GraphqlWebSocket {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  const open = new Map<WebSocket, Extra>();

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
    onSubscribe: ({ extra }, id, payload) => {
      const operation = operations.admit(payload, callerOf(extra), randomUUID());
      if (!('document' in operation)) return operation;
      if (operation.type !== 'subscription') extra.running.add(id);
      // graphql-ws looks for the operation in the document; the rest is ours.
      const { document, request } = operation;
      return { schema, document, operationName: request.operationName, contextValue: operation };
    },
    onComplete: ({ extra }, id) => {
      extra.running.delete(id);
      if (extra.isLeaving) extra.leave();
    },
    execute: ({ contextValue }) => operations.run(contextValue as AdmittedOperation) as OperationResult,
    subscribe: ({ contextValue }) => operations.run(contextValue as AdmittedOperation) as OperationResult,
    // Results come masked already, their errors as plain objects.
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onError: (_context, _id, _payload, errors) =>
      errors.flatMap((error) =>
        error.originalError instanceof OperationRefused
          ? error.originalError.errors
          : toPublicError(error, logger, randomUUID()),
      ),
  });

  function accept(socket: WebSocket) {
    const stopPinging = keepAlive(socket);
    const extra: Extra = {
      running: new Set(),
      isLeaving: false,
      leave() {
        extra.isLeaving = true;
        if (extra.running.size > 0) return;
        socket.close(1001, 'Going away');
        setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
      },
    };
    open.set(socket, extra);
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
      extra,
    );
    // ws ends the socket itself, for example with 1009 for a message that is too long.
    socket.on('error', (error) => logger.debug({ error: describeError(error) }, 'a WebSocket failed'));
    socket.once('close', (code, reason) => {
      stopPinging();
      open.delete(socket);
      closed(code, String(reason)).catch((error: unknown) => {
        logger.error({ error: describeError(error) }, 'a WebSocket did not close cleanly');
      });
    });
  }

  return {
    handleUpgrade(request, socket, head) {
      sockets.handleUpgrade(request, socket, head, accept);
    },
    async close(spreadMs) {
      await closeSpread([...open.values()], spreadMs, (extra) => extra.leave());
      await new Promise((resolve) => sockets.close(resolve));
    },
    cut() {
      for (const socket of open.keys()) socket.terminate();
    },
  };
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
