import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnOn } from './cores.mjs';
import { cpuMicroseconds, processTree, residentKib } from './processTimes.mjs';

const OUTPUT_KEPT = 4_000;

/**
 * Starts a process that answers HTTP on 127.0.0.1, and waits until it does.
 * @param place server or load: which core
 * @param probe path and method, and a body for POST, whose 200 means ready
 * @param readyMs how long it may take; default 60 s
 * @returns a handle: `pid`, `port`, `startedInMs`, readings of CPU and memory of it and what it started, and `stop`
 * @throws Error with the end of its output when it is not ready in time
 */
export async function startProcess({ name, place, command, args, env = {}, cwd, port, probe, readyMs = 60_000 }) {
  const startedAt = performance.now();
  const child = spawnOn(place, command, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (piece) => {
    output = (output + piece).slice(-OUTPUT_KEPT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let hasEnded = false;
  const endWithUs = () => {
    if (hasEnded) return;
    for (const pid of processTree(child.pid)) kill(pid, 'SIGKILL');
  };
  process.once('exit', endWithUs);
  child.once('exit', () => {
    hasEnded = true;
    process.off('exit', endWithUs);
  });
  child.once('error', (error) => {
    hasEnded = true;
    keep(error.message);
  });

  while (!(await answers(port, probe))) {
    if (hasEnded || performance.now() - startedAt > readyMs) {
      child.kill('SIGKILL');
      throw new Error(`${name} did not start:\n${output}`);
    }
    await sleep(2);
  }
  const startedInMs = performance.now() - startedAt;
  const tree = () => processTree(child.pid);
  return {
    name,
    pid: child.pid,
    port,
    url: `http://127.0.0.1:${port}`,
    startedInMs,
    cpuMicroseconds: () => tree().reduce((sum, pid) => sum + cpuMicroseconds(pid), 0),
    residentKib: () => tree().reduce((sum, pid) => sum + residentKib(pid), 0),
    output: () => output,
    /** @param signal SIGTERM lets it write a profile; what does not end within 10 s is killed */
    async stop(signal = 'SIGKILL') {
      if (hasEnded) return;
      const pids = tree();
      const ended = once(child, 'exit');
      for (const pid of signal === 'SIGKILL' ? pids : [child.pid]) kill(pid, signal);
      const timer = setTimeout(() => {
        for (const pid of pids) kill(pid, 'SIGKILL');
      }, 40_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

function answers(port, { path, method = 'GET', body, headers = {} }) {
  return new Promise((resolve) => {
    const contentHeaders = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        timeout: 5_000,
        headers: { ...contentHeaders, ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy());
    request.end(body);
  });
}
