import type { Readable } from 'node:stream';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import type { Logger } from 'pino';
import { failureOfExchange, failureOfStatus, parseBody } from './answer';
import type { Call, JsonCall, MultipartCall, RequestReport } from './call';
import { Deadline } from './deadline';
import { type Download, guardStream, readErrorBody } from './download';
import { DataspikeError, UpstreamRejected, UpstreamUnavailable } from './errors';
import type { HttpClient } from './httpClient';
import { type CallOrigin, OWN_ORIGIN } from './origin';
import { createCallPolicy } from './policy';

const JSON_LIMIT_BYTES = 5 * 1024 * 1024;

export interface TransportOptions {
  /** Without a path or with one; see the guide, section 1. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /**
   * For one try, headers and body together, from when its turn has come. For files: how long nothing may move.
   */
  readonly timeoutMs: number;
  /** Requests at once; more wait in a bounded queue (see fairQueue.ts). */
  readonly maxConcurrency: number;
  readonly logger: Logger;
  /** Called once per try, whatever became of it. Left out: nobody counts. */
  readonly onRequest?: (report: RequestReport) => void;
}

/**
 * The way to Dataspike, which asks politely (see policy.ts): reads are tried again, nothing else is. Every method rejects with a DataspikeError, or with the reason of the caller's signal; nothing
 * of axios, whose errors hold the key, gets out.
 */
export interface Transport {
  /** For what the callers leave out of an answer. */
  readonly logger: Logger;
  /** @returns the answer's JSON, null for an empty one */
  json(call: JsonCall): Promise<unknown>;
  /** Sends one file as multipart/form-data. @returns the answer's JSON */
  multipart(call: MultipartCall): Promise<unknown>;
  /** Receives one file. */
  stream(call: Call): Promise<Download>;
  /** The same way, asked on behalf of somebody; what is left out stays as it is. By default: the gateway's own calls. */
  for(origin: Partial<CallOrigin>): Transport;
  /** For metrics. */
  state(): { readonly breaker: 'OPEN' | 'CLOSED'; readonly waiting: number };
  /** Closes idle connections, and with them the running requests. */
  close(): void;
}

export function createTransport(options: TransportOptions): Transport {
  const { apiKey, timeoutMs, logger } = options;
  const policy = createCallPolicy({ maxConcurrency: options.maxConcurrency, logger });
  const { origin, pathname } = new URL(options.baseUrl);
  const basePath = pathname.replace(/\/$/, '');
  let client: HttpClient | null = null;
  let isClosed = false;

  /** Loads axios and undici with the first request: they would be a fifth of the time that the start takes. */
  function open(): HttpClient {
    const { createHttpClient }: typeof import('./httpClient') = require('./httpClient');
    const opened = createHttpClient({
      origin,
      headers: {
        'ds-api-token': apiKey,
        accept: 'application/json',
        'accept-encoding': 'gzip, br',
        'user-agent': 'dataspike-graphql',
      },
      connections: options.maxConcurrency,
      connectTimeoutMs: timeoutMs,
      textLimitBytes: JSON_LIMIT_BYTES,
    });
    if (isClosed) opened.close();
    client = opened;
    return opened;
  }

  /** One try, which ends its deadline unless a file is still under way. The policy goes around this. */
  async function exchange<A, T>(
    call: Call,
    deadline: Deadline,
    config: AxiosRequestConfig,
    use: (response: AxiosResponse<A>) => T | Promise<T>,
  ): Promise<T> {
    const startedAt = performance.now();
    const { traceparent } = call;
    let status: number | null = null;
    let outcome = 'OK';
    try {
      const { request } = client ?? open();
      const response = await request<A>({
        ...config,
        ...(traceparent !== undefined && { headers: { ...config.headers, traceparent } }),
        method: call.method,
        url: basePath + withQuery(call.path, call.query),
        signal: deadline,
      });
      status = response.status;
      return await use(response);
    } catch (error) {
      const failure = failureOf(error, deadline);
      outcome = failure instanceof DataspikeError ? failure.code : 'ABORTED';
      if (failure instanceof UpstreamRejected) {
        logger.error({ endpoint: call.endpoint, status }, 'Dataspike refuses our key, plan or request');
      }
      throw failure;
    } finally {
      if (outcome !== 'OK' || config.responseType !== 'stream') deadline.close();
      const milliseconds = performance.now() - startedAt;
      const { endpoint, method } = call;
      logger.debug({ endpoint, method, status, milliseconds: Math.round(milliseconds) }, 'asked Dataspike');
      options.onRequest?.({ endpoint, method, status, outcome, milliseconds });
    }
  }

  /** @throws {DataspikeError} unless the status is a 2xx */
  function requireSuccess(response: AxiosResponse, body: string): void {
    if (response.status >= 200 && response.status < 300) return;
    // Who refuses a request may quote it, key and all.
    const failure = failureOfStatus(response.status, header(response, 'retry-after'), body.replaceAll(apiKey, ''));
    if (failure) throw failure;
  }

  function askJson(call: JsonCall): Promise<unknown> {
    const deadline = new Deadline(timeoutMs, call.signal);
    const config = call.body
      ? { data: JSON.stringify(call.body), headers: { 'Content-Type': 'application/json' } }
      : withoutBody(call);
    return exchange<string, unknown>(call, deadline, config, (response) => {
      requireSuccess(response, response.data);
      return parseBody(response.data, call.due ?? 'json');
    });
  }

  async function sendFile(call: MultipartCall): Promise<unknown> {
    const { createUploadForm, watchUpload }: typeof import('./uploadForm') = require('./uploadForm');
    const deadline = new Deadline(timeoutMs, call.signal);
    const form = createUploadForm(call.fields, call.file);
    // Every piece sent is progress; after the last one Dataspike has the full time for its answer.
    const restart = () => deadline.restart();
    form.on('data', restart);
    const forget = watchUpload(call.file.content, deadline);
    try {
      return await exchange<string, unknown>(call, deadline, { data: form }, (response) => {
        requireSuccess(response, response.data);
        return parseBody(response.data, 'json');
      });
    } finally {
      forget();
      form.off('data', restart);
    }
  }

  function receiveFile(call: Call): Promise<Download> {
    const deadline = new Deadline(timeoutMs, call.signal);
    const config: AxiosRequestConfig = {
      responseType: 'stream',
      headers: { Accept: '*/*', 'Accept-Encoding': 'identity' },
    };
    return exchange<Readable, Download>(call, deadline, config, async (response) => {
      const source = response.data;
      try {
        if (response.status !== 404) await requireFile(response);
        else requireSuccess(response, '');
      } catch (error) {
        source.on('error', () => {}).destroy();
        throw error;
      }
      return {
        stream: guardStream(source, deadline, (error) => failureOf(error, deadline)),
        contentType: header(response, 'content-type'),
        contentLength: readLength(header(response, 'content-length')),
        documentType: header(response, 'x-document-type'),
      };
    });
  }

  const transportFor = (origin: CallOrigin): Transport => ({
    logger,
    json: (call) => policy.run(call, origin, () => askJson(call)),
    multipart: (call) => policy.run(call, origin, () => sendFile(call)),
    stream: (call) =>
      policy.run(
        call,
        origin,
        () => receiveFile(call),
        // A file holds its connection to its end.
        ({ stream }, release) => void stream.once('close', release),
      ),
    for: (other) => transportFor({ ...origin, ...other }),
    state: policy.state,
    close() {
      policy.close();
      isClosed = true;
      client?.close();
    },
  });
  return transportFor(OWN_ORIGIN);

  async function requireFile(response: AxiosResponse<Readable>): Promise<void> {
    const isSuccess = response.status >= 200 && response.status < 300;
    requireSuccess(response, isSuccess ? '' : await readErrorBody(response.data));
    // A page of something in between must not reach a browser as somebody's document.
    if (/^text\/html\b/i.test(header(response, 'content-type') ?? '')) throw new UpstreamUnavailable('not a file');
    const encoding = header(response, 'content-encoding') ?? 'identity';
    if (encoding.toLowerCase() !== 'identity') throw new UpstreamUnavailable('encoded against our wish');
  }
}

/** What to throw for whatever ended an exchange: never axios' own error. */
function failureOf(error: unknown, deadline: Deadline): unknown {
  if (error instanceof DataspikeError) return error;
  return deadline.aborted ? deadline.reason : failureOfExchange(error);
}

/** Without `false` axios calls an empty body application/x-www-form-urlencoded. */
function withoutBody({ method }: Call): AxiosRequestConfig {
  return method === 'POST' || method === 'PUT' ? { headers: { 'Content-Type': false } } : {};
}

function withQuery(path: string, query: Call['query'] = {}): string {
  const present: [string, string][] = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, String(value)]],
  );
  return present.length === 0 ? path : `${path}?${new URLSearchParams(present)}`;
}

function header(response: AxiosResponse, name: string): string | null {
  const value: unknown = response.headers[name];
  return typeof value === 'string' ? value : null;
}

function readLength(contentLength: string | null): number | null {
  return contentLength !== null && /^\d{1,15}$/.test(contentLength) ? Number(contentLength) : null;
}
