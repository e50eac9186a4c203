/** What can go wrong with a delivery, on purpose. */
export const deliveryFaultKinds = ['drop', 'duplicate', 'hold', 'bad-signature', 'unsigned', 'stale'] as const;

/**
 * - `drop`: never arrives and is not delivered again; the history lists it
 * - `duplicate`: arrives twice
 * - `hold`: waits until it is released
 * - `bad-signature`: signed with another key
 * - `unsigned`: without the signature header
 * - `stale`: properly signed, one hour ago
 */
export type DeliveryFaultKind = (typeof deliveryFaultKinds)[number];

export interface DeliveryFaults {
  /** @param times attempts that it strikes; 0 = all until cleared */
  add(kind: DeliveryFaultKind, times: number): void;
  /** The fault that strikes the next attempt, oldest first. */
  take(): DeliveryFaultKind | null;
  clear(): void;
}

export function createDeliveryFaults(): DeliveryFaults {
  let faults: { readonly kind: DeliveryFaultKind; remaining: number }[] = [];
  return {
    add(kind, times) {
      faults.push({ kind, remaining: times === 0 ? Number.POSITIVE_INFINITY : times });
    },
    take() {
      const fault = faults[0];
      if (!fault) return null;
      fault.remaining -= 1;
      if (fault.remaining <= 0) faults.shift();
      return fault.kind;
    },
    clear() {
      faults = [];
    },
  };
}
