/** What is remembered of a creation that was asked for with a key. Ids, times and digests: no personal data. */
export type CreationRecord =
  | { readonly state: 'DONE'; readonly fingerprint: string; readonly id: string }
  | {
      readonly state: 'STARTED';
      readonly fingerprint: string;
      /** When the first try began; Unix milliseconds, as are the other times. */
      readonly startedAtMs: number;
      /** Who works on it until `claimedUntilMs`. */
      readonly claim: string;
      readonly claimedUntilMs: number;
      /** From when on it is believed that what cannot be found was never made; null while nothing was asked for. */
      readonly settledAtMs: number | null;
    };

export type StartedCreation = Extract<CreationRecord, { state: 'STARTED' }>;

/** @throws when it is none */
export function parseCreationRecord(text: string): CreationRecord {
  const record = JSON.parse(text) as CreationRecord | null;
  if (!isCreationRecord(record)) throw new TypeError('is no record of a creation');
  return record;
}

function isCreationRecord(record: CreationRecord | null): record is CreationRecord {
  if (typeof record?.fingerprint !== 'string') return false;
  if (record.state === 'DONE') return typeof record.id === 'string';
  const { state, startedAtMs, claim, claimedUntilMs, settledAtMs } = record;
  const times = [startedAtMs, claimedUntilMs, ...(settledAtMs === null ? [] : [settledAtMs])];
  return state === 'STARTED' && typeof claim === 'string' && times.every(Number.isFinite);
}

/** A text in which the order of an object's keys does not matter. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
