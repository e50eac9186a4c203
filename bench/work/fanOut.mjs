import { CONTENDERS, connectionParamsOf } from '../harness/contenders.mjs';
import { createObservation } from '../harness/observe.mjs';
import { alternate } from '../harness/rounds.mjs';
import { startContender, toRows } from '../harness/startAll.mjs';
import { SUBSCRIPTIONS } from './documents.mjs';

/**
 * Work (d): signed deliveries to `count` subscribers.
 * @param watch ALL: everyone watches everything; OWN: each its own verification
 * @returns rows as measureQueries does. Each measurement comes from a fresh process, so that memory tells something.
 */
export async function measureFanOut({ watch, count, selected, settings, load, upstream, productFolder }) {
  const contenders = CONTENDERS.filter((contender) => selected(contender) && contender.work.includes('d'));
  const outcomes = await alternate({
    names: contenders.map(({ name }) => name),
    rounds: settings.fanOutRounds,
    measure: (name) =>
      measureOnce({
        contender: contenders.find((one) => one.name === name),
        ...{ watch, count, settings, load, upstream, productFolder },
      }),
  });
  return toRows(contenders, outcomes);
}

async function measureOnce({ contender, watch, count, settings, load, upstream, productFolder }) {
  const server = await startContender(contender, { upstreamUrl: upstream.url, productFolder, isLive: true });
  try {
    await warmUp(contender, server, load);
    return await measureRun({ contender, server, watch, count, settings, load, upstream });
  } finally {
    await server.stop();
  }
}

async function measureRun({ contender, server, watch, count, settings, load, upstream }) {
  const observation = createObservation({ server, others: [load, upstream] });
  const residentKib = {};
  const result = await load.run(
    taskFor({
      contender,
      server,
      watch,
      count,
      firstNumber: 1_000_000,
      ...settings.fanOut(watch, count, contender.name === 'gateway'),
    }),
    (phase) => {
      residentKib[phase] = server.residentKib();
      if (phase === 'throughput') observation.start();
      if (phase === 'latency') observation.end();
    },
  );
  const observed = observation.result();
  return {
    deliveriesPerSecond: result.deliveries / result.seconds,
    perSecond: result.updates / result.seconds,
    cpuMicrosecondsEach: observed.serverCpuMicroseconds / result.updates,
    redeliveries: result.redeliveries,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    kibPerSubscriber: (residentKib.throughput - residentKib.connect) / count,
    residentMib: residentKib.end / 1024,
    ...observed,
  };
}

/** A hundred subscribers and as many deliveries first: else memory that the code itself needs counts as theirs. */
async function warmUp(contender, server, load) {
  const options = { events: 100, window: 8, latencyEvents: 0, latencyIntervalMs: 0, settleMs: 300 };
  await load.run(taskFor({ contender, server, watch: 'ALL', count: 100, firstNumber: 1, ...options }));
}

function taskFor({ contender, server, watch, ...options }) {
  return {
    kind: 'fanOut',
    port: server.port,
    watch,
    query: SUBSCRIPTIONS[watch],
    connectionParams: connectionParamsOf(contender),
    ...options,
  };
}
