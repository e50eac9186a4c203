import { setTimeout as delay } from 'node:timers/promises';

const STEPS = 50;

/**
 * Ends many connections evenly over some time, so that their clients do not all come back at the same moment.
 * @returns when the last one was told
 */
export async function closeSpread<T>(items: readonly T[], spreadMs: number, close: (item: T) => void): Promise<void> {
  const batch = Math.max(1, Math.ceil(items.length / STEPS));
  const pauseMs = items.length > 1 ? spreadMs / Math.ceil(items.length / batch) : 0;
  for (let start = 0; start < items.length; start += batch) {
    if (start > 0) await delay(pauseMs);
    for (const item of items.slice(start, start + batch)) close(item);
  }
}
