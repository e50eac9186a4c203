import WebSocket from 'ws';
import { TOKEN } from './startGateway';

/** An update as a subscriber of `WATCH` gets it. */
export interface ReceivedUpdate {
  readonly cursor: string;
  readonly kind: string;
  readonly verification: { readonly id: string; readonly status: string };
}

/** Somebody who keeps one subscription open and comes back with the last cursor, as a dashboard does. */
export interface Subscriber {
  /** In the order in which they came, over all connections. */
  readonly received: readonly ReceivedUpdate[];
  /** How often a connection was tried, the first one included. */
  connections(): number;
  /** Error codes that the gateway told it. */
  readonly refusals: readonly string[];
  isConnected(): boolean;
  /** Takes nothing more from its socket, without closing it; over WebSocket only. */
  pause(): void;
  resume(): void;
  /** Loses its connection without a word, and comes back. */
  breakOff(): void;
  stop(): void;
}

export interface SubscriberOptions {
  /** Which gateway to try next; asked before each connection. */
  readonly pickUrl: () => string;
  readonly transport: 'WebSocket' | 'SSE';
  /** Of `WATCH`, without `after`. */
  readonly filter?: { readonly verificationId?: string; readonly applicantId?: string };
  /** Default null: from now on. */
  readonly after?: string | null;
  /** Default: `WATCH`. */
  readonly query?: string;
  readonly onUpdate?: (update: ReceivedUpdate) => void;
}

export const WATCH = `subscription ($verificationId: ID, $applicantId: ID, $after: String) {
  verificationUpdated(verificationId: $verificationId, applicantId: $applicantId, after: $after) {
    cursor kind verification { id status }
  }
}`;

/** Short, so that a test that loses a gateway is soon whole again; spread, so that not all come at once. */
const RECONNECT_MS = { least: 20, most: 200 };

interface Connection {
  close(): void;
  pause(): void;
  resume(): void;
}

interface Listeners {
  readonly onOpen: () => void;
  readonly onResult: (result: Result) => void;
  /** Once, however it ends. */
  readonly onEnd: () => void;
}

interface Result {
  readonly data?: { readonly verificationUpdated: ReceivedUpdate } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

export function startSubscriber(options: SubscriberOptions): Subscriber {
  const { pickUrl, transport, filter = {}, query = WATCH, onUpdate } = options;
  const received: ReceivedUpdate[] = [];
  const refusals: string[] = [];
  let after = options.after ?? null;
  let connections = 0;
  let isOpen = false;
  let hasStopped = false;
  let connection: Connection | null = null;
  let timer: NodeJS.Timeout | undefined;

  function connect() {
    connections += 1;
    const open = transport === 'SSE' ? openEventStream : openWebSocket;
    connection = open(
      pickUrl(),
      { query, variables: { ...filter, after } },
      {
        onOpen() {
          isOpen = true;
        },
        onResult({ data, errors = [] }) {
          refusals.push(...errors.map(({ extensions }) => extensions?.code ?? 'none'));
          if (!data) return;
          const update = data.verificationUpdated;
          after = update.cursor;
          received.push(update);
          onUpdate?.(update);
        },
        onEnd() {
          isOpen = false;
          if (hasStopped) return;
          timer = setTimeout(connect, RECONNECT_MS.least + Math.random() * RECONNECT_MS.most);
        },
      },
    );
  }

  connect();
  return {
    received,
    refusals,
    connections: () => connections,
    isConnected: () => isOpen,
    pause: () => connection?.pause(),
    resume: () => connection?.resume(),
    breakOff: () => connection?.close(),
    stop() {
      hasStopped = true;
      clearTimeout(timer);
      connection?.close();
    },
  };
}

interface Request {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** graphql-transport-ws, by hand: a thousand of them must cost the test little. */
function openWebSocket(url: string, payload: Request, { onOpen, onResult, onEnd }: Listeners): Connection {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${TOKEN}` } })),
  );
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as { type: string; payload?: unknown };
    if (message.type === 'connection_ack') {
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      onOpen();
    } else if (message.type === 'next') {
      onResult(message.payload as Result);
    } else if (message.type === 'error') {
      onResult({ errors: message.payload as NonNullable<Result['errors']> });
      socket.close();
    } else if (message.type === 'complete') {
      socket.close();
    }
  });
  socket.on('error', () => {});
  socket.once('close', onEnd);
  return { close: () => socket.terminate(), pause: () => socket.pause(), resume: () => socket.resume() };
}

/** As an EventSource: GET, and events that are taken apart line by line. */
function openEventStream(url: string, { query, variables }: Request, listeners: Listeners): Connection {
  const leaving = new AbortController();
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  void readEventStream(`${url}/graphql?${parameters}`, leaving.signal, listeners)
    .catch(() => {})
    .finally(listeners.onEnd);
  const cannotPause = () => {
    throw new Error('Only a WebSocket can be paused');
  };
  return { close: () => leaving.abort(), pause: cannotPause, resume: cannotPause };
}

async function readEventStream(url: string, signal: AbortSignal, { onOpen, onResult }: Listeners): Promise<void> {
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${TOKEN}` };
  const response = await fetch(url, { headers, signal });
  if (response.status !== 200 || !response.body) return void (await response.body?.cancel());
  onOpen();
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const [, data] = /^event: next\ndata: (.*)$/.exec(event) ?? [];
      if (data) onResult(JSON.parse(data) as Result);
    }
  }
}
