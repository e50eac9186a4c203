import {
  type DataspikeError,
  type UnavailableReason,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRefused,
  UpstreamRejected,
  UpstreamUnavailable,
} from './errors';
import { parseRefusal } from './refusal';
import { isRecord } from './wire';

/**
 * What a status means, or null for a 2xx. Success codes differ between endpoints and sources, so any 2xx is one.
 * @param retryAfter the header as received
 * @param body as received; read only where it can hold a refusal
 */
export function failureOfStatus(status: number, retryAfter: string | null, body: string): DataspikeError | null {
  if (status >= 200 && status < 300) return null;
  if (status === 401 || status === 402 || status === 403) return new UpstreamRejected(status);
  if (status === 404) return new UpstreamNotFound();
  if (status === 429) return new UpstreamRateLimited(parseRetryAfterMs(retryAfter));
  if (status >= 400 && status < 500) return new UpstreamRefused(status, parseRefusal(body));
  return new UpstreamUnavailable(status, { retryAfterMs: parseRetryAfterMs(retryAfter) });
}

/**
 * The JSON of a 2xx; null for an empty body.
 * @param due `json`: nothing else will do. `anything`: the answer is not documented and not used, and plain text will
 *   do; HTML will not, because it comes from something between us and Dataspike
 * @throws {UpstreamUnavailable}
 */
export function parseBody(body: string, due: 'json' | 'anything'): unknown {
  if (body.trim() === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    // Not as `cause`: the message of a SyntaxError quotes the body.
    if (due === 'json' || /^\s*</.test(body)) throw new UpstreamUnavailable('not JSON');
    return null;
  }
}

/**
 * What a failed exchange becomes. The error given is not kept, not even as `cause`: it holds the request, and with it
 * the key. Its code alone is.
 */
export function failureOfExchange(error: unknown): UpstreamUnavailable {
  const { code, message } = isRecord(error) ? error : {};
  const known = typeof code === 'string' ? code : null;
  return new UpstreamUnavailable(reasonOf(known ?? '', String(message)), { cause: { code: known } });
}

/** `Retry-After` as seconds or as an HTTP date, in milliseconds from now; null when absent or unreadable. */
function parseRetryAfterMs(header: string | null): number | null {
  const value = header?.trim() ?? '';
  const time = /^\d+$/.test(value)
    ? Number(value) * 1000
    : /^[A-Z][a-z]{2}/.test(value)
      ? Date.parse(value) - Date.now()
      : NaN;
  return Number.isFinite(time) ? Math.max(0, time) : null;
}

function reasonOf(code: string, message: string): UnavailableReason {
  if (message.startsWith('maxContentLength')) return 'oversized';
  if (/aborted/.test(message) || code === 'ERR_STREAM_PREMATURE_CLOSE') return 'truncated';
  if (/^(ECONNRESET|EPIPE)$/.test(code)) return 'connection reset';
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)) return 'cannot connect';
  if (/^HPE_/.test(code)) return 'not HTTP';
  if (/^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/.test(code)) return 'damaged encoding';
  return /CERT|TLS|SSL/.test(code) ? 'no trusted connection' : 'request failed';
}
