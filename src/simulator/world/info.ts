import type { Info } from './records';

/** Lays a change over what is known; null takes a fact away, since answers leave out what is not known. */
export function mergeInfo(known: Info, change: Info): Info {
  const merged = { ...known, ...change };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined));
}
