/** One request as its client saw it. */
export interface Measured {
  /** Unix milliseconds. */
  readonly sentAt: number;
  readonly milliseconds: number;
  readonly ok: boolean;
}

/**
 * Sends so many requests a second, whether earlier ones were answered or not: a client who is not told to wait does not.
 * @param ask whether it was answered without errors
 */
export function startOpenLoop(perSecond: number, ask: () => Promise<boolean>): { stop(): Promise<Measured[]> } {
  const measured: Measured[] = [];
  const running = new Set<Promise<void>>();
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; sent < due; sent += 1) {
      const sentAt = Date.now();
      const begunAt = performance.now();
      const asking = ask().then(
        (ok) => void measured.push({ sentAt, milliseconds: performance.now() - begunAt, ok }),
        () => void measured.push({ sentAt, milliseconds: performance.now() - begunAt, ok: false }),
      );
      running.add(asking);
      void asking.then(() => running.delete(asking));
    }
  }, 5);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      return measured.sort((one, other) => one.sentAt - other.sentAt);
    },
  };
}

/** @param share 0.99 for p99 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
