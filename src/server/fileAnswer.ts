import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { parseCheckError } from '../dataspike/checkErrorWire';
import { UpstreamNotFound, UpstreamRefused } from '../dataspike/errors';
import { toPublicError } from '../graphql/errors';

/** Why a file is neither taken nor given; nothing that Dataspike said. */
export class FileRefusal extends Error {
  constructor(
    readonly status: number,
    /** For a program, for example TICKET_EXPIRED. */
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export const ticketUnknown = () => new FileRefusal(404, 'NOT_FOUND', 'Not found');
export const ticketExpired = () => new FileRefusal(410, 'TICKET_EXPIRED', 'The ticket has expired; ask for a new one');

export interface FileAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

const OUTAGE_STATUS: Readonly<Record<string, number>> = {
  UPSTREAM_UNAVAILABLE: 502,
  UPSTREAM_REJECTED: 502,
  UPSTREAM_TIMEOUT: 504,
  UPSTREAM_RATE_LIMITED: 503,
};

/**
 * Any error as the client of a file may see it. Dataspike's refusal of a file is 422 `{ errors, message }`, with the
 * errors in the form of the schema's CheckError; all else is `{ error: { code, message, retryable, requestId } }`.
 */
export function answerToError(error: unknown, logger: Logger, requestId: string): FileAnswer {
  if (error instanceof UpstreamRefused) {
    const { checkErrors, text } = error.refusal;
    const body = { errors: checkErrors.map(parseCheckError), message: text ?? 'Dataspike refused the file' };
    return { status: 422, headers: {}, body };
  }
  const refusal = error instanceof UpstreamNotFound ? ticketUnknown() : error;
  if (refusal instanceof FileRefusal) {
    const { status, headers, code, message } = refusal;
    return { status, headers, body: { error: { code, message, retryable: false, requestId } } };
  }
  const { message, extensions = {} } = toPublicError(error, logger, requestId);
  const { code, retryable, retryAfterMs } = extensions;
  const status = OUTAGE_STATUS[String(code)] ?? (retryable ? 503 : 500);
  const waitSeconds = typeof retryAfterMs === 'number' ? Math.ceil(retryAfterMs / 1000) : null;
  return {
    status,
    headers: waitSeconds === null ? {} : { 'retry-after': String(waitSeconds) },
    body: { error: { code, message, retryable, requestId } },
  };
}

/** How long the rest of a body that nobody wants is still taken in. */
const LINGER_MS = 1_000;

/**
 * Answers with JSON, also while the client is still sending. Closing at once would reset the connection, and the client
 * would see that instead of the answer; so what it sends is thrown away for a moment (as RFC 9112 §9.6 advises).
 */
export async function answerJson(response: ServerResponse, answer: FileAnswer, requestId: string): Promise<void> {
  if (response.headersSent || response.destroyed) return;
  const request = response.req;
  const text = JSON.stringify(answer.body);
  const isEarly = !request.complete;
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    ...(isEarly && { connection: 'close' }),
  });
  if (request.method !== 'HEAD') response.write(text);
  if (isEarly) await discardRest(request);
  response.end();
}

function discardRest(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(finish, LINGER_MS);
    request.once('end', finish).once('close', finish).once('error', finish);
    const discard = () => {
      while (request.read() !== null);
    };
    request.on('readable', discard);
    discard();
  });
}
