import type { Clock } from '../world/clock';
import type { Webhook } from '../world/records';
import type { Delivery } from './delivery';
import { createDeliveryFaults, type DeliveryFaultKind, type DeliveryFaults } from './deliveryFaults';
import { createSender } from './sender';
import { signDelivery } from './signature';

/** Everything that was or will be sent to subscriptions. */
export interface Deliveries {
  readonly faults: DeliveryFaults;
  /** Files an event for a subscription and sends it; does not wait. */
  send(webhook: Webhook, id: string, body: string): void;
  /** Oldest first. */
  history(): IterableIterator<Delivery>;
  find(id: string): Delivery | null;
  /** Sends it once more, past all faults. @returns the receiver's status, or null when none came */
  replay(delivery: Delivery): Promise<number | null>;
  /** Sends what was held, one after another. @returns how many */
  release(order: 'same' | 'reverse'): Promise<number>;
  close(): void;
}

export interface DeliveriesOptions {
  readonly clock: Clock;
  /** Waits before automatic redelivery; when they are used up, only a replay helps */
  readonly redeliveryDelaysMs: readonly number[];
  readonly timeoutMs: number;
}

/** Deliveries that the history remembers. */
const historyLength = 50_000;
const staleBySeconds = 3600;
const foreignSecret = `whsec_${'00'.repeat(32)}`;

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, redeliveryDelaysMs, timeoutMs } = options;
  const sender = createSender(timeoutMs);
  const faults = createDeliveryFaults();
  const deliveries = new Map<string, Delivery>();
  let held: Delivery[] = [];
  let count = 0;
  let isClosed = false;

  async function post(delivery: Delivery, fault: DeliveryFaultKind | null): Promise<number | null> {
    const { webhook, body } = delivery;
    delivery.attempts += 1;
    delivery.responseCode = null;
    delivery.lastAttemptAtMs = clock.now();
    // Receivers compare `t` with their own clock, which knows nothing of time added in here.
    const seconds = Math.floor(clock.outsideNow() / 1000) - (fault === 'stale' ? staleBySeconds : 0);
    const secret = fault === 'bad-signature' ? foreignSecret : webhook.secret;
    const headers: Record<string, string> =
      fault === 'unsigned' ? {} : { 'X-Webhook-Signature': signDelivery(secret, seconds, body) };
    delivery.responseCode = await sender.post(webhook.url, body, headers);
    return delivery.responseCode;
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const { webhook } = delivery;
    if (isClosed || webhook.isDeleted || !webhook.enabled) return;
    const fault = faults.take();
    if (fault === 'hold') {
      held.push(delivery);
      return;
    }
    if (fault === 'drop') {
      delivery.attempts += 1;
      delivery.lastAttemptAtMs = clock.now();
      return;
    }
    const twin = fault === 'duplicate' ? post(delivery, null) : null;
    const status = await post(delivery, fault);
    await twin;
    if (status !== 200) redeliverLater(delivery);
  }

  function redeliverLater(delivery: Delivery): void {
    const waitMs = redeliveryDelaysMs[delivery.redeliveries];
    if (waitMs === undefined || isClosed) return;
    delivery.redeliveries += 1;
    clock.after(waitMs, () => void attempt(delivery));
  }

  return {
    faults,
    send(webhook, id, body) {
      count += 1;
      const delivery: Delivery = {
        id,
        ordinal: count,
        webhook,
        body,
        attempts: 0,
        responseCode: null,
        lastAttemptAtMs: null,
        redeliveries: 0,
      };
      deliveries.set(id, delivery);
      for (const oldest of deliveries.keys()) {
        if (deliveries.size <= historyLength) break;
        deliveries.delete(oldest);
      }
      void attempt(delivery);
    },
    history: () => deliveries.values(),
    find: (id) => deliveries.get(id) ?? null,
    replay: (delivery) => post(delivery, null),
    async release(order) {
      const released = order === 'reverse' ? held.reverse() : held;
      held = [];
      for (const delivery of released) {
        if ((await post(delivery, null)) !== 200) redeliverLater(delivery);
      }
      return released.length;
    },
    close() {
      isClosed = true;
      sender.close();
    },
  };
}
