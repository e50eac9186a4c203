import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import pino from 'pino';
import type { RequestReport } from '../../../src/dataspike/call';
import { createTransport, type Transport } from '../../../src/dataspike/transport';

export const API_KEY = 'key-that-nobody-may-see-0123456789';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Upstream {
  /** Tries once, so that a test sees each failure as it is. */
  readonly transport: Transport;
  /** As the gateway uses it. */
  readonly persistentTransport: Transport;
  readonly url: string;
  readonly received: ReceivedRequest[];
  readonly reports: RequestReport[];
  /** Lines as the log has them. */
  readonly logged: string[];
  /** Settles when the connection of some request is closed before its answer ended. */
  readonly abandoned: Promise<void>;
}

/** A server in Dataspike's place on a free port, and a transport to it; both closed when `use` is done. */
export async function withUpstream(
  answer: (request: ReceivedRequest, response: ServerResponse, incoming: IncomingMessage) => void,
  use: (upstream: Upstream) => Promise<void>,
  options: {
    readonly timeoutMs?: number;
    readonly maxConcurrency?: number;
    readonly readBody?: boolean;
    readonly basePath?: string;
  } = {},
): Promise<void> {
  const received: ReceivedRequest[] = [];
  let abandon = () => {};
  const abandoned = new Promise<void>((resolve) => {
    abandon = resolve;
  });
  const listener: RequestListener = async (incoming, response) => {
    response.on('close', () => response.writableFinished || abandon());
    const chunks: Buffer[] = [];
    try {
      if (options.readBody !== false) for await (const chunk of incoming) chunks.push(chunk);
    } catch {
      return;
    }
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body: Buffer.concat(chunks).toString('latin1') };
    received.push(request);
    answer(request, response, incoming);
  };
  const server = createServer(listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reports: RequestReport[] = [];
  const logged: string[] = [];
  const persistentTransport = createTransport({
    baseUrl: url + (options.basePath ?? ''),
    apiKey: API_KEY,
    timeoutMs: options.timeoutMs ?? 5000,
    maxConcurrency: options.maxConcurrency ?? 8,
    logger: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
    onRequest: (report) => reports.push(report),
  });
  try {
    await use({
      transport: persistentTransport.for({ tries: 1 }),
      persistentTransport,
      url,
      received,
      reports,
      logged,
      abandoned,
    });
  } finally {
    persistentTransport.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** What the promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('It did not reject');
    },
    (error: unknown) => error,
  );
}
