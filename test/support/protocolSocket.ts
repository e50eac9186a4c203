import WebSocket from 'ws';
import { TOKEN } from './startGateway';

export interface ProtocolMessage {
  readonly id?: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly payload?: any;
}

/** A WebSocket whose messages a test writes by hand, one by one. */
export interface ProtocolSocket {
  readonly socket: WebSocket;
  /** Everything received so far, also what was taken. */
  readonly messages: readonly ProtocolMessage[];
  /** A text is sent as it is, all else as JSON. */
  send(message: unknown): void;
  /** Takes the oldest message of this operation that was not taken yet; left out: of any. Rejects after 5 s, or when the socket closes. */
  receive(id?: string): Promise<ProtocolMessage>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export interface SocketOptions {
  /** Default: graphql-transport-ws */
  readonly protocols?: string[];
  readonly origin?: string;
}

/** @param gatewayUrl http://… @throws what the upgrade is refused with, for example `Unexpected server response: 403` */
export async function openSocket(gatewayUrl: string, options: SocketOptions = {}): Promise<ProtocolSocket> {
  const { protocols = ['graphql-transport-ws'], origin } = options;
  const socket = new WebSocket(`${gatewayUrl.replace('http', 'ws')}/graphql`, protocols, { origin });
  const messages: ProtocolMessage[] = [];
  const untaken: ProtocolMessage[] = [];
  const wakers = new Set<() => void>();
  const wake = () => {
    for (const check of wakers) check();
  };
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as ProtocolMessage;
    messages.push(message);
    untaken.push(message);
    wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      resolve({ code, reason: String(reason) });
      wake();
    });
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});

  return {
    socket,
    messages,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    receive: (id) =>
      new Promise((resolve, reject) => {
        const settle = (finish: () => void) => {
          clearTimeout(timer);
          wakers.delete(check);
          finish();
        };
        const check = () => {
          const index = untaken.findIndex((message) => id === undefined || message.id === id);
          const [message] = index < 0 ? [] : untaken.splice(index, 1);
          if (message) settle(() => resolve(message));
          else if (socket.readyState === WebSocket.CLOSED) settle(() => reject(new Error('The socket is closed')));
        };
        const timer = setTimeout(() => settle(() => reject(new Error('No message came within 5 s'))), 5_000);
        wakers.add(check);
        check();
      }),
  };
}

/** Opened, with the token, and acknowledged. */
export async function openAcknowledged(
  gatewayUrl: string,
  { token = TOKEN, ...options }: SocketOptions & { readonly token?: string } = {},
): Promise<ProtocolSocket> {
  const opened = await openSocket(gatewayUrl, options);
  opened.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  const { type } = await opened.receive();
  if (type !== 'connection_ack') throw new Error(`${type} came instead of the acknowledgement`);
  return opened;
}
