import type { IncomingMessage } from 'node:http';
import inflate from 'inflation';
import readRawBody from 'raw-body';
import { HttpError } from './httpError';

/**
 * The whole body, inflated (gzip, deflate, br).
 * @param limitBytes of the inflated body; a body that turns out longer is not read to its end
 * @throws HttpError 413 when it is longer, 415 for another encoding, 400 when it is cut off or cannot be inflated
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const length = encoding === 'identity' ? request.headers['content-length'] : undefined;
  try {
    return await readRawBody(inflate(request), { limit: limitBytes, length });
  } catch (error) {
    throw toHttpError(error);
  }
}

function toHttpError(error: unknown): HttpError {
  const status = (error as { status?: unknown }).status;
  if (status === 413) return new HttpError(413, 'The body is too large');
  if (status === 415) return new HttpError(415, 'The content encoding is not supported');
  return new HttpError(400, 'The body cannot be read');
}
