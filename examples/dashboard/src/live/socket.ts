import { type Client, createClient } from 'graphql-ws';

/** graphql-ws: the token is wrong or has ended. */
const FORBIDDEN = 4403;
/** RFC 6455: we closed it ourselves, because nobody subscribes any more. */
const NORMAL_CLOSURE = 1000;
/** Between two tries, at most. */
const LONGEST_WAIT_MS = 4_000;
/** A connection that is quiet for so long is asked whether it is still there. */
const PING_AFTER_MS = 10_000;
const PONG_WITHIN_MS = 5_000;

export interface SocketEvents {
  /** A connection closed, or could not be made. */
  onLost(): void;
  onConnected(): void;
  onRefused(): void;
}

/** One WebSocket for all subscriptions, which comes back for ever, unless the gateway refuses the token. */
export function createSocket(url: string, token: string, { onLost, onConnected, onRefused }: SocketEvents): Client {
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (reason) => closeCode(reason) !== FORBIDDEN,
    // The first at once or nearly so, later ones slower, and never all tabs at the same moment.
    retryWait: (retries) => sleep(Math.min(LONGEST_WAIT_MS, 250 * 2 ** retries) * (0.5 + Math.random() / 2)),
    keepAlive: PING_AFTER_MS,
    on: {
      connected: onConnected,
      closed: (reason) => {
        clearTimeout(pongTimer);
        if (closeCode(reason) === FORBIDDEN) onRefused();
        else if (closeCode(reason) !== NORMAL_CLOSURE) onLost();
      },
      // A cable that was pulled closes nothing: without this the page would look alive for minutes.
      ping: (isReceived) => {
        if (!isReceived) pongTimer = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pongTimer);
      },
    },
  });
  return client;
}

function closeCode(reason: unknown): unknown {
  return typeof reason === 'object' && reason !== null && 'code' in reason ? reason.code : undefined;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
