/** A file whose first bytes are known before the rest has come. */
export interface StartedFile {
  /** At least as many bytes as were asked for, or all of a shorter file. */
  readonly start: Buffer;
  /** The whole file, the start included; to be read once. */
  readonly whole: AsyncIterable<Buffer>;
}

/**
 * Reads as little as it can to know how a file begins.
 * @param chunks what is left of them is read through `whole`
 */
export async function readFileStart(chunks: AsyncIterator<Buffer>, byteCount: number): Promise<StartedFile> {
  let start = Buffer.alloc(0);
  while (start.length < byteCount) {
    const next = await chunks.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  async function* whole() {
    if (start.length > 0) yield start;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  return { start, whole: whole() };
}

/** What the work gives, or the signal's reason as soon as it is aborted. What comes of the work then is dropped. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
