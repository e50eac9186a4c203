import type { Caller } from './caller';
import { RateLimited } from './rateLimits';

/** Places for subscriptions, so many for each caller. */
export interface SubscriptionPlaces {
  /** @returns gives the place back; to be called once @throws RateLimited when the caller has no place left */
  take(caller: Caller): () => void;
}

/**
 * Counted per process, also where there is Redis: a shared count would need a lease for every subscription, renewed for as
 * long as it lasts, to survive the end of a process.
 */
export function createSubscriptionPlaces(perCaller: number): SubscriptionPlaces {
  const taken = new Map<string, number>();
  return {
    take({ kind, id }) {
      const key = `${kind}:${id}`;
      const count = taken.get(key) ?? 0;
      if (count >= perCaller) throw new RateLimited(`At most ${perCaller} subscriptions at once per caller`, null);
      taken.set(key, count + 1);
      return () => {
        const left = (taken.get(key) ?? 1) - 1;
        if (left > 0) taken.set(key, left);
        else taken.delete(key);
      };
    },
  };
}
