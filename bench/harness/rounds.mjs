/** A round in which the host took more of the machine away is measured again. */
const MAX_STEAL = 0.05;
const MAX_REPEATS = 3;

/**
 * Measures everyone in turn, round after round, in an order that turns round each time, so that whatever the machine does
 * meets all of them.
 * @param measure name → a measurement with `steal`; may throw
 * @param names of who is measured; who fails once is not measured again
 * @returns name → its measurements, one a round, and name → why somebody failed
 */
export async function alternate({ names, rounds, measure }) {
  const measured = new Map(names.map((name) => [name, []]));
  const failures = new Map();
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order.filter((one) => !failures.has(one))) {
      try {
        measured.get(name).push(await measureCalmly(() => measure(name)));
      } catch (error) {
        failures.set(name, error.message);
        measured.set(name, []);
      }
    }
  }
  return { measured, failures };
}

/** The same again while the host is busy with others; what is still disturbed at last says so itself. */
async function measureCalmly(measure) {
  for (let repeats = 0; ; repeats += 1) {
    const result = await measure();
    if (result.steal <= MAX_STEAL || repeats === MAX_REPEATS) return { ...result, repeats };
  }
}

export function median(values) {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)];
}

/**
 * The first of a pair divided by the second, round by round.
 * @returns the median and the extremes; null without a pair
 */
export function ratio(numerators, denominators) {
  const ratios = numerators.flatMap((value, round) =>
    value === null || !denominators[round] ? [] : [value / denominators[round]],
  );
  if (ratios.length === 0) return null;
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}
