import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import path from 'node:path';
import { areCoresApart } from './cores.mjs';
import { PEERS_FOLDER, ROOT_FOLDER } from './places.mjs';

/** What a later reader needs to know about a run: not the folders of the machine. */
export function describeRun({ upstreamKind, options: { quick, only, peers, rounds } }) {
  return {
    date: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    machine: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    coresApart: areCoresApart,
    upstream: upstreamKind,
    peers: JSON.parse(readFileSync(path.join(PEERS_FOLDER, 'package.json'), 'utf8')).dependencies,
    options: { quick, only, peers, rounds },
  };
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT_FOLDER, encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
