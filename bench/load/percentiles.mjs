/** @param valuesMs in any order. @returns null each when there is none */
export function percentiles(valuesMs) {
  const sorted = Float64Array.from(valuesMs).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
