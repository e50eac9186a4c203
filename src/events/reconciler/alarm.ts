/** A sleep that can be cut short. For one sleeper. */
export interface Alarm {
  /**
   * Resolves after that time, or when it rings. A ring since the last sleep began counts: then it resolves at once.
   * @param sleepMs null: until it rings, without a timer
   */
  sleep(sleepMs: number | null): Promise<void>;
  ring(): void;
}

/** Longer times overflow in Node and would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function createAlarm(): Alarm {
  let hasRung = false;
  let wake: (() => void) | null = null;

  return {
    async sleep(sleepMs) {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const timer = sleepMs === null ? null : setTimeout(resolve, Math.min(Math.ceil(sleepMs), MAX_TIMER_MS));
          wake = () => {
            if (timer) clearTimeout(timer);
            resolve();
          };
        });
      }
      hasRung = false;
      wake = null;
    },
    ring() {
      hasRung = true;
      wake?.();
    },
  };
}
