import type { EncodedPath } from './path';
import type { CallSignal } from './stopSignal';
import type { UploadFile } from './uploadForm';

/** What a request is for, in Dataspike's words. */
export interface Call {
  /** The operationId in the OpenAPI document: the name in logs and metrics. */
  readonly endpoint: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: EncodedPath;
  /** Undefined and null are left out. */
  readonly query?: Readonly<Record<string, string | number | null | undefined>>;
  /** Aborts the request; its reason is then thrown as it is. */
  readonly signal?: CallSignal;
  /** W3C Trace Context, sent along; left out: nothing is. */
  readonly traceparent?: string;
}

export interface JsonCall extends Call {
  /** Sent as JSON; left out: no body. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** What the answer must be; see parseBody. Default: `json`. */
  readonly due?: 'json' | 'anything';
}

export interface MultipartCall extends Call {
  readonly fields: Readonly<Record<string, string | null | undefined>>;
  readonly file: UploadFile;
}

/** One request as metrics see it. */
export interface RequestReport {
  readonly endpoint: string;
  readonly method: string;
  /** Null when no answer came. */
  readonly status: number | null;
  /** `OK`, the code of the DataspikeError thrown, or `ABORTED` by the caller. */
  readonly outcome: string;
  /** Until the whole answer was there; for a download, until its headers were. */
  readonly milliseconds: number;
}
