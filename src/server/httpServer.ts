import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { describeError } from '../logger';
import { boundBodyTime } from './bodyTime';
import { createCrossOrigin } from './crossOrigin';
import type { DashboardPages } from './dashboardPages';
import type { ExplorerPages } from './explorer';
import type { FindFileRoute } from './fileRoutes';
import type { GraphqlSse } from './graphqlSse';
import type { GraphqlWebSocket } from './graphqlWebSocket';
import { HttpError, send } from './httpError';
import { explorerPageHeaders, setSecurityHeaders } from './security';

const READ_ONLY = new Set(['/', '/graphiql', '/livez', '/readyz', '/metrics']);

/**
 * Connections that wait to be accepted; the system may allow fewer (net.core.somaxconn). With Node's 511, half of a
 * thousand that come at once while the process is busy try again after a second, and so does whoever comes next.
 */
const BACKLOG = 4_096;

/** How long the port stays open at least while the process says that it is not ready. */
const QUIET_MS = 100;

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** The one port: who answers what. */
export interface HttpServer {
  /** Rejects when the port is taken. @returns the port */
  listen(host: string, port: number): Promise<number>;
  /**
   * Not ready at once, no new work; sockets and streams end spread over `spreadMs`, what runs may end within `graceMs`;
   * then every connection is cut.
   */
  close(times: { readonly spreadMs: number; readonly graceMs: number }): Promise<void>;
}

/** @param isReady what `/readyz` says while the server is not closing */
export function createHttpServer({
  graphql,
  sse,
  webhooks,
  metrics,
  findFileRoute,
  webSocket,
  explorer,
  dashboard,
  corsOrigins,
  publicOrigin,
  isReady,
  logger,
}: {
  graphql: Handler;
  sse: GraphqlSse;
  webhooks: Handler;
  /** Null where they have a port of their own. */
  metrics: Handler | null;
  findFileRoute: FindFileRoute;
  webSocket: GraphqlWebSocket;
  /** Null where the explorer is off. */
  explorer: ExplorerPages | null;
  /** Null everywhere but in the demo. */
  dashboard: DashboardPages | null;
  corsOrigins: readonly string[];
  publicOrigin: () => string;
  isReady: () => boolean;
  logger: Logger;
}): HttpServer {
  let isClosing = false;
  const running = new Set<ServerResponse>();
  const crossOrigin = createCrossOrigin(corsOrigins, ['GET', 'POST']);

  const routes: Readonly<Record<string, Handler>> = {
    '/graphql': async (request, response, url) => {
      if (explorer && isBrowserVisit(request, url)) return sendPage(response, explorer.sandbox(), publicOrigin());
      refuseWhileClosing();
      await crossOrigin(request, response);
      if (response.writableEnded) return;
      await (wantsEventStream(request) ? sse.handle(request, response, url) : graphql(request, response, url));
    },
    '/webhooks/dataspike': async (request, response, url) => {
      refuseWhileClosing();
      await webhooks(request, response, url);
    },
    '/livez': async (_request, response) => send(response, 200, { 'content-type': 'text/plain' }, 'ok\n'),
    '/readyz': async (_request, response) => {
      const ready = !isClosing && isReady();
      send(response, ready ? 200 : 503, { 'content-type': 'text/plain' }, ready ? 'ready\n' : 'not ready\n');
    },
    ...(metrics && { '/metrics': metrics }),
    ...(explorer && {
      '/': async (_request: IncomingMessage, response: ServerResponse) =>
        sendPage(response, explorer.sandbox(), publicOrigin()),
      '/graphiql': async (_request: IncomingMessage, response: ServerResponse) =>
        sendPage(response, explorer.graphiql(), publicOrigin()),
    }),
  };

  function refuseWhileClosing() {
    if (isClosing) throw new HttpError(503, 'The gateway is shutting down', { 'retry-after': '5' });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response, publicOrigin().startsWith('https:'));
    try {
      const url = parseUrl(request);
      const fileRoute = findFileRoute(url.pathname);
      if (fileRoute) {
        refuseWhileClosing();
        return await fileRoute(request, response);
      }
      boundBodyTime(request, response);
      const page = dashboard?.find(url.pathname);
      if (page) {
        refuseUnlessRead(request);
        return page(response);
      }
      const route = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
      if (!route) throw new HttpError(404, 'There is nothing here');
      if (READ_ONLY.has(url.pathname)) refuseUnlessRead(request);
      await route(request, response, url);
    } catch (error) {
      if (!(error instanceof HttpError)) logger.error({ error: describeError(error) }, 'a request failed unexpectedly');
      const { status, message, headers } =
        error instanceof HttpError ? error : new HttpError(500, 'Internal server error');
      send(response, status, { ...headers, 'content-type': 'text/plain' }, `${message}\n`);
    }
  }

  function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    const refuse = (status: string) =>
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    socket.on('error', () => socket.destroy());
    if (isClosing) return refuse('503 Service Unavailable');
    if (request.url?.split('?', 1)[0] !== '/graphql') return refuse('404 Not Found');
    if (!isAllowedOrigin(request, corsOrigins, publicOrigin())) return refuse('403 Forbidden');
    webSocket.handleUpgrade(request, socket, head);
  }

  const server = createServer({ headersTimeout: 10_000, requestTimeout: 0 }, (request, response) => {
    if (isClosing) response.shouldKeepAlive = false;
    running.add(response);
    response.once('close', () => running.delete(response));
    void handle(request, response);
  });
  server.on('upgrade', handleUpgrade);

  return {
    listen: (host, port) => listen(server, host, port),
    async close({ spreadMs, graceMs }) {
      isClosing = true;
      // Whoever asks now hears that this process is not ready; closing the port at once would cut off who just connected.
      await delay(QUIET_MS);
      const cut = setTimeout(() => {
        webSocket.cut();
        server.closeAllConnections();
      }, graceMs);
      await Promise.all([webSocket.close(spreadMs), sse.close(spreadMs)]);
      await Promise.all([...running].map((response) => once(response, 'close')));
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // What is left carries no request; some clients open connections in advance, which never count as idle.
      server.closeAllConnections();
      await closed;
      clearTimeout(cut);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Of nearly all requests. */
const USUAL_URLS = new Map(
  ['/graphql', '/webhooks/dataspike'].map((path) => [path, new URL(path, 'http://gateway')] as const),
);

function parseUrl(request: IncomingMessage): URL {
  const target = request.url ?? '/';
  const usual = USUAL_URLS.get(target);
  if (usual) return usual;
  // Not as a relative URL: of `//graphql` that would make a host.
  const absolute = target.startsWith('/') ? `http://gateway${target}` : target;
  if (!URL.canParse(absolute)) throw new HttpError(400, 'The request target is not a URL');
  return new URL(absolute);
}

function refuseUnlessRead({ method }: IncomingMessage): void {
  if (method !== 'GET' && method !== 'HEAD') throw new HttpError(405, 'GET only', { allow: 'GET, HEAD' });
}

/** Who takes JSON as well asks a query, for example urql. */
function wantsEventStream({ headers: { accept = '' } }: IncomingMessage): boolean {
  return accept.includes('text/event-stream') && !/\bapplication\/([\w-]+\+)?json\b/.test(accept);
}

/** Somebody opened `/graphql` in a browser, without an operation. */
function isBrowserVisit(request: IncomingMessage, url: URL): boolean {
  const wantsPage = (request.headers.accept ?? '').includes('text/html');
  return request.method === 'GET' && wantsPage && !url.searchParams.has('query');
}

/** Browsers always send an Origin with an upgrade, and no other protection against foreign pages applies to it. */
function isAllowedOrigin(request: IncomingMessage, corsOrigins: readonly string[], publicOrigin: string): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (origin === publicOrigin || corsOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function sendPage(response: ServerResponse, html: string, origin: string): void {
  send(response, 200, { ...explorerPageHeaders(origin), 'content-type': 'text/html; charset=utf-8' }, html);
}
