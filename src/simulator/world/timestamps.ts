const fractionLengths = [0, 3, 6, 9] as const;

/**
 * RFC 3339 in UTC with 0, 3, 6 or 9 fractional digits (guide, section 9).
 * @param salt decides how many digits, and what stands behind the milliseconds; the same salt gives the same text
 */
export function formatTimestamp(timeMs: number, salt: number): string {
  const withMilliseconds = new Date(timeMs).toISOString();
  const fractionLength = fractionLengths[salt % 4] ?? 3;
  if (fractionLength === 0) {
    return `${withMilliseconds.slice(0, 19)}Z`;
  }
  const beyond = String((salt >>> 3) % 1_000_000).padStart(6, '0');
  return `${withMilliseconds.slice(0, 23)}${beyond.slice(0, fractionLength - 3)}Z`;
}
