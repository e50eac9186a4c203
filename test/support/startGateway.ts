// The gateway loads these when it first wants them; between concurrent tests Jest lets nothing be loaded.
import 'graphql-jit';
import 'undici';
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { parseConfig } from '../../src/config';
import { createGateway, type Gateway } from '../../src/gateway';
import { createLogger } from '../../src/logger';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator';
import { refuseCanaries } from './canaries';
import { postJson } from './postJson';
import { createSpanSearch } from './spanSearch';

export const TOKEN = 'a-token-that-may-do-everything';

/** How long a test waits for what should come at once: only a failure takes that long, a busy machine some of it. */
const PATIENCE_MS = 20_000;

export interface GraphqlAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  data: any;
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
  extensions?: Record<string, unknown>;
}

/** A gateway and a simulator behind it, wired with a signed webhook, on ports that the system chose. */
export interface TestGateway {
  readonly gateway: Gateway;
  readonly simulator: Simulator;
  readonly webhookSecret: string;
  /** Every line that the gateway logged, at level trace. */
  logLines(): string[];
  /** Every line of the access record. */
  accessLines(): string[];
  /** POST /graphql with the token. */
  graphql(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<GraphqlAnswer>;
  /** A graphql-ws client with the token; ended with the gateway. */
  webSocketClient(connectionParams?: Record<string, unknown>): Client;
  /** Rejects when the log, the access record, the metrics or the spans held anything of a person, or a key. May be called twice. */
  close(): Promise<void>;
}

/**
 * @param environment variables on top of a working configuration
 * @param pages what the explorers' header editors hold at first, and the dashboard; left out: the gateway's defaults
 */
export async function startGateway(
  environment: Record<string, string> = {},
  simulatorOptions: SimulatorOptions = {},
  pages: { explorerAuthorization?: string; dashboard?: { folder: string; token: string } } = {},
): Promise<TestGateway> {
  const simulator = await createSimulator(simulatorOptions);
  // The gateway must know the secret before it listens, the simulator the port before it delivers.
  const { id, secret } = await createWebhook(simulator);
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const accessLines: string[] = [];
  const accessLog = { write: (line: string) => void accessLines.push(line), close: () => {} };
  const config = parseConfig({
    DATASPIKE_API_KEY: simulator.apiKey,
    DATASPIKE_BASE_URL: simulator.url,
    HOST: '127.0.0.1',
    PORT: '0',
    WEBHOOK_SECRETS: secret,
    AUTH_API_KEYS: `test:${createHash('sha256').update(TOKEN).digest('hex')}:kyc:read+kyc:pii+kyc:write+kyc:admin`,
    WATCH_TOKEN_SECRET: 'of the tests, and long enough for them',
    // Every test comes from the same address.
    LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE: '0',
    ...environment,
  });
  const secrets = [TOKEN, simulator.apiKey, secret];
  // A test with a collector of its own looks at what came there.
  const spans = config.telemetry.traces === null ? createSpanSearch(secrets) : null;
  const gateway = await createGateway(config, {
    logger: createLogger('trace', sink),
    accessLog,
    ...(spans && { tracing: spans.tracing }),
    ...pages,
  });
  await updateWebhook(simulator, id, `${gateway.url}/webhooks/dataspike`);
  // The sweep at the start is no request of the test.
  await eventually(() => simulator.requests().some(({ endpoint }) => endpoint === 'listWebhookHistory'), 30_000);
  simulator.control.clearRequests();
  const clients: Client[] = [];
  let closed: Promise<void> | null = null;

  return {
    gateway,
    simulator,
    webhookSecret: secret,
    logLines: () => lines,
    accessLines: () => accessLines,
    graphql: (query, variables, headers) => postGraphql(`${gateway.url}/graphql`, query, variables, headers),
    webSocketClient(connectionParams = { authorization: `Bearer ${TOKEN}` }) {
      const client = createClient({
        url: `${gateway.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams,
        retryAttempts: 0,
      });
      clients.push(client);
      return client;
    },
    close() {
      closed ??= close();
      return closed;
    },
  };

  async function close() {
    await Promise.all(clients.map((client) => client.dispose()));
    // A test may have stopped the gateway itself.
    const metrics = await fetch(gateway.metricsUrl).then(
      (response) => response.text(),
      () => '',
    );
    await gateway.close();
    await simulator.close();
    spans?.refuseFound();
    refuseCanaries('the log', lines.join(''), secrets);
    refuseCanaries('the access record', accessLines.join(''), secrets);
    refuseCanaries('the metrics', metrics, secrets);
  }
}

export async function postGraphql(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<GraphqlAnswer> {
  const answer = await postJson(url, JSON.stringify({ query, variables }), {
    authorization: `Bearer ${TOKEN}`,
    ...headers,
  });
  const result = JSON.parse(answer.text) as Pick<GraphqlAnswer, 'data' | 'errors'>;
  if (result.errors) refuseCanaries('the errors', JSON.stringify(result.errors));
  return { status: answer.status, headers: answer.headers, ...result };
}

/** The updates of one subscription, as they come. */
export interface Subscribed {
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly results: any[];
  /** Resolves with the results once there are that many; rejects after the time, or when the subscription failed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  waitFor(count: number, timeoutMs?: number): Promise<any[]>;
  readonly ended: Promise<unknown>;
  stop(): void;
}

export function subscribeTo(client: Client, query: string, variables: Record<string, unknown> = {}): Subscribed {
  const results: unknown[] = [];
  const waiting = new Set<() => void>();
  let failure: unknown = null;
  let end: (reason: unknown) => void = () => {};
  const ended = new Promise<unknown>((resolve) => {
    end = resolve;
  });
  const wake = () => {
    for (const check of waiting) check();
  };
  const stop = client.subscribe(
    { query, variables },
    {
      next(result) {
        results.push(result);
        wake();
      },
      error(error) {
        failure = error;
        end(error);
        wake();
      },
      complete: () => end(null),
    },
  );
  return {
    results,
    ended,
    stop,
    waitFor(count, timeoutMs = PATIENCE_MS) {
      return new Promise((resolve, reject) => {
        const finish = () => {
          clearTimeout(timer);
          waiting.delete(check);
        };
        const check = () => {
          if (results.length >= count) {
            finish();
            resolve(results);
          } else if (failure) {
            finish();
            reject(failure);
          }
        };
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`${results.length} of ${count} updates came within ${timeoutMs} ms`));
        }, timeoutMs);
        waiting.add(check);
        check();
      });
    },
  };
}

/** Resolves once the condition holds; rejects after the time. @param pauseMs between two looks; longer where one costs */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = PATIENCE_MS,
  pauseMs = 10,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error('It did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Ends all faults, and waits until the gateway asks Dataspike again: many failures open its breaker for a while. */
export async function endFaults({ simulator, graphql }: TestGateway): Promise<void> {
  simulator.control.clearFaults();
  const isAskedAgain = async () => (await graphql('{ applicants(first: 1) { nodes { id } } }')).errors === undefined;
  await eventually(isAskedAgain, 10_000, 50);
  simulator.control.clearRequests();
}

const WEBHOOK = { event_types: ['DOCVER', 'DOCVER_CHECKS'], is_sandbox: true };

async function createWebhook(simulator: Simulator): Promise<{ id: string; secret: string }> {
  const response = await callSimulator(simulator, 'POST', '/api/v3/organization/webhooks', {
    ...WEBHOOK,
    webhook_url: 'http://127.0.0.1:9/',
    enabled: false,
  });
  const { id, hmac_signing_secret: secret } = (await response.json()) as { id: string; hmac_signing_secret: string };
  return { id, secret };
}

async function updateWebhook(simulator: Simulator, id: string, url: string): Promise<void> {
  const body = { ...WEBHOOK, webhook_url: url, enabled: true };
  await callSimulator(simulator, 'PUT', `/api/v3/organization/webhooks/${id}`, body);
}

/** A call that the gateway does not see: behind its back, with its key. */
export function callSimulator(simulator: Simulator, method: string, path: string, body: unknown): Promise<Response> {
  return fetch(`${simulator.url}${path}`, {
    method,
    headers: { 'ds-api-token': simulator.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
