/**
 * A cursor is `{milliseconds}-{sequence}`, both decimal: the form of a Redis stream id, and the in-process log's own.
 * Clients treat it as opaque.
 */
const CURSOR = /^(\d{1,15})-(\d{1,15})$/;

/** Whether the text could be a cursor of any log. */
export function isCursor(text: string): boolean {
  return CURSOR.test(text);
}

/** Negative when a stands before b, 0 when they are equal. Both must be cursors. */
export function compareCursors(a: string, b: string): number {
  const [aTime, aSequence] = parts(a);
  const [bTime, bSequence] = parts(b);
  return aTime - bTime || aSequence - bSequence;
}

function parts(cursor: string): [number, number] {
  const match = CURSOR.exec(cursor);
  if (!match) throw new TypeError('Not a cursor');
  return [Number(match[1]), Number(match[2])];
}
