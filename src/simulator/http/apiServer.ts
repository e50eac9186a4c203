import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, type Endpoint, Refused, type Reply, replyJson } from './endpoint';
import type { Fault, Faults } from './faults';
import type { Journal } from './journal';
import { readForm, readJson } from './requestBody';
import type { Match } from './router';
import { sendFaultyReply, sendReply } from './sendReply';

/** What the server needs of whoever answers. */
export interface ApiServerOptions {
  /** What `ds-api-token` must say where a key is needed */
  readonly apiKey: string;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Looks up a route in the current world. */
  readonly findEndpoint: (method: string, path: string) => Match<Endpoint>;
  /** Likewise for the control route, which has no journal, no faults and no key. */
  readonly findControl: (method: string, path: string) => Match<Endpoint>;
  /** Simulated Unix milliseconds */
  readonly now: () => number;
}

const controlPrefix = '/_simulator/';

export interface ApiServer {
  /** Not listening yet. */
  readonly server: http.Server;
  /** Requests on open connections whose answer has not ended. */
  unanswered(): number;
}

/** The HTTP side: journal, faults, key, route, answer. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { apiKey, journal, faults, findEndpoint, findControl, now } = options;
  const unanswered = new Set<ServerResponse>();

  async function answerControl(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const match = findControl(request.method ?? '', url.pathname);
    sendReply(response, await answerMatch(match, request, url, null));
  }

  async function answerApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = request.method ?? '';
    const match = findEndpoint(method, url.pathname);
    const endpoint = match.kind === 'found' ? match.route.operationId : null;
    const fault = faults.take({ method, path: url.pathname, endpoint });
    const fileStatus = journal.begin({
      method,
      path: request.url ?? '',
      endpoint,
      fault: fault?.kind ?? null,
      at: new Date(now()).toISOString(),
      traceparent: request.headers.traceparent?.toString() ?? null,
    });
    const work = () => answerMatch(match, request, url, apiKey);
    response.once('close', () => {
      if (response.headersSent) fileStatus(response.statusCode);
    });
    if (!fault) {
      sendReply(response, await work());
    } else {
      const reply = await runFaulty(fault, work, response);
      if (!response.destroyed) sendFaultyReply(response, fault, reply);
    }
    if (response.headersSent) fileStatus(response.statusCode);
  }

  const server = http.createServer((request, response) => {
    unanswered.add(response);
    response.once('close', () => unanswered.delete(response));
    const url = parseUrl(request.url ?? '');
    if (!url) {
      sendReply(response, replyJson(400, { message: 'Bad request' }));
      return;
    }
    const answer = url.pathname.startsWith(controlPrefix) ? answerControl : answerApi;
    answer(request, response, url).catch(() => {
      // A fault of the simulator itself: say so without breaking the connection's other users.
      if (response.headersSent) response.destroy();
      else sendReply(response, replyJson(500, { message: 'simulator failed' }));
    });
  });
  return { server, unanswered: () => unanswered.size };
}

/** Does the work at the fault's moment. @returns the true answer, or null when the work was not done */
async function runFaulty(fault: Fault, work: () => Promise<Reply>, response: ServerResponse): Promise<Reply | null> {
  const early = fault.when !== 'after';
  const reply = early ? null : await work();
  if (fault.delayMs) {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    await sleep(fault.delayMs, undefined, { signal: gone.signal, ref: false }).catch(() => {});
  }
  return early && fault.kind === 'delay' && !response.destroyed ? work() : reply;
}

/** @param apiKey null where none is asked for */
async function answerMatch(
  match: Match<Endpoint>,
  request: IncomingMessage,
  url: URL,
  apiKey: string | null,
): Promise<Reply> {
  if (match.kind === 'not-found') return replyJson(404, { message: 'not found' });
  if (match.kind === 'method-not-allowed') {
    const reply = replyJson(405, { message: 'method not allowed' });
    return { ...reply, headers: { ...reply.headers, allow: match.allowed.join(', ') } };
  }
  const { route, parameters } = match;
  if (route.access === 'key' && apiKey !== null && request.headers['ds-api-token'] !== apiKey) {
    return replyJson(401, { message: 'Unauthorized' });
  }
  const call: Call = {
    parameter(name) {
      const value = parameters.get(name);
      if (value === undefined) throw new Error(`Route ${route.path} has no parameter ${name}`);
      return value;
    },
    query: url.searchParams,
    headers: request.headers,
    readJson: () => readJson(request),
    readForm: () => readForm(request),
  };
  try {
    return await route.answer(call);
  } catch (error) {
    if (error instanceof Refused) return error.reply;
    throw error;
  }
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text, 'http://simulator');
  } catch {
    return null;
  }
}
