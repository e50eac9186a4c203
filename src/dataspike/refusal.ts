import { type Refusal, UpstreamRefused } from './errors';
import { isRecord, readInteger, readList, readText } from './wire';

const TEXT_LENGTH_LIMIT = 300;
const LIST_LENGTH_LIMIT = 50;

/** The body of a refusal, or what is read of one, before anything is searched in it. */
const SEARCHED_LENGTH_LIMIT = 4 * TEXT_LENGTH_LIMIT;

/**
 * What a refusal says, from any of the bodies that Dataspike has (guide, section 6), or from none.
 * @param body as received: JSON of any shape, plain text, HTML or nothing
 */
export function parseRefusal(body: string): Refusal {
  return readRefusal(parseLeniently(body));
}

/** The same from JSON that is parsed already. */
export function readRefusal(json: unknown): Refusal {
  if (!isRecord(json)) return { ...EMPTY, text: tidy(json) };
  const nested = isRecord(json.error) ? json.error : {};
  const validationErrors = readList(wrapText(json.validation_errors), readReason);
  const checkErrors = [
    ...readList(json.errors, readCheckError),
    // The newer multi-frame upload tells what is wrong frame by frame.
    ...readList(json.frames_results, (frame) =>
      isRecord(frame) ? readList(frame.errors, readCheckError) : null,
    ).flat(),
  ];
  const error = tidy(json.error) ?? tidy(nested.code);
  const firstError = readList(wrapText(json.errors), readReason)[0];
  return {
    text:
      tidy(json.message) ??
      error ??
      tidy(nested.message) ??
      tidy(json.details) ??
      validationErrors[0] ??
      firstError ??
      checkErrors.find((candidate) => candidate.message)?.message ??
      null,
    error,
    validationErrors: validationErrors.slice(0, LIST_LENGTH_LIMIT),
    pendingDocuments: readList(wrapText(json.pending_documents), tidy).slice(0, LIST_LENGTH_LIMIT),
    checkErrors: checkErrors.slice(0, LIST_LENGTH_LIMIT),
  };
}

/** The failure for input that Dataspike has no word for: refused as Dataspike would, without asking it. */
export function refuseInput(text: string): UpstreamRefused {
  return new UpstreamRefused(400, { ...EMPTY, text });
}

const EMPTY: Refusal = { text: null, error: null, validationErrors: [], pendingDocuments: [], checkErrors: [] };

function parseLeniently(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // HTML comes from what stands between us and Dataspike, and has nothing to say to anybody's user.
    return /^\s*</.test(body) ? null : body;
  }
}

/** A lone text where a list is due; `readList` knows about lone objects. */
function wrapText(value: unknown): unknown {
  return typeof value === 'string' ? [value] : value;
}

function readReason(item: unknown): string | null {
  return tidy(isRecord(item) ? (item.message ?? item.error) : item);
}

function readCheckError(item: unknown): Refusal['checkErrors'][number] | null {
  const code = isRecord(item) ? readInteger(item.code) : null;
  return isRecord(item) && code !== null ? { code, message: tidy(item.message) ?? '' } : null;
}

// Control characters, line and paragraph separators, halves of surrogate pairs, and what turns text around.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]+/gu;

// With a scheme; with www; a host or address with a port or a path behind it; a path of the API.
const ADDRESSES = [
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/\S*/gi,
  /\bwww\.\S+/gi,
  /(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::\d+|\/)\S*/gi,
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\S*/g,
  /\/api\/\S*/gi,
];

/** One line of at most 300 characters without addresses; null when nothing is left. */
function tidy(value: unknown): string | null {
  const content = readText(value)?.slice(0, SEARCHED_LENGTH_LIMIT).replace(UNPRINTABLE, ' ');
  if (content === undefined) return null;
  const line = ADDRESSES.reduce((rest, address) => rest.replace(address, ''), content)
    .replace(/\s+/g, ' ')
    .trim();
  // Cutting can leave half of a surrogate pair at the end.
  return (
    line
      .slice(0, TEXT_LENGTH_LIMIT)
      .replace(/\p{Cs}$/u, '')
      .trimEnd() || null
  );
}
