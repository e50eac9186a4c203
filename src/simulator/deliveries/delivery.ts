import type { Webhook } from '../world/records';

/** One event on its way to one subscription. */
export interface Delivery {
  /** The envelope's id */
  readonly id: string;
  readonly ordinal: number;
  readonly webhook: Webhook;
  /** The envelope as text, the same bytes at every attempt */
  readonly body: string;
  attempts: number;
  /** Of the last attempt; null while one is under way, or when no answer came */
  responseCode: number | null;
  lastAttemptAtMs: number | null;
  /** Automatic redeliveries so far */
  redeliveries: number;
}
