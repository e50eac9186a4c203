/** What every creation says of its key. */
export const IDEMPOTENCY_KEY =
  'Makes it safe to ask again: for 24 hours the same key with the same input gives what was made first. 1 to 255 ' +
  'printable characters, unique to what you want to be made, for example a UUID. Left out: every request makes another.';
