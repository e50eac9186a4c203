import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send } from './httpError';

/** @returns what a scrape is answered with */
export type Scrape = () => Promise<{ readonly contentType: string; readonly text: string }>;

/** `GET /metrics`, on whichever port. */
export function createMetricsHttp(scrape: Scrape) {
  return async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { contentType, text } = await scrape();
    send(response, 200, { 'content-type': contentType }, text);
  };
}

/** A port for metrics alone, which need not be reachable from where clients are. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Rejects when the port is taken. */
export async function listenForMetrics(host: string, port: number, scrape: Scrape): Promise<MetricsServer> {
  const handle = createMetricsHttp(scrape);
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
    const isScrape = request.method === 'GET' && request.url?.split('?', 1)[0] === '/metrics';
    if (!isScrape) return send(response, 404, { 'content-type': 'text/plain' }, 'There is nothing here\n');
    handle(request, response).catch(() => send(response, 500, {}));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
