import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../harness/ports.mjs';
import { startProcess } from '../harness/startProcess.mjs';
import { nginxConfig } from './nginxConfig.mjs';

const SETTLED_TURN_MS = 100;
const SETTLED_TURNS = 5;
const SLOW_SERVER = fileURLToPath(new URL('./slowServer.mjs', import.meta.url));

/**
 * Starts the upstream on the load core: nginx where there is one, else Node.
 * @param delayMs before each answer, which only the Node one can; default 0
 * @returns the process, with `kind`, `count()`, the requests so far, and `settled()`, which waits until nobody asks any more
 */
export async function startUpstream({ delayMs = 0 } = {}) {
  const port = await freePort();
  const hasNginx = delayMs === 0 && spawnSync('nginx', ['-v']).status === 0;
  const upstream = await (hasNginx ? startNginx(port) : startNode(port, delayMs));

  async function count() {
    const text = await (await fetch(`${upstream.url}/count`)).text();
    // stub_status: "accepts handled requests", this request among them, as those for readiness are.
    const numbers = hasNginx ? /requests\s+\d+ \d+ (\d+)/.exec(text) : /requests (\d+)/.exec(text);
    return Number(numbers[1]);
  }

  return {
    ...upstream,
    kind: hasNginx ? 'nginx' : 'node',
    count,
    async settled() {
      let last = await count();
      for (let still = 0; still < SETTLED_TURNS; ) {
        await sleep(SETTLED_TURN_MS);
        const now = await count();
        // Of those, one is this one.
        still = now - last === 1 ? still + 1 : 0;
        last = now;
      }
    },
  };
}

async function startNginx(port) {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-nginx-'));
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(file, nginxConfig({ port, folder }));
  const upstream = await startProcess({
    name: 'nginx',
    place: 'load',
    command: 'nginx',
    args: ['-c', file, '-p', folder],
    port,
    probe: { path: '/count' },
  });
  return {
    ...upstream,
    async stop() {
      await upstream.stop('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startNode(port, delayMs) {
  return startProcess({
    name: 'upstream',
    place: 'load',
    command: process.execPath,
    args: [SLOW_SERVER],
    env: { UPSTREAM_DELAY_MS: String(delayMs) },
    port,
    probe: { path: '/count' },
  });
}
