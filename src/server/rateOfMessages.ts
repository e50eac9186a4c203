/** How many messages a socket may send at once: its 100 subscriptions, all anew after a reconnect, and as many ends. */
const BURST = 300;
const PER_SECOND = 50;

/**
 * A bucket of 300 messages that fills by 50 a second.
 * @returns whether one more message is within the rate
 */
export function createMessageRate(): () => boolean {
  let left = BURST;
  let lastMs = performance.now();
  return () => {
    const nowMs = performance.now();
    left = Math.min(BURST, left + ((nowMs - lastMs) / 1000) * PER_SECOND);
    lastMs = nowMs;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
