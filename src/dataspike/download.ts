import { finished, Readable } from 'node:stream';
import type { Deadline } from './deadline';
import { UpstreamUnavailable } from './errors';

/** A file on its way from Dataspike. Read `stream` or destroy it: until then it holds a connection. */
export interface Download {
  readonly stream: Readable;
  /** Media type as Dataspike states it, for example image/jpeg. */
  readonly contentType: string | null;
  readonly contentLength: number | null;
  /** The vendor's word, from `X-Document-Type`. */
  readonly documentType: string | null;
}

/**
 * The file without the request that it hangs on, which holds the key. It ends with `UpstreamTimeout` when Dataspike
 * sends nothing for the deadline's time while the reader wants more; a reader who pauses stops the clock.
 * @param deadline closed when the stream is
 * @param failureOf what an error of the source becomes
 */
export function guardStream(source: Readable, deadline: Deadline, failureOf: (error: unknown) => unknown): Readable {
  const stream = new Readable({
    read() {
      deadline.restart();
      source.resume();
    },
    destroy(error, callback) {
      deadline.close();
      source.destroy();
      callback(error);
    },
  });
  // A caller's reason need not be an Error; a stream takes any.
  const fail = (error: unknown) => stream.destroy(failureOf(error) as Error);
  deadline.pause();
  source.pause();
  source.on('data', (chunk: Buffer) => {
    if (stream.push(chunk)) return deadline.restart();
    deadline.pause();
    source.pause();
  });
  // Reports a source that fails, and one that just closes, once; later errors find a listener, too.
  finished(source, { writable: false }, (error) => (error ? fail(error) : stream.push(null)));
  source.on('error', () => {});
  return stream;
}

const ERROR_BODY_LIMIT_BYTES = 65_536;

/**
 * The text of a refusal that came instead of a file, bounded by the deadline that aborts the source.
 * @throws {UpstreamUnavailable} when it is over 64 KiB
 */
export async function readErrorBody(source: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ERROR_BODY_LIMIT_BYTES) throw new UpstreamUnavailable('oversized');
  }
  return Buffer.concat(chunks).toString('utf8');
}
