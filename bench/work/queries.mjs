import { targetOf } from '../harness/contenders.mjs';
import { createObservation } from '../harness/observe.mjs';
import { alternate } from '../harness/rounds.mjs';
import { toRows } from '../harness/startAll.mjs';
import { checkAnswers } from './checkAnswers.mjs';
import { cursorStartOf } from './cursorStart.mjs';

/** Recurring: verifications, or pages, that go round when they are hot. A board is 51 requests to the upstream. */
const KINDS = {
  VERIFICATION: { connections: 32, recurring: 200, warmUpAnswers: 3_000 },
  BOARD: { connections: 4, recurring: 5, warmUpAnswers: 100 },
};

/**
 * Work (a), (b) and (c): one kind of query, by everyone who takes part.
 * @param kind VERIFICATION or BOARD
 * @param isHot the same questions recur, and peers may cache; otherwise no question comes twice
 * @param servers whether they cache → those that run; the same ones for all works
 * @returns rows, one for each contender: `measurements` or why there are none
 */
export async function measureQueries({ kind, isHot, servers, settings, load, upstream }) {
  const work = `${kind === 'BOARD' ? 'b' : 'a'}${isHot ? 'h' : ''}`;
  const { contenders, running, failures: startFailures } = await servers(isHot);
  const failures = new Map(startFailures);
  const taking = contenders.filter((contender) => contender.work.includes(work));
  const targets = new Map();
  for (const contender of taking.filter(({ name }) => running.has(name))) {
    const server = running.get(contender.name);
    const bare = targetOf(contender, kind);
    const target = { ...bare, cursorStart: await cursorStartOf(server, bare, kind) };
    const wrong = await checkAnswers({ server, upstream, target, kind, isCaching: isHot });
    if (wrong) failures.set(contender.name, wrong);
    else targets.set(contender.name, target);
  }
  const { connections, recurring, warmUpAnswers } = KINDS[kind];
  const measure = (name, times) =>
    measureOnce({
      server: running.get(name),
      load,
      upstream,
      task: {
        kind: 'closedLoop',
        port: running.get(name).port,
        target: targets.get(name),
        connections,
        recurring: isHot ? recurring : undefined,
        ...times,
      },
    });
  // Compilers want to have seen the code before anything counts; who fails here fails again below.
  const warmUp = { warmUpMs: 0, measureMs: settings.firstWarmUpMs, limit: warmUpAnswers * settings.warmUpFactor };
  for (const name of targets.keys()) await measure(name, warmUp).catch(() => {});
  const outcomes = await alternate({
    names: [...targets.keys()],
    rounds: settings.rounds,
    measure: (name) => measure(name, { warmUpMs: settings.warmUpMs, measureMs: settings.measureMs }),
  });
  return toRows(taking, outcomes, failures);
}

async function measureOnce({ server, load, upstream, task }) {
  const observation = createObservation({ server, others: [load, upstream] });
  const result = await load.run(task, (phase) => observation[phase]());
  const observed = observation.result();
  return {
    perSecond: result.answers / result.seconds,
    cpuMicrosecondsEach: observed.serverCpuMicroseconds / result.answers,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    residentMib: server.residentKib() / 1024,
    ...observed,
  };
}
