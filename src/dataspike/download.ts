import { Readable } from 'node:stream';
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
  deadline.pause();
  const stream = Readable.from(chunksOf(source, deadline, failureOf), { objectMode: false });
  // The generator does not hear of a reader that leaves while it waits, or before it began.
  stream.once('close', () => {
    deadline.close();
    source.destroy();
  });
  // The source's errors reach the reader through the generator; without a listener they would end the process.
  source.on('error', () => {});
  return stream;
}

async function* chunksOf(source: Readable, deadline: Deadline, failureOf: (error: unknown) => unknown) {
  const chunks = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      deadline.restart();
      const next = await chunks.next();
      deadline.pause();
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw failureOf(error);
  }
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
