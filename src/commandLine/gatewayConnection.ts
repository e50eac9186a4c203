import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';

const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5_000;
/** From one operation to the next. */
const LINGER_MS = 100;

/**
 * One connection at a time, made when something is asked, ended soon after nothing is. Nothing is tried again here:
 * what to ask then depends on what has come.
 * @param endpoint ws or wss
 * @param token null where the gateway wants none
 */
export function openGatewayConnection(endpoint: string, token: string | null): Client {
  let pongTimer: NodeJS.Timeout | undefined;
  const client = createClient({
    url: endpoint,
    webSocketImpl: GuardedWebSocket,
    connectionParams: token === null ? {} : { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    lazyCloseTimeout: LINGER_MS,
    connectionAckWaitTimeout: 10_000,
    keepAlive: PING_EVERY_MS,
    on: {
      // A network that is gone says nothing: without this one would wait for ever.
      ping(isReceived) {
        if (!isReceived) pongTimer = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong(isReceived) {
        if (isReceived) clearTimeout(pongTimer);
      },
      closed: () => clearTimeout(pongTimer),
    },
  });
  return client;
}

/** graphql-ws takes its listener away when it terminates; an error that nobody listens to would end the process. */
class GuardedWebSocket extends WebSocket {
  constructor(...parameters: ConstructorParameters<typeof WebSocket>) {
    super(...parameters);
    this.on('error', () => {});
  }
}

/** Why an operation ended, as `iterate` of graphql-ws throws it. */
export interface Ending {
  readonly reason: string;
  /** The same would be refused again. */
  readonly isRefusal: boolean;
  /** Null when nobody said. */
  readonly retryAfterMs: number | null;
}

/** BadRequest, Unauthorized, Forbidden, SubprotocolNotAcceptable, SubscriberAlreadyExists of graphql-transport-ws. */
const REFUSALS = new Set([4400, 4401, 4403, 4406, 4409]);

export function describeEnding(thrown: unknown): Ending {
  if (Array.isArray(thrown)) {
    const [{ message, extensions = {} }] = thrown as [{ message: string; extensions?: Record<string, unknown> }];
    const { code, retryable, retryAfterMs } = extensions;
    return {
      reason: typeof code === 'string' ? `${code}: ${message}` : message,
      isRefusal: retryable !== true,
      retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
    };
  }
  const { code, reason, message, error } = thrown as Partial<CloseEvent & ErrorEvent>;
  if (code === 4403) {
    return { reason: 'the token is missing, wrong or has expired (4403)', isRefusal: true, retryAfterMs: null };
  }
  if (code !== undefined) {
    return { reason: `${reason || 'closed'} (${code})`, isRefusal: REFUSALS.has(code), retryAfterMs: null };
  }
  const systemCode = (error as NodeJS.ErrnoException | undefined)?.code;
  return { reason: systemCode ?? message ?? 'it failed', isRefusal: false, retryAfterMs: null };
}
