import { CONTENDERS } from '../harness/contenders.mjs';
import { createObservation } from '../harness/observe.mjs';
import { PEERS_FOLDER } from '../harness/places.mjs';
import { freePort } from '../harness/ports.mjs';
import { alternate } from '../harness/rounds.mjs';
import { startContender, toRows } from '../harness/startAll.mjs';
import { startProcess } from '../harness/startProcess.mjs';

const EMPTY = { name: 'emptyApollo', label: 'Apollo Server, empty' };

/** Work (e): from the start of the process until it answers 200: the gateway /readyz, the others a query. */
export async function measureStartUp({ selected, settings, load, upstream, productFolder }) {
  const contenders = CONTENDERS.filter((contender) => selected(contender) && !contender.name.startsWith('hive'));
  const outcomes = await alternate({
    names: [EMPTY.name, ...contenders.map(({ name }) => name)],
    rounds: settings.startUpRounds,
    async measure(name) {
      const contender = contenders.find((one) => one.name === name);
      const observation = createObservation({ server: { cpuMicroseconds: () => 0 }, others: [load] });
      const server = contender
        ? await startContender(contender, { upstreamUrl: upstream.url, productFolder })
        : await startEmpty();
      observation.end();
      const { startedInMs } = server;
      const cpuMs = server.cpuMicroseconds() / 1000;
      const residentMib = server.residentKib() / 1024;
      await server.stop();
      return { startedInMs, cpuMs, residentMib, steal: observation.result().steal };
    },
  });
  return toRows([EMPTY, ...contenders], outcomes);
}

async function startEmpty() {
  return startProcess({
    name: EMPTY.name,
    place: 'server',
    command: process.execPath,
    args: ['emptyApollo.mjs'],
    cwd: PEERS_FOLDER,
    env: { NODE_ENV: 'production' },
    port: await freePort(),
    probe: { path: '/', method: 'POST', body: '{"query":"{ __typename }"}' },
  });
}
