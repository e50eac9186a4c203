/** Gives an operation's name, as a client chose it, the name that it has in metrics and traces. */
export type NameOperation = (name: string | null) => string;

/** Longer names are nobody's. */
const MAX_LENGTH = 64;

/**
 * A bounded number of names, since each is a time series and clients can make up as many as they like.
 * @param trusted names of trusted documents, always kept; where there are any, no other name is
 * @param maxNames without trusted ones: how many different names are kept, first come, first served; default 100
 * @returns the name; `anonymous` for none, `other` for what is not kept
 */
export function createOperationNames(trusted: readonly string[], maxNames = 100): NameOperation {
  const kept = new Set(trusted);
  const mayGrow = kept.size === 0;
  return (name) => {
    if (name === null) return 'anonymous';
    if (kept.has(name)) return name;
    if (!mayGrow || kept.size >= maxNames || name.length > MAX_LENGTH) return 'other';
    kept.add(name);
    return name;
  };
}
