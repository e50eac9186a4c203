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
  /** Whether the request may have been carried out, though no answer says so: it was sent, and nobody refused it. */
  readonly mayBeDone: boolean = false;
}

/** What follows from a reason: may it have been done all the same, is the whole host down, may another try go better. */
interface Consequences {
  readonly mayBeDone: boolean;
  readonly isOfHost: boolean;
  readonly isPassing: boolean;
}

const NO_REQUEST: Consequences = { mayBeDone: false, isOfHost: false, isPassing: false };
const NO_CONNECTION: Consequences = { mayBeDone: false, isOfHost: true, isPassing: true };
const LOST_ANSWER: Consequences = { mayBeDone: true, isOfHost: true, isPassing: true };
const ODD_ANSWER: Consequences = { mayBeDone: true, isOfHost: false, isPassing: true };
/** Would only come again. */
const FIXED_ANSWER: Consequences = { mayBeDone: true, isOfHost: false, isPassing: false };

const CONSEQUENCES = {
  'breaker open': NO_REQUEST,
  'queue full': NO_REQUEST,
  'cannot connect': NO_CONNECTION,
  'no trusted connection': NO_CONNECTION,
  'connection reset': LOST_ANSWER,
  truncated: LOST_ANSWER,
  'request failed': LOST_ANSWER,
  'not HTTP': ODD_ANSWER,
  'damaged encoding': ODD_ANSWER,
  'encoded against our wish': ODD_ANSWER,
  'not JSON': ODD_ANSWER,
  'not a file': ODD_ANSWER,
  oversized: FIXED_ANSWER,
  'wrong shape': FIXED_ANSWER,
} as const satisfies Record<string, Consequences>;

/** Why Dataspike counts as away, for decisions and the log: the status that came, or a word. */
export type UnavailableReason = number | keyof typeof CONSEQUENCES;

/** A 5xx, a broken connection, a redirect, or an answer that makes no sense. */
export class UpstreamUnavailable extends DataspikeError {
  readonly code = 'UPSTREAM_UNAVAILABLE';
  readonly retryable = true;
  /** When it may be worth trying again; null when nobody knows. */
  readonly retryAfterMs: number | null;
  override readonly mayBeDone: boolean;
  /** Whether it says that the host as a whole is down. */
  readonly isOfHost: boolean;
  /** Whether another try of a read may go better. */
  readonly isPassing: boolean;
  /** @param options `retryAfterMs` by default null */
  constructor(
    readonly reason: UnavailableReason,
    { retryAfterMs = null, ...options }: ErrorOptions & { readonly retryAfterMs?: number | null } = {},
  ) {
    super('Dataspike is not available', options);
    this.retryAfterMs = retryAfterMs;
    const consequences = typeof reason === 'number' ? consequencesOfStatus(reason) : CONSEQUENCES[reason];
    this.mayBeDone = consequences.mayBeDone;
    this.isOfHost = consequences.isOfHost;
    this.isPassing = consequences.isPassing;
  }
}

function consequencesOfStatus(status: number): Consequences {
  // 502 and 504 come from something in between, which may have passed the request on.
  return { mayBeDone: status === 502 || status === 504, isOfHost: status >= 500, isPassing: status >= 500 };
}

/** No complete answer within the time allowed, headers and body together. */
export class UpstreamTimeout extends DataspikeError {
  readonly code = 'UPSTREAM_TIMEOUT';
  readonly retryable = true;
  override readonly mayBeDone: boolean;
  /** @param options `wasSent`: false when the time ran out before we asked, in the queue */
  constructor({ wasSent = true, ...options }: ErrorOptions & { readonly wasSent?: boolean } = {}) {
    super('Dataspike did not answer in time', options);
    this.mayBeDone = wasSent;
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
