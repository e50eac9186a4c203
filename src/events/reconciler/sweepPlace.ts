import { readTimestamp } from '../../dataspike/wireTime';

/**
 * How far a sweep of the webhook history has come. It asks for what came after the event before the last, so that the
 * last one must come again: an empty answer would not tell whether there is nothing new or Dataspike no longer knows
 * where we are.
 */
export interface SweepPlace {
  /** Id of the event before the last; null when the last was the first of all. */
  readonly before: string | null;
  /** Id of the last event seen. */
  readonly last: string;
  /** When that happened: RFC 3339; null when it did not say. */
  readonly lastAt: string | null;
}

/** Null when it is no place, too: then the sweep begins as if for the first time. */
export function parsePlace(text: string | null): SweepPlace | null {
  if (text === null) return null;
  try {
    const { before, last, lastAt } = JSON.parse(text) as SweepPlace;
    const isPlace = isTextOrNull(before) && typeof last === 'string' && lastAt === readTimestamp(lastAt);
    return isPlace ? { before, last, lastAt } : null;
  } catch {
    return null;
  }
}

export function formatPlace(place: SweepPlace): string {
  return JSON.stringify(place);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
