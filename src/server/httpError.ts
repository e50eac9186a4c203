import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request that is answered with a status and nothing else to say than why. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    /** For the client; ours, never from inside. */
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The media type before its parameters, in lower case; empty when there is none. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Ends the response; when the request's body was not read to its end, the connection goes with it. */
export function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): void {
  if (response.headersSent || response.destroyed) return;
  if (!response.req.complete) response.setHeader('connection', 'close');
  // Not by spreading: in V8, each object that gets a property after a spread has a shape of its own, which only a marking of the
  // whole heap takes away.
  response.writeHead(status, Object.assign({}, headers, { 'content-length': Buffer.byteLength(body) }));
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
