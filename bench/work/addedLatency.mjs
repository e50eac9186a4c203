import { CONTENDERS, targetOf } from '../harness/contenders.mjs';
import { createObservation } from '../harness/observe.mjs';
import { alternate } from '../harness/rounds.mjs';
import { startAll, toRows } from '../harness/startAll.mjs';
import { UPSTREAM_HEADERS } from '../peers/shared/paths.mjs';
import { startUpstream } from '../upstream/startUpstream.mjs';

const DELAY_MS = 20;
const PER_SECOND = 100;
const DIRECT = { name: 'direct', label: 'the two requests alone' };

/**
 * What a contender adds to the time of (a) when the upstream takes 20 ms for each of its two requests, at 100 a second.
 * Measured against the load generator making the two requests itself, in the same round.
 */
export async function measureAddedLatency({ selected, settings, load, productFolder }) {
  const upstream = await startUpstream({ delayMs: DELAY_MS });
  const contenders = CONTENDERS.filter((contender) => selected(contender) && contender.work.includes('l'));
  const { running, failures, stop } = await startAll(contenders, { upstreamUrl: upstream.url, productFolder });
  try {
    const outcomes = await alternate({
      names: [DIRECT.name, ...running.keys()],
      rounds: settings.rounds,
      async measure(name) {
        const server = running.get(name) ?? upstream;
        const observation = createObservation({ server, others: [load] });
        const contender = contenders.find((one) => one.name === name);
        const result = await load.run({
          kind: 'openLoop',
          port: server.port,
          perSecond: PER_SECOND,
          warmUpMs: settings.latencyWarmUpMs,
          measureMs: settings.latencyMeasureMs,
          ...(contender ? { target: targetOf(contender, 'VERIFICATION') } : directTargets()),
        });
        observation.end();
        return { ...result, ...observation.result() };
      },
    });
    const direct = outcomes.measured.get(DIRECT.name);
    return toRows([DIRECT, ...contenders], outcomes, failures).map((row) => ({
      ...row,
      measurements: row.measurements.map((one, round) => ({
        ...one,
        addedP50Ms: one.p50Ms - direct[round].p50Ms,
        addedP99Ms: one.p99Ms - direct[round].p99Ms,
      })),
    }));
  } finally {
    await stop();
    await upstream.stop();
  }
}

function directTargets() {
  const headers = UPSTREAM_HEADERS;
  return {
    target: { path: '/api/v3/verifications/{id}', headers },
    dependentTarget: { path: '/api/v3/applicants/{applicantId}', headers },
  };
}
