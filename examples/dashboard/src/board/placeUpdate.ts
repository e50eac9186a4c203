import { type BoardFilter, matches } from './filter';
import type { VerificationRow } from './verificationRow';

/** A page of the list, newest first, as Dataspike orders it. */
export interface BoardPage {
  readonly rows: readonly VerificationRow[];
  readonly pageSize: number;
  /** New verifications appear on the first page only; others would jump under the reader's eyes. */
  readonly isFirst: boolean;
  readonly filter: BoardFilter;
}

/**
 * The page after an update: rows change where they are, leave when the filter no longer lets them through, and come in at
 * their place by time of creation.
 * @returns the same array when nothing changed
 */
export function placeUpdate(page: BoardPage, changed: VerificationRow): readonly VerificationRow[] {
  const { rows, pageSize, isFirst, filter } = page;
  const belongs = matches(changed, filter);
  if (rows.some(({ id }) => id === changed.id)) {
    return belongs
      ? rows.map((row) => (row.id === changed.id ? changed : row))
      : rows.filter((row) => row.id !== changed.id);
  }
  if (!belongs || !isFirst) return rows;
  const olderAt = rows.findIndex((row) => createdMs(row) <= createdMs(changed));
  // Older than the whole page: it stands on a later one, unless this one has room.
  if (olderAt === -1) return rows.length < pageSize ? [...rows, changed] : rows;
  return rows.toSpliced(olderAt, 0, changed).slice(0, pageSize);
}

function createdMs({ createdAt }: VerificationRow): number {
  return createdAt ? Date.parse(createdAt) : Number.NEGATIVE_INFINITY;
}
