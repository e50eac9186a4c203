import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import inflate from 'inflation';
import { HttpError } from './httpError';

/**
 * The whole body, inflated (gzip, deflate, br).
 * @param limitBytes of the inflated body; a body that turns out longer is not read to its end
 * @throws HttpError 413 when it is longer, 415 for another encoding, 400 when it is cut off or cannot be inflated
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
  if (encoding === 'identity' && Number(length) > limitBytes) throw tooLarge();
  return collect(inflated(request), limitBytes);
}

function inflated(request: IncomingMessage): Readable {
  try {
    return inflate(request);
  } catch {
    throw new HttpError(415, 'The content encoding is not supported');
  }
}

function collect(body: Readable, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const fail = () => reject(new HttpError(400, 'The body cannot be read'));
    body.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= limitBytes) {
        pieces.push(piece);
      } else {
        body.pause();
        reject(tooLarge());
      }
    });
    body.once('end', () => {
      const [first] = pieces;
      resolve(first && pieces.length === 1 ? first : Buffer.concat(pieces, bytes));
    });
    // Stays: whoever ends the request after a refusal must not end the process with it.
    body.on('error', fail);
    body.once('close', () => {
      if (!body.readableEnded) fail();
    });
  });
}

function tooLarge(): HttpError {
  return new HttpError(413, 'The body is too large');
}
