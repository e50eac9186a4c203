import type { Verification } from '../dataspike/verification';
import type { VerificationEvent, VerificationEventSource } from './verificationEvent';

/**
 * What happened, in order. One process keeps it in memory; many share one behind the same interface.
 * Every method rejects with `EventLogUnavailable` while the log cannot be reached.
 */
export interface EventLog {
  /**
   * One atomic step: drops what was seen before, then decides by `appendRule.ts`, fills in `previousStatus`, appends,
   * trims to the retention. The delivery key is remembered with APPENDED and UNCHANGED only: what was OUTDATED or a
   * CONFLICT is not settled yet, and a delivery whose append failed must be taken when it comes again.
   */
  append(candidate: EventCandidate): Promise<AppendResult>;

  /** Whether a delivery with this key was appended or marked before, within 24 hours. */
  hasSeen(deliveryKey: string): Promise<boolean>;

  /** Remembers a delivery that brought nothing to append, for 24 hours. */
  markSeen(deliveryKey: string): Promise<void>;

  /** The newest event of one verification, or null when there is none within the retention. */
  latest(verificationId: string): Promise<LatestEvent | null>;

  /**
   * The cursor of the newest event that the followers on this process were told of, or where the first one will follow.
   * Everything up to it is known here, and everything behind it will still be told.
   * @throws EventLogUnavailable before the first contact, and once closed
   */
  position(): string;

  /**
   * Up to `limit` events after `cursor`, oldest first; fewer than `limit` means that the end was reached. The followers on
   * this process were told of them before.
   * @returns null when events after the cursor are no longer kept, or the cursor is of a log that is gone, was never
   *   reached, or is not a cursor
   */
  read(cursor: string, limit: number): Promise<VerificationEvent[] | null>;

  /**
   * Calls the listener for each event appended from now on, by whichever process, in order. A listener that throws stops
   * neither the others nor the append. Returns how to stop.
   * @param onGap called where events may be missing before the next one, because the log lost its data; left out:
   *   nobody minds
   */
  follow(listener: (event: VerificationEvent) => void, onGap?: () => void): () => void;

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
  /** See `VerificationEvent`. */
  readonly traceparent?: string;
  /**
   * What the candidate was weighed against: `latest` from before the read of Dataspike began, null when there was none.
   * When another event, or one that said the same again, came in between, the candidate may be older than that, and the
   * append is a CONFLICT. Left out: no such check, and no final state replaces another.
   */
  readonly basedOn?: Basis | null;
}

/** A moment in the life of a verification, as the log knows it. */
export interface Basis {
  /** Of its newest event. */
  readonly cursor: string;
  /** How often its newest event was said again since: appends that were UNCHANGED. */
  readonly confirmations: number;
}

export interface LatestEvent extends VerificationEvent, Basis {}

export type AppendResult =
  | { readonly outcome: 'APPENDED'; readonly event: VerificationEvent }
  /** DUPLICATE: seen before. The others: see `appendRule.ts`. */
  | { readonly outcome: 'DUPLICATE' | 'UNCHANGED' | 'OUTDATED' | 'CONFLICT' };

/** The log cannot be reached: answer 503, try again later. */
export class EventLogUnavailable extends Error {
  constructor(options?: ErrorOptions) {
    super('The event log cannot be reached', options);
  }
}
