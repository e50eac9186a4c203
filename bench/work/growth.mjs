import path from 'node:path';
import { CONTENDERS, targetOf } from '../harness/contenders.mjs';
import { createObservation } from '../harness/observe.mjs';
import { freePort } from '../harness/ports.mjs';
import { alternate } from '../harness/rounds.mjs';
import { startContender, toRows } from '../harness/startAll.mjs';
import { startProcess } from '../harness/startProcess.mjs';

const API_KEY = 'bench';
const GATEWAY = CONTENDERS.find(({ name }) => name === 'gateway');
/** As many as the smaller world has, each asked for once: none is in the cache. */
const ASKED = 1_000;
const WARM_UP = 300;

/**
 * Work (f): what one answer of the gateway costs when the simulator holds `sizes` verifications. The simulator is on the
 * load core and is slower than the gateway, so the gateway's CPU and the latency tell something, the rate does not.
 */
export async function measureGrowth({ sizes, settings, load, productFolder }) {
  const simulators = new Map();
  try {
    for (const size of sizes) simulators.set(String(size), await startSimulator(size, productFolder));
    const outcomes = await alternate({
      names: [...simulators.keys()],
      rounds: settings.growthRounds,
      measure: (size) => measureOnce({ simulator: simulators.get(size), load, productFolder }),
    });
    return toRows(
      sizes.map((size) => ({ name: String(size), label: `${size.toLocaleString('en')} stored` })),
      outcomes,
    );
  } finally {
    for (const { process: simulator } of simulators.values()) await simulator.stop();
  }
}

/** Each time a fresh gateway, since the last one has cached the answers. */
async function measureOnce({ simulator, load, productFolder }) {
  const server = await startContender(GATEWAY, { upstreamUrl: simulator.process.url, productFolder });
  try {
    const task = {
      kind: 'closedLoop',
      port: server.port,
      target: { ...targetOf(GATEWAY, 'VERIFICATION'), ids: simulator.ids },
      connections: 16,
      warmUpMs: 0,
      measureMs: 60_000,
    };
    await load.run({ ...task, limit: WARM_UP, first: 0 });
    const observation = createObservation({ server, others: [load, simulator.process] });
    const result = await load.run({ ...task, limit: ASKED - WARM_UP, first: WARM_UP }, (phase) => observation[phase]());
    const observed = observation.result();
    return {
      cpuMicrosecondsEach: observed.serverCpuMicroseconds / result.answers,
      p50Ms: result.p50Ms,
      p99Ms: result.p99Ms,
      residentMib: server.residentKib() / 1024,
      ...observed,
    };
  } finally {
    await server.stop();
  }
}

async function startSimulator(size, productFolder) {
  const port = await freePort();
  const simulator = await startProcess({
    name: 'simulator',
    place: 'load',
    command: process.execPath,
    args: ['--max-old-space-size=4096', path.join(productFolder, 'dist/commandLine.js'), 'simulator'],
    env: { SIMULATOR_PORT: String(port), SIMULATOR_API_KEY: API_KEY },
    port,
    probe: { path: '/api/v3/public/dictionary/countries' },
  });
  const seeded = await fetch(`${simulator.url}/_simulator/seed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ applicants: size, verifications: size }),
  });
  if (!seeded.ok) throw new Error(`the simulator did not seed: ${seeded.status}`);
  return { process: simulator, ids: await readIds(simulator.url) };
}

async function readIds(url) {
  const ids = [];
  for (let page = 0; ids.length < ASKED; page += 1) {
    const response = await fetch(`${url}/api/v3/verifications?page=${page}&limit=100`, {
      headers: { 'ds-api-token': API_KEY },
    });
    const { data } = await response.json();
    ids.push(...data.map(({ id }) => id));
  }
  return ids;
}
