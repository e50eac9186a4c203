/** A webhook subscription. Its secret appears only when it is created or rotated. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly enabled: boolean;
  readonly isSandbox: boolean | null;
}

export interface WriteWebhook {
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly enabled?: boolean | null;
  readonly isSandbox?: boolean | null;
}

/** One line of the delivery history: the envelope, and what became of it. */
export interface WebhookDelivery {
  readonly id: string;
  readonly webhookId: string | null;
  readonly eventType: string;
  /** RFC 3339, UTC, milliseconds */
  readonly occurredAt: string | null;
  readonly attempts: number | null;
  /** Of the last attempt; null while pending. */
  readonly responseCode: number | null;
  readonly lastAttemptAt: string | null;
  /** The verification that the payload is about, where it names one. */
  readonly verificationId: string | null;
  /** The payload as sent; personal data. */
  readonly payload: Readonly<Record<string, unknown>>;
}
