/** Remembers which tickets were used, so that each works once. */
export interface UsedTickets {
  /**
   * @param ttlMs until the ticket expires by itself; nobody needs to remember it longer
   * @returns whether this is the first use
   * @throws EventLogUnavailable where processes share the memory and it cannot be reached
   */
  use(id: string, ttlMs: number): Promise<boolean>;
  /** The use came to nothing: the ticket works once more. */
  giveBack(id: string): Promise<void>;
}

/** One holder of a name among all processes; see `events/leases.ts`. */
interface Leases {
  acquire(name: string, ttlMs: number): Promise<boolean>;
  release(name: string): Promise<void>;
}

/**
 * In this process, and among all processes that share the leases. A lease alone would not do: it is renewed when its
 * holder asks again.
 * @param now milliseconds of any clock that only goes forward
 */
export function createUsedTickets({
  leases,
  now = () => performance.now(),
}: {
  leases: Leases;
  now?: () => number;
}): UsedTickets {
  /** When each may be forgotten. In the order of use, which is nearly that of expiry: all live equally long. */
  const used = new Map<string, number>();

  function forgetExpired() {
    for (const [id, endsAt] of used) {
      if (endsAt > now()) return;
      used.delete(id);
    }
  }

  return {
    async use(id, ttlMs) {
      forgetExpired();
      if (used.has(id)) return false;
      used.set(id, now() + ttlMs);
      let isFirst = false;
      try {
        isFirst = await leases.acquire(leaseOf(id), Math.ceil(ttlMs));
      } finally {
        // Whoever has it may give it back: only the holder remembers it here.
        if (!isFirst) used.delete(id);
      }
      return isFirst;
    },
    async giveBack(id) {
      // First among all: until it is free here, no other request of this process can take and lose it again.
      await leases.release(leaseOf(id));
      used.delete(id);
    },
  };
}

const leaseOf = (id: string) => `upload:${id}`;
