import type { IncomingHttpHeaders } from 'node:http';
import type { UploadedForm } from './uploadedForm';

/** One operation of the contract. */
export interface Endpoint {
  /** `operationId` in the OpenAPI document */
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments that begin with a colon are parameters. */
  readonly path: string;
  /** `key`: the organisation's key is needed; `open`: also called from browsers, which have none */
  readonly access: 'key' | 'open';
  /** @throws Refused for an answer that is no success */
  answer(call: Call): Reply | Promise<Reply>;
}

export interface Call {
  /** Decoded path parameter; a missing one is a fault of the route table and throws. */
  parameter(name: string): string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** @throws Refused with 400 when the body is no JSON */
  readJson(): Promise<unknown>;
  /** @throws Refused with 400 when the body is no multipart form, or larger than 25 MiB */
  readForm(): Promise<UploadedForm>;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text or bytes exactly as sent; left out: nothing is sent */
  readonly body?: string | Buffer;
}

export function replyJson(status: number, body: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Many changes of the vendor answer with nothing at all. */
export function replyNothing(status = 200): Reply {
  return { status };
}

/** An answer that is no success, thrown from wherever it is noticed. */
export class Refused extends Error {
  constructor(readonly reply: Reply) {
    super(`Refused with status ${reply.status}`);
  }
}

/** @param body left out: an empty answer, as some of the vendor's 404s are */
export function refuse(status: number, body?: unknown): Refused {
  return new Refused(body === undefined ? { status } : replyJson(status, body));
}
