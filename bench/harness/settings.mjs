/** `peers`: who takes part when nobody is named; null: all. Long enough to be believed on a quiet machine. */
const FULL = {
  peers: null,
  rounds: 5,
  firstWarmUpMs: 12_000,
  warmUpFactor: 5,
  warmUpMs: 1_000,
  measureMs: 4_000,
  latencyWarmUpMs: 10_000,
  latencyMeasureMs: 10_000,
  fanOutRounds: 5,
  fanOutCounts: { ALL: [1, 1_000, 5_000], OWN: [100, 1_000, 5_000] },
  startUpRounds: 7,
  growthRounds: 5,
  growthSizes: [1_000, 100_000],
  calls: 50_000,
  fanOut: (watch, count, isProduct) =>
    fanOutOptions(watch, count, {
      updates: 100_000,
      ownEvents: isProduct ? 2_000 : 200,
      latencyEvents: watch === 'OWN' ? 20 : 10,
      settleMs: 2_000,
    }),
};

/** Under three minutes altogether on a quiet machine: whether all of it works, and roughly where one stands. */
const QUICK = {
  peers: ['proxy', 'mercurius', 'apollo', 'hive'],
  rounds: 2,
  firstWarmUpMs: 2_000,
  warmUpFactor: 1,
  warmUpMs: 200,
  measureMs: 700,
  latencyWarmUpMs: 1_500,
  latencyMeasureMs: 1_500,
  fanOutRounds: 1,
  fanOutCounts: { ALL: [5_000], OWN: [300] },
  startUpRounds: 1,
  growthRounds: 1,
  growthSizes: [1_000, 10_000],
  calls: 10_000,
  fanOut: (watch, count) =>
    fanOutOptions(watch, count, { updates: 20_000, ownEvents: 50, latencyEvents: 2, settleMs: 700 }),
};

export function settingsFor({ isQuick, rounds }) {
  const settings = isQuick ? QUICK : FULL;
  return rounds ? { ...settings, rounds, fanOutRounds: rounds, startUpRounds: rounds, growthRounds: rounds } : settings;
}

/**
 * @param updates roughly how many one run shall send where everyone watches everything
 * @param ownEvents where each watches its own: for a peer every one of them costs as much as all its subscribers
 */
function fanOutOptions(watch, count, { updates, ownEvents, latencyEvents, settleMs }) {
  return {
    events: watch === 'OWN' ? ownEvents : Math.max(4, Math.min(3_000, Math.round(updates / count))),
    window: watch === 'OWN' ? 16 : 4,
    latencyEvents,
    latencyIntervalMs: watch === 'OWN' ? 50 : 1_000,
    settleMs,
  };
}
