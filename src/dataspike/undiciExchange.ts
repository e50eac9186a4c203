import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, unzip } from 'node:zlib';
import { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import type { Dispatcher } from 'undici';
import type { StopSignal } from './stopSignal';

/** Axios copies and normalises every header of an answer; nobody reads others than these, of a text and of a file. */
const HEADERS_OF_TEXT = ['content-encoding', 'retry-after'] as const;
const HEADERS_OF_FILE = [...HEADERS_OF_TEXT, 'content-type', 'content-length', 'x-document-type'] as const;

type ReceivedHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Settles one request. Everything that ends it early comes through `end`, once. Classes, since one is made for each call. */
abstract class Exchange implements Dispatcher.DispatchHandler {
  readonly #signal: StopSignal | undefined;
  readonly #abort = () => this.end(canceled(this.config));
  #controller: Dispatcher.DispatchController | undefined;
  protected hasBegun = false;

  constructor(
    protected readonly config: InternalAxiosRequestConfig,
    protected readonly resolve: (response: AxiosResponse) => void,
    protected readonly reject: (error: AxiosError) => void,
  ) {
    this.#signal = config.signal as StopSignal | undefined;
    this.#signal?.addEventListener('abort', this.#abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal?.aborted) controller.abort(new Error('canceled'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: ReceivedHeaders): void {
    // Only says that there is more to come.
    if (status < 200) return;
    this.hasBegun = true;
    this.begin(controller, status, headers);
  }

  abstract onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void;
  abstract onResponseEnd(): void;
  protected abstract begin(controller: Dispatcher.DispatchController, status: number, headers: ReceivedHeaders): void;

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.end(toAxiosError(error, this.hasBegun, this.config));
  }

  protected end(error: AxiosError): void {
    this.forgetSignal();
    // Nothing of it is thrown: whoever asked is told by the promise, or by the stream.
    this.#controller?.abort(error);
    this.reject(error);
  }

  protected forgetSignal(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  protected answer(status: number, headers: Record<string, string>, data: unknown): void {
    this.resolve({ data, status, statusText: '', headers, config: this.config });
  }
}

/** One whose answer is read to its end and becomes a text. */
export class TextExchange extends Exchange {
  readonly #limitBytes: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #headers: Record<string, string> = {};

  constructor(
    config: InternalAxiosRequestConfig,
    resolve: (response: AxiosResponse) => void,
    reject: (error: AxiosError) => void,
    limitBytes: number,
  ) {
    super(config, resolve, reject);
    this.#limitBytes = limitBytes;
  }

  protected begin(_controller: Dispatcher.DispatchController, status: number, headers: ReceivedHeaders): void {
    this.#status = status;
    this.#headers = readHeaders(headers, HEADERS_OF_TEXT);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limitBytes) this.end(oversized(this.#limitBytes, this.config));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.forgetSignal();
    const [only = Buffer.alloc(0)] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : only;
    const encoding = this.#headers['content-encoding'];
    if (encoding === undefined || this.#bytes === 0) {
      this.answer(this.#status, this.#headers, toText(body));
      return;
    }
    inflate(body, encoding, this.#limitBytes).then(
      (inflated) => this.answer(this.#status, this.#headers, toText(inflated)),
      (error: NodeJS.ErrnoException) =>
        this.reject(
          error.code === 'ERR_BUFFER_TOO_LARGE'
            ? oversized(this.#limitBytes, this.config)
            : new AxiosError(error.message, error.code, this.config),
        ),
    );
  }
}

/** One whose answer is a stream, as soon as it begins. */
export class FileExchange extends Exchange {
  #stream: Readable | undefined;

  protected begin(controller: Dispatcher.DispatchController, status: number, headers: ReceivedHeaders): void {
    const stream = new Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        this.forgetSignal();
        if (!stream.readableEnded) controller.abort(error ?? new Error('Nobody reads on'));
        done(error);
      },
    });
    this.#stream = stream;
    this.answer(status, readHeaders(headers, HEADERS_OF_FILE), stream);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#stream && !this.#stream.push(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.forgetSignal();
    this.#stream?.push(null);
  }

  protected override end(error: AxiosError): void {
    this.#stream?.destroy(error);
    super.end(error);
  }
}

function readHeaders(headers: ReceivedHeaders, names: readonly string[]): Record<string, string> {
  const read: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string') read[name] = value;
  }
  return read;
}

/** Without the byte order mark, which `JSON.parse` does not know. */
function toText(body: Buffer): string {
  const text = body.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

async function inflate(body: Buffer, encoding: string, limitBytes: number): Promise<Buffer> {
  const options = { maxOutputLength: limitBytes };
  if (encoding === 'br') return promisify<Buffer>((done) => brotliDecompress(body, options, done))();
  if (/^(x-)?gzip$|^deflate$/.test(encoding)) return promisify<Buffer>((done) => unzip(body, options, done))();
  return body;
}

export function canceled(config: InternalAxiosRequestConfig): AxiosError {
  return new AxiosError('canceled', AxiosError.ERR_CANCELED, config);
}

function oversized(limitBytes: number, config: InternalAxiosRequestConfig): AxiosError {
  return new AxiosError(`maxContentLength size of ${limitBytes} exceeded`, AxiosError.ERR_BAD_RESPONSE, config);
}

/** Undici's codes in the words of `node:http`, which axios' users know. */
const CODES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_OVERFLOW: 'HPE_HEADER_OVERFLOW',
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_DESTROYED: 'ECONNRESET',
  UND_ERR_CLOSED: 'ECONNRESET',
};

/** @param hasBegun an answer that had begun is cut off, whatever ended its connection */
function toAxiosError(
  error: Error & { readonly code?: string },
  hasBegun: boolean,
  config: InternalAxiosRequestConfig,
): AxiosError {
  if (error instanceof AxiosError) return error;
  const code = CODES[error.code ?? ''] ?? error.code;
  const isCutOff = hasBegun && (code === 'ECONNRESET' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH');
  const isText = config.responseType !== 'stream';
  if (isCutOff) return new AxiosError('aborted', isText ? AxiosError.ERR_BAD_RESPONSE : 'ECONNRESET', config);
  return new AxiosError(error.message, code, config);
}
