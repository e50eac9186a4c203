import type { World } from '../createWorld';
import type { DeliveryFaultKind } from '../deliveries/deliveryFaults';
import type { Fault, Faults } from '../http/faults';
import type { Journal, RecordedRequest } from '../http/journal';
import type { FixedResult } from '../world/records';
import { type SeedCounts, seedWorld } from '../world/seeding';

/** What a test or a demo may do to the simulator from outside; the control route offers the same over HTTP. */
export interface Control {
  requests(): RecordedRequest[];
  clearRequests(): void;
  /** Moves the time forward; what becomes due happens before this returns. @returns the new time, Unix milliseconds */
  advanceClock(advanceMs: number): number;
  /** Everything from the start: no applicants, webhooks, faults or requests. Default seed: the one before */
  reset(seed?: number): void;
  /** @throws SyntaxError when `match.path` is no regular expression */
  addFault(fault: Fault): { readonly id: number };
  clearFaults(): void;
  /** @param times deliveries that it strikes; 0 = all until cleared. Default: 1 */
  addDeliveryFault(kind: DeliveryFaultKind, times?: number): void;
  clearDeliveryFaults(): void;
  /** Sends what was held, one after another. @returns how many */
  releaseDeliveries(order?: 'same' | 'reverse'): Promise<number>;
  /** An event with an empty payload. @returns its id, or null for an unknown webhook */
  sendTestDelivery(webhookId: string, eventType?: 'AML_SCREENING' | 'DOCVER'): string | null;
  /** Sends an event of the history once more. @returns the receiver's status, or null for an unknown event */
  replayDelivery(eventId: string): Promise<{ readonly responseCode: number | null } | null>;
  /**
   * Puts a verification into a status at once, and sends what belongs to it.
   * @param notify also sends DOCVER for a status that is not final. Default: false
   * @returns false for an unknown verification
   */
  forceVerification(id: string, result: FixedResult, notify?: boolean): boolean;
  /** Makes up applicants and verifications; nobody is told. */
  seed(counts: SeedCounts): void;
}

export interface ControlOptions {
  /** The world of this moment: a reset makes another. */
  readonly currentWorld: () => World;
  readonly resetWorld: (seed?: number) => void;
  readonly journal: Journal;
  readonly faults: Faults;
}

export function createControl({ currentWorld, resetWorld, journal, faults }: ControlOptions): Control {
  return {
    requests: () => journal.list(),
    clearRequests: () => journal.clear(),
    advanceClock(advanceMs) {
      const { clock } = currentWorld();
      clock.advance(advanceMs);
      return clock.now();
    },
    reset(seed) {
      resetWorld(seed);
      journal.clear();
      faults.clear();
    },
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    addDeliveryFault: (kind, times = 1) => currentWorld().deliveries.faults.add(kind, times),
    clearDeliveryFaults: () => currentWorld().deliveries.faults.clear(),
    releaseDeliveries: (order = 'same') => currentWorld().deliveries.release(order),
    sendTestDelivery(webhookId, eventType = 'AML_SCREENING') {
      const { store, publisher } = currentWorld();
      const webhook = store.webhooks.get(webhookId);
      return webhook ? publisher.sendTest(webhook, eventType) : null;
    },
    async replayDelivery(eventId) {
      const { deliveries } = currentWorld();
      const delivery = deliveries.find(eventId);
      return delivery ? { responseCode: await deliveries.replay(delivery) } : null;
    },
    forceVerification(id, result, notify = false) {
      const { store, lifecycle } = currentWorld();
      const verification = store.findVerification(id) ?? store.findVerificationByShortId(id);
      if (!verification) return false;
      lifecycle.force(verification, result, notify);
      return true;
    },
    seed: (counts) => seedWorld(currentWorld(), counts),
  };
}
