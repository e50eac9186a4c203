import type { IncomingMessage, ServerResponse } from 'node:http';
import { send } from './httpError';

const BODY_MS = 30_000;

/**
 * A body that is not there in time ends its connection with 408. Node's own limit is one for all routes, and the upload
 * of a large file on a slow line may take minutes; uploads have a clock of their own.
 */
export function boundBodyTime(request: IncomingMessage, response: ServerResponse, limitMs = BODY_MS): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return;
  const timer = setTimeout(() => {
    if (request.complete) return;
    send(response, 408, { 'content-type': 'text/plain' }, 'The body did not come in time\n');
    request.destroy();
  }, limitMs);
  response.once('close', () => clearTimeout(timer));
}
