/**
 * The gateway and its peers, side by side: see README.md.
 *
 *   npm run bench -- [--quick] [--only a,b,c,d,e,f,l,u] [--peers mercurius,apollo] [--rounds 5] [--product folder]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { describeRun } from './harness/about.mjs';
import { buildPeers } from './harness/buildPeers.mjs';
import { RESULTS_FOLDER, ROOT_FOLDER } from './harness/places.mjs';
import { toMarkdown } from './harness/report.mjs';
import { createServers } from './harness/servers.mjs';
import { settingsFor } from './harness/settings.mjs';
import { startLoad } from './harness/startLoad.mjs';
import { startUpstream } from './upstream/startUpstream.mjs';
import { measureAddedLatency } from './work/addedLatency.mjs';
import { measureFanOut } from './work/fanOut.mjs';
import { measureGrowth } from './work/growth.mjs';
import { measureQueries } from './work/queries.mjs';
import { measureStartUp } from './work/startUp.mjs';
import { measureUpstreamCall } from './work/upstreamCall.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'a,b,c,d,e,f,l,u' },
    peers: { type: 'string' },
    rounds: { type: 'string' },
    product: { type: 'string', default: ROOT_FOLDER },
  },
});
const settings = settingsFor({ isQuick: options.quick, rounds: options.rounds && Number(options.rounds) });
const only = new Set(options.only.split(','));
const peers = options.peers?.split(',') ?? settings.peers;
const selected = ({ name }) => name === 'gateway' || !peers || peers.includes(name);

const upstream = await startUpstream();
const load = startLoad();
const productFolder = path.resolve(options.product);
// Whoever stops this must not leave a dozen servers behind; each of them listens for the end.
process.setMaxListeners(100);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    process.stderr.write(`Ended by ${signal}\n`);
    process.exit(1);
  });
}
const servers = createServers({ selected, upstreamUrl: upstream.url, productFolder });
try {
  const about = describeRun({ upstreamKind: upstream.kind, options });
  process.stdout.write(`${summary(about)}\n\n`);
  buildPeers(upstream.url);
  const parts = { settings, selected, servers: servers.get, load, upstream, productFolder };
  const tables = [];
  const file = path.join(RESULTS_FOLDER, `${about.date.replaceAll(':', '').slice(0, 17)}.json`);
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  for (const table of plan(parts)) {
    const startedAt = performance.now();
    const rows = await table.measure();
    tables.push({ ...table, seconds: Math.round((performance.now() - startedAt) / 1000), rows });
    process.stdout.write(`${toMarkdown(tables.at(-1))}\n`);
    // After each, so that nothing is lost with a run that is ended early.
    writeFileSync(file, `${JSON.stringify({ about, tables }, null, 2)}\n`);
  }
  // So that a committed result passes `npm run check`.
  spawnSync(path.join(ROOT_FOLDER, 'node_modules/.bin/biome'), ['format', '--write', file], { cwd: ROOT_FOLDER });
  process.stdout.write(`Every measurement: ${path.relative(ROOT_FOLDER, file)}\n`);
} finally {
  await servers.stop();
  load.stop();
  await upstream.stop();
}

function plan(parts) {
  const queries = (title, kind, isHot) => ({
    title,
    columns: 'rate',
    measure: () => measureQueries({ ...parts, kind, isHot }),
  });
  const fanOut = (watch, count) => ({
    title: `(d) ${count.toLocaleString('en')} subscribers, ${watch === 'ALL' ? 'each of everything' : 'each of its own verification'}`,
    columns: 'fanOut',
    measure: () => measureFanOut({ ...parts, watch, count }),
  });
  const works = {
    a: [queries('(a) one verification with its applicant, cold', 'VERIFICATION', false)],
    b: [queries('(b) 50 verifications × 25 fields with applicants, cold', 'BOARD', false)],
    c: [
      queries('(c) one verification with its applicant, hot', 'VERIFICATION', true),
      queries('(c) 50 verifications × 25 fields, hot', 'BOARD', true),
    ],
    e: [{ title: '(e) start until ready', columns: 'startUp', measure: () => measureStartUp(parts) }],
    f: [
      {
        title: '(f) one verification with its applicant, by what the simulator holds',
        columns: 'growth',
        measure: () => measureGrowth({ ...parts, sizes: settings.growthSizes }),
      },
    ],
    l: [
      {
        title: '(l) an upstream that takes 20 ms, 100 requests/s',
        columns: 'latency',
        measure: () => measureAddedLatency(parts),
      },
    ],
    u: [{ title: '(u) one call to the upstream', columns: 'call', measure: () => measureUpstreamCall(parts) }],
    // The longest.
    d: Object.entries(settings.fanOutCounts).flatMap(([watch, counts]) => counts.map((count) => fanOut(watch, count))),
  };
  return Object.entries(works).flatMap(([name, tables]) => (only.has(name) ? tables : []));
}

function summary({ date, commit, node, machine, coresApart, upstream: kind }) {
  const cores = coresApart ? 'server and load on different cores' : 'SERVER AND LOAD SHARE THEIR CORES';
  return `${date}, commit ${commit}, Node ${node}, ${machine}; ${cores}; upstream: ${kind}`;
}
