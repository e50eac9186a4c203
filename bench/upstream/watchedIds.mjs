import { VERIFICATION_PREFIX } from './answers.mjs';

/** Suffixes that begin so belong to verifications that somebody watches: the upstream calls them initial for ever. */
export const WATCHED_SUFFIX_START = 'w';

/** @param number of the watcher, or of the event that no one watches by id */
export function watchedId(number) {
  return `${VERIFICATION_PREFIX}${WATCHED_SUFFIX_START}${String(number).padStart(11, '0')}`;
}
