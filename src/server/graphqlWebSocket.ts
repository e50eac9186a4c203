import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type FormattedExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { CloseCode, handleProtocols, MessageType, makeServer, type OperationResult, parseMessage } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Caller, Unauthenticated } from '../access/caller';
import { whenExpired } from '../access/callerExpiry';
import { RateLimited } from '../access/rateLimits';
import type { Authenticate } from '../access/tokens';
import { codeOf, toPublicError } from '../graphql/errors';
import type { AdmittedOperation, Operations } from '../graphql/operations';
import { OperationRefused } from '../graphql/resultStream';
import { describeError } from '../logger';
import { createFrameWriters, type FrameWriter } from './frameWriter';
import type { Origin, RateGate } from './rateGate';
import { createMessageRate } from './rateOfMessages';
import { createHeartbeat, end } from './socketLife';
import { SocketReader } from './socketReader';
import { closeSpread } from './spread';

/** What a socket knows. */
interface Extra {
  readonly origin: Origin;
  /** Once it is acknowledged. */
  caller?: Caller;
  /** Sets the caller, and closes the socket when the caller's token ends. */
  acknowledge(caller: Caller): void;
  /** Closes it, and refuses what it asked for. */
  end(code: number): false;
  /** Ids of queries and mutations under way. */
  readonly running: Set<string>;
  /** Ids of subscriptions. */
  readonly subscribed: Set<string>;
  readonly frames: FrameWriter;
  /** Closes it as soon as nothing is running. */
  leave(): void;
  isLeaving: boolean;
}

/** An operation on its way through graphql-ws. */
interface Started {
  readonly operation: AdmittedOperation;
  /** Of its updates. */
  reader(): SocketReader;
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

/** What a client must not send; graphql-ws takes it for a fault of its own. */
const SENT_BY_SERVERS: ReadonlySet<MessageType> = new Set([
  MessageType.ConnectionAck,
  MessageType.Next,
  MessageType.Error,
]);

/** Sockets of whom nobody knows yet who they are; each has 5 s to say so. */
const MAX_UNINITIALISED = 1_000;

/**
 * `graphql-transport-ws` on `/graphql`: queries and mutations take the way that they take over HTTP, subscriptions the
 * same documents, callers and masking.
 */
export function createGraphqlWebSocket({
  schema,
  operations,
  gate,
  authenticate,
  logger,
  messageBytes,
  subscriptionsPerSocket,
  onRefused,
}: {
  schema: GraphQLSchema;
  operations: Operations;
  gate: RateGate;
  authenticate: Authenticate;
  logger: Logger;
  /** A longer message ends its socket with 1009. */
  messageBytes: number;
  /** At once. */
  subscriptionsPerSocket: number;
  /** Hears the code with which a socket or an operation was refused. */
  onRefused: (code: string) => void;
}): GraphqlWebSocket {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  const open = new Map<WebSocket, Extra>();
  const writerOf = createFrameWriters();
  const keepAlive = createHeartbeat();
  const uninitialised = new Set<WebSocket>();

  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: 5_000,
    onConnect: async (context) => {
      try {
        const authorization = authorizationOf(context.connectionParams);
        const find = () => authenticate(authorization);
        const caller = await gate.authenticate(context.extra.origin, authorization !== undefined, find);
        context.extra.acknowledge(caller);
        // The token has done its work.
        Object.assign(context, { connectionParams: undefined });
        return true;
      } catch (error) {
        const isLimited = error instanceof RateLimited;
        if (isLimited || error instanceof Unauthenticated) onRefused(codeOf(toPublicError(error, logger)));
        if (isLimited) return context.extra.end(CloseCode.TooManyInitialisationRequests);
        if (error instanceof Unauthenticated) return false;
        throw error;
      }
    },
    onSubscribe: async ({ extra }, id, payload) => {
      const caller = callerOf(extra);
      const limited = await spend(extra.origin, caller);
      if (limited) return [limited];
      const operation = operations.admit(payload, caller, newRequestId());
      if (!('document' in operation)) return operation;
      if (operation.type !== 'subscription') extra.running.add(id);
      else if (extra.subscribed.size < subscriptionsPerSocket) extra.subscribed.add(id);
      else {
        return [asRefusal(new RateLimited(`At most ${subscriptionsPerSocket} subscriptions at once per socket`, null))];
      }
      // graphql-ws looks for the operation in the document; the rest is ours.
      const { document, request } = operation;
      const started: Started = { operation, reader: () => new SocketReader(extra.frames, id) };
      return { schema, document, operationName: request.operationName, contextValue: started };
    },
    onComplete: ({ extra }, id) => {
      extra.running.delete(id);
      extra.subscribed.delete(id);
      if (extra.isLeaving) extra.leave();
    },
    execute: ({ contextValue }) => operations.run((contextValue as Started).operation) as OperationResult,
    // Updates do not come through graphql-ws, which would write the same again for each socket.
    subscribe({ contextValue }) {
      const { operation, reader } = contextValue as Started;
      return operations.subscribe(operation, reader()) as OperationResult;
    },
    // Results come masked already, their errors as plain objects.
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onError: (_context, _id, _payload, errors) =>
      errors.flatMap((error) => {
        // It ran, or was refused and counted where it would have run.
        if (error.originalError instanceof OperationRefused) return error.originalError.errors;
        const publicError = toPublicError(error, logger, randomUUID());
        onRefused(codeOf(publicError));
        return publicError;
      }),
  });

  async function spend(origin: Origin, caller: Caller): Promise<GraphQLError | null> {
    try {
      await gate.spend(origin, caller);
      return null;
    } catch (error) {
      if (error instanceof RateLimited) return asRefusal(error);
      throw error;
    }
  }

  function accept(socket: WebSocket, request: IncomingMessage) {
    keepAlive(socket);
    let stopWaitingForExpiry = () => {};
    const isWithinRate = createMessageRate();
    uninitialised.add(socket);
    const extra: Extra = {
      // No more of the upgrade, which would stay in memory for as long as the socket.
      origin: { socket: request.socket, headers: { 'x-forwarded-for': request.headers['x-forwarded-for'] } },
      running: new Set(),
      subscribed: new Set(),
      frames: writerOf(request.socket, socket),
      end: (code) => {
        end(socket, code, 'Too many requests');
        return false;
      },
      isLeaving: false,
      acknowledge(caller) {
        // It may have closed while the token was verified.
        if (socket.readyState !== socket.OPEN) return;
        extra.caller = caller;
        uninitialised.delete(socket);
        stopWaitingForExpiry = whenExpired(caller, () => end(socket, CloseCode.Forbidden, 'Forbidden'));
      },
      leave() {
        extra.isLeaving = true;
        if (extra.running.size > 0) return;
        end(socket, 1001, 'Going away');
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
            extra.frames.flush();
            socket.send(text, (error) => (error ? reject(error) : resolve()));
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          socket.on('message', (message) => {
            if (!isWithinRate()) return end(socket, CloseCode.TooManyInitialisationRequests, 'Too many messages');
            handle(String(message)).catch((error: unknown) => {
              if (socket.readyState !== socket.OPEN) return;
              if (SENT_BY_SERVERS.has(parseMessage(String(message)).type)) {
                return socket.close(CloseCode.BadRequest, 'Unexpected message');
              }
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
    // It comes once, and what `once` needs would be held by each socket.
    socket.on('close', (code, reason) => {
      stopWaitingForExpiry();
      open.delete(socket);
      uninitialised.delete(socket);
      closed(code, String(reason)).catch((error: unknown) => {
        logger.error({ error: describeError(error) }, 'a WebSocket did not close cleanly');
      });
    });
  }

  return {
    handleUpgrade(request, socket, head) {
      if (uninitialised.size >= MAX_UNINITIALISED) {
        socket.end(
          'HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n',
        );
        return;
      }
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

/** In one piece: Node's is a rope of twenty, which a subscription would hold for as long as it lasts. */
function newRequestId(): string {
  return Buffer.from(randomUUID()).toString('latin1');
}

/** As graphql-ws wants it; `toPublicError` finds what is inside. */
function asRefusal(error: RateLimited): GraphQLError {
  return new GraphQLError(error.message, { originalError: error });
}

function callerOf({ caller }: Extra): Caller {
  if (!caller) throw new Error('A socket must be acknowledged before it subscribes');
  return caller;
}

function authorizationOf(params: Record<string, unknown> | undefined): string | undefined {
  const value = params?.authorization ?? params?.Authorization;
  return typeof value === 'string' ? value : undefined;
}
