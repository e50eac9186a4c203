import { UpstreamUnavailable } from './errors';

/**
 * Tolerant readers for Dataspike's JSON. No reader refuses: what cannot be read becomes null (or an empty list, or
 * UNKNOWN), absent and null mean the same, and nothing is ever undefined. Only a missing object or id is a failure.
 * Plain functions, since there is nothing to validate, and a schema library took half the time of a whole query.
 */
export function readText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}

/** As `readText`, and null for text that is empty or blank, which some servers send for "not set". */
export function readFilledText(value: unknown): string | null {
  const content = readText(value);
  return content?.trim() ? content : null;
}

/** A finite number, also as text; else null. */
export function readNumber(value: unknown): number | null {
  if (typeof value === 'string') return /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : null;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A whole number that fits GraphQL's Int (32 bits), also as text; else null. */
export function readInteger(value: unknown): number | null {
  const candidate = readNumber(value);
  return candidate !== null && (candidate | 0) === candidate ? candidate | 0 : null;
}

/** A boolean, also as the word: the JS SDK types `is_sandbox` of the history as text. Else null. */
export function readBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : null;
  if (word === 'true') return true;
  return word === 'false' ? false : null;
}

/** A web address exactly as given; what no browser could open is null. */
export function readWebAddress(value: unknown): string | null {
  return typeof value === 'string' && /^https?:/i.test(value) && URL.canParse(value) ? value : null;
}

/** Deeper JSON than this is nothing that Dataspike sends, and would exhaust the stack of whoever walks it. */
const DEPTH_LIMIT = 64;

/** An object (not a list) as it came, for what we do not model; at most 64 levels deep, else null. */
export function readRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return isRecord(value) && isShallow(value, DEPTH_LIMIT) ? value : null;
}

/** Whether lists and objects are in each other no deeper than so many levels. Walks no further down. */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((inner) => isShallow(inner, levels - 1));
  const object = value as Readonly<Record<string, unknown>>;
  for (const key in object) if (!isShallow(object[key], levels - 1)) return false;
  return true;
}

/** Whether the value is an object with keys: neither null nor a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A list of whatever `read` makes of each item. Null and absent are empty; a lone object counts as a list of one (the
 * Python SDK's models show both). An item that makes no sense, which `read` tells by null or `UpstreamUnavailable`, is
 * left out.
 */
export function readList<T>(value: unknown, read: (item: unknown) => T | null): T[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : isRecord(value) ? [value] : [];
  const made: T[] = [];
  for (const item of items) {
    const each = readOrNull(item, read);
    if (each !== null) made.push(each);
  }
  return made;
}

/** What `read` makes of the value, or null where `read` says that it makes no sense. */
export function readOrNull<T>(value: unknown, read: (value: unknown) => T | null): T | null {
  try {
    return read(value);
  } catch (error) {
    if (error instanceof UpstreamUnavailable) return null;
    throw error;
  }
}

/**
 * A reader of words: each is folded to one of our enum's values whatever its case; a word that the enum lacks is UNKNOWN, no
 * word is null.
 * @param values the enum
 * @param synonyms other words, in capitals, and what they mean
 */
export function wordReader<E extends string>(
  values: Readonly<Record<E | 'UNKNOWN', string>>,
  synonyms: Readonly<Record<string, E>> = {},
): (value: unknown) => E | 'UNKNOWN' | null {
  const meanings = new Map<unknown, E>();
  for (const [word, meaning] of [...Object.keys(values).map((word) => [word, word]), ...Object.entries(synonyms)]) {
    meanings.set(word, meaning as E);
    // As Dataspike writes them.
    meanings.set(word?.toLowerCase(), meaning as E);
  }
  return (value) => {
    const meaning = meanings.get(value);
    if (meaning !== undefined) return meaning;
    const word = readFilledText(value)?.trim().toUpperCase();
    return word === undefined ? null : (meanings.get(word) ?? 'UNKNOWN');
  };
}

/**
 * The object whose properties are to be read; those that are absent are undefined.
 * @throws {UpstreamUnavailable} when the value is no object
 */
export function requireRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw wrongShape();
  return value;
}

/**
 * The first id that is there: Dataspike words the same id as `id` on creation and, say, `applicant_id` on reading.
 * @param names the words it goes by, the likeliest first
 * @throws {UpstreamUnavailable} when it is under none of them, or the value is no object
 */
export function parseId(json: unknown, ...names: readonly string[]): string {
  const wire = requireRecord(json);
  for (const name of names) {
    const id = readFilledText(wire[name]);
    if (id !== null) return id;
  }
  throw wrongShape();
}

/** The failure of every parser: the answer is not what the call is documented to give. */
export function wrongShape(): UpstreamUnavailable {
  return new UpstreamUnavailable('wrong shape');
}

/** A copy without what is undefined and, except for the keys named, without what is null. */
export function written(
  body: Readonly<Record<string, unknown>>,
  nullable: readonly string[] = [],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).filter(([key, value]) => value !== undefined && (value !== null || nullable.includes(key))),
  );
}
