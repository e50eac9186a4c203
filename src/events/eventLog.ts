import type { Verification } from '../dataspike/verification';
import type { VerificationEvent, VerificationEventSource } from './verificationEvent';

/**
 * What happened, in order. One process keeps it in memory; many share one behind the same interface.
 * Every method rejects with `EventLogUnavailable` while the log cannot be reached.
 */
export interface EventLog {
  /**
   * One atomic step: drops what was seen before, drops what changes nothing, never lets a state that is not final
   * follow a final one, fills in `previousStatus`, appends, trims to the retention.
   */
  append(candidate: EventCandidate): Promise<AppendResult>;

  /** Whether a delivery with this key was appended or marked before, within 24 hours. */
  hasSeen(deliveryKey: string): Promise<boolean>;

  /** Remembers a delivery that brought nothing to append, for 24 hours. */
  markSeen(deliveryKey: string): Promise<void>;

  /** The newest event of one verification, or null. */
  latest(verificationId: string): Promise<VerificationEvent | null>;

  /** The cursor of the newest event, or where the first one will follow. Hand it to `read`. */
  head(): Promise<string>;

  /**
   * Up to `limit` events after `cursor`, oldest first; fewer than `limit` means that the end was reached.
   * @returns null when events after the cursor are no longer kept, or the cursor is of a log that is gone
   */
  read(cursor: string, limit: number): Promise<VerificationEvent[] | null>;

  /** Calls the listener for each event appended from now on, in order, on this process. Returns how to stop. */
  follow(listener: (event: VerificationEvent) => void): () => void;

  /** Whether it can be reached now. */
  isReachable(): boolean;

  close(): Promise<void>;
}

export interface EventCandidate {
  readonly source: VerificationEventSource;
  readonly occurredAt: string;
  readonly verification: Verification;
  /** What makes the delivery the same when it comes twice; null for what no webhook brought. */
  readonly deliveryKey: string | null;
  /**
   * For a state that was read from Dataspike: the cursor of `latest` from before the read began, null when there was
   * none. When another event came in between, the read may be older than that event, and the append is a CONFLICT.
   * Left out: no such check.
   */
  readonly basedOn?: string | null;
}

export type AppendResult =
  | { readonly outcome: 'APPENDED'; readonly event: VerificationEvent }
  /** DUPLICATE: seen before. UNCHANGED: says nothing new. OUTDATED: would follow a final state. CONFLICT: see basedOn. */
  | { readonly outcome: 'DUPLICATE' | 'UNCHANGED' | 'OUTDATED' | 'CONFLICT' };

/** The log cannot be reached: answer 503, try again later. */
export class EventLogUnavailable extends Error {
  constructor(options?: ErrorOptions) {
    super('The event log cannot be reached', options);
  }
}
