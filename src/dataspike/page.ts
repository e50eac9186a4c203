import type { Transport } from './transport';
import { isRecord, readBoolean, readOrNull, wrongShape } from './wire';

/** One page of a list. There is no total and no cursor: an item can show up twice, or be skipped, between pages. */
export interface Page<T> {
  readonly items: T[];
  readonly hasNext: boolean;
}

/** Which page to ask for; the guide, section 5. */
export interface PageRequest {
  /** From 0. */
  readonly page: number;
  /** Items per page, always sent because the default differs between sources; 100 is a safe maximum. */
  readonly limit: number;
}

/**
 * The items of a list that make sense.
 * @param onOdd told how many items were left out, when any were
 * @throws {UpstreamUnavailable} when it is no list at all
 */
export function parseItems<T>(items: unknown, parse: (item: unknown) => T, onOdd: (count: number) => void): T[] {
  if (!Array.isArray(items)) throw wrongShape();
  const parsed = items.map((item) => readOrNull(item, parse)).filter((item) => item !== null);
  if (parsed.length < items.length) onOdd(items.length - parsed.length);
  return parsed;
}

/**
 * A `{data, has_next}` answer. A server written in Go sends an empty list as null: that is taken for one where
 * `has_next: false` says so, too.
 * @param fullPage how many items make a page that may have a next one, for the one list (webhook history) that may leave
 *   `has_next` out; left out: no `has_next` means no next page
 * @throws {UpstreamUnavailable} when `data` is no list
 */
export function parsePage<T>(
  json: unknown,
  parse: (item: unknown) => T,
  onOdd: (count: number) => void,
  fullPage = Number.POSITIVE_INFINITY,
): Page<T> {
  if (!isRecord(json)) throw wrongShape();
  const hasNext = readBoolean(json.has_next);
  const data = json.data === null && hasNext === false ? [] : json.data;
  const items = parseItems(data, parse, onOdd);
  return { items, hasNext: hasNext ?? (Array.isArray(data) && data.length >= fullPage) };
}

/** For `onOdd`: says in the log how many items of which list made no sense, and nothing of what was in them. */
export function warnOfOdd(transport: Pick<Transport, 'logger'>, endpoint: string): (count: number) => void {
  return (count) => transport.logger.warn({ endpoint, count }, 'left out items that make no sense');
}
