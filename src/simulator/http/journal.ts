import type { FaultKind } from './faults';

/** One request to the API, as it came in. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query */
  readonly path: string;
  /** operationId; null for a path that the contract does not know */
  readonly endpoint: string | null;
  /** The kind of the fault that struck it; null: none did */
  readonly fault: FaultKind | null;
  /** Null while it is under way, and for good when the connection was cut before an answer began */
  readonly status: number | null;
  /** RFC 3339, simulated time */
  readonly at: string;
  /** The header of W3C Trace Context; null without one */
  readonly traceparent: string | null;
}

export interface Journal {
  /** @returns a function that files the answer's status */
  begin(request: Omit<RecordedRequest, 'status'>): (status: number) => void;
  /** Oldest first; at most the newest 100,000. */
  list(): RecordedRequest[];
  clear(): void;
}

const journalLength = 100_000;

export function createJournal(): Journal {
  let entries: { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] }[] = [];
  return {
    begin(request) {
      const entry = { ...request, status: null as number | null };
      entries.push(entry);
      // Cutting rarely keeps this cheap under load.
      if (entries.length >= 2 * journalLength) entries = entries.slice(-journalLength);
      return (status) => {
        entry.status = status;
      };
    },
    list: () => entries.slice(-journalLength).map((entry) => ({ ...entry })),
    clear() {
      entries = [];
    },
  };
}
