import type { Identifiers } from '../world/identifiers';
import { formatTimestamp } from '../world/timestamps';

/**
 * Writes a record's times. The digits behind the seconds differ from field to field and from record to record, and are
 * the same whenever the record is read.
 */
export type Stamp = (field: string, ordinal: number, timeMs: number) => string;

export function createStamp(identifiers: Identifiers): Stamp {
  return (field, ordinal, timeMs) => formatTimestamp(timeMs, identifiers.number(field, ordinal));
}
