import type { Info } from '../world/records';

/** `{data, has_next}` (guide, section 5). */
export interface Page extends Info {
  readonly data: readonly unknown[];
  readonly has_next: boolean;
}

const defaultLimit = 10;
/** The vendor's maximum is not known; a client that asks for more gets fewer items and `has_next`. */
const maxLimit = 100;

/**
 * One page of the items that fit.
 * @param items oldest first
 * @param order `newest-first` for lists; `oldest-first` for the webhook history, which is walked by `after`
 * @param query `page` from 0 and `limit`; unreadable values fall back to 0 and 10, since lists have no 400
 */
export function paginate<Item>(
  items: readonly Item[],
  order: 'newest-first' | 'oldest-first',
  query: URLSearchParams,
  view: (item: Item) => unknown,
  fits: (item: Item) => boolean = () => true,
): Page {
  const limit = Math.min(readNumber(query.get('limit'), 1) ?? defaultLimit, maxLimit);
  const skip = (readNumber(query.get('page'), 0) ?? 0) * limit;
  const found: Item[] = [];
  let fitting = 0;
  for (let step = 0; step < items.length && found.length <= limit; step += 1) {
    const item = items[order === 'newest-first' ? items.length - 1 - step : step];
    if (item === undefined || !fits(item)) continue;
    fitting += 1;
    if (fitting > skip) found.push(item);
  }
  return { data: found.slice(0, limit).map(view), has_next: found.length > limit };
}

/** One comma-joined value (guide, section 5); null when the filter is absent or empty. */
export function readList(query: URLSearchParams, name: string): ReadonlySet<string> | null {
  const values = (query.get(name) ?? '').split(',').filter((value) => value !== '');
  return values.length > 0 ? new Set(values) : null;
}

function readNumber(text: string | null, minimum: number): number | null {
  if (text === null || !/^\d{1,9}$/.test(text)) return null;
  const value = Number(text);
  return value >= minimum ? value : null;
}
