/**
 * What can go wrong on the way to Dataspike: one class per decision that a caller can take.
 *
 * Messages are ours and fixed. No class holds a URL, a header, a body or a request: those carry the key and people's
 * data. `cause` is for the log only.
 */
export abstract class DataspikeError extends Error {
  /** The public error code that this becomes when nobody mends it. */
  abstract readonly code:
    | 'UPSTREAM_UNAVAILABLE'
    | 'UPSTREAM_TIMEOUT'
    | 'UPSTREAM_RATE_LIMITED'
    | 'UPSTREAM_REJECTED'
    | 'BAD_USER_INPUT';
  /** Whether the same call may succeed later without any change. */
  abstract readonly retryable: boolean;
}

/** A 5xx, a broken connection, a redirect, or an answer that makes no sense. */
export class UpstreamUnavailable extends DataspikeError {
  readonly code = 'UPSTREAM_UNAVAILABLE';
  readonly retryable = true;
  constructor(
    /** A short word for logs and metrics, for example `status 502`, `not JSON`, `oversized`. */
    readonly reason: string,
    { retryAfterMs = null, wasSent = true, ...options }: UnavailableOptions = {},
  ) {
    super('Dataspike is not available', options);
    this.retryAfterMs = retryAfterMs;
    this.wasSent = wasSent;
  }
  /** When it may be worth trying again; null when nobody knows. */
  readonly retryAfterMs: number | null;
  /** False when we did not even ask: while the breaker is open, and when too many wait. */
  readonly wasSent: boolean;
}

interface UnavailableOptions extends ErrorOptions {
  /** Default: null. */
  readonly retryAfterMs?: number | null;
  /** Default: true. */
  readonly wasSent?: boolean;
}

/** No complete answer within the time allowed, headers and body together. */
export class UpstreamTimeout extends DataspikeError {
  readonly code = 'UPSTREAM_TIMEOUT';
  readonly retryable = true;
  /** False when the time ran out before we asked, in the queue. */
  readonly wasSent: boolean;
  constructor({ wasSent = true, ...options }: ErrorOptions & { readonly wasSent?: boolean } = {}) {
    super('Dataspike did not answer in time', options);
    this.wasSent = wasSent;
  }
}

/** 429. */
export class UpstreamRateLimited extends DataspikeError {
  readonly code = 'UPSTREAM_RATE_LIMITED';
  readonly retryable = true;
  /** @param retryAfterMs from `Retry-After` (RFC 9110 §10.2.3, both forms); null when absent or unreadable */
  constructor(readonly retryAfterMs: number | null) {
    super('Dataspike asked us to wait');
  }
}

/** 401, 402 or 403: our key or our request as a whole, never the end user's doing. */
export class UpstreamRejected extends DataspikeError {
  readonly code = 'UPSTREAM_REJECTED';
  readonly retryable = false;
  constructor(readonly status: number) {
    super('Dataspike refused the gateway');
  }
}

/** 404 to a call that changes something, or an id that could never be one. Reads answer null instead. */
export class UpstreamNotFound extends DataspikeError {
  readonly code = 'BAD_USER_INPUT';
  readonly retryable = false;
  constructor() {
    super('Not found');
  }
}

/** Any other 4xx: Dataspike understood us and refuses this input. Mutations turn it into `userErrors`. */
export class UpstreamRefused extends DataspikeError {
  readonly code = 'BAD_USER_INPUT';
  readonly retryable = false;
  constructor(
    readonly status: number,
    /** What the vendor's body says, from whichever of its shapes; see the guide, section 6. */
    readonly refusal: Refusal,
  ) {
    super('Dataspike refused the request');
  }
}

export interface Refusal {
  /** First of `message`, `error`, `details`, `validation_errors[0]`, `errors[0].message`; 300 characters at most. */
  readonly text: string | null;
  /** The machine-readable `error`, for example `country_unknown`. */
  readonly error: string | null;
  readonly validationErrors: readonly string[];
  /** Vendor words, for example `selfie`. */
  readonly pendingDocuments: readonly string[];
  readonly checkErrors: readonly { readonly code: number; readonly message: string }[];
}
