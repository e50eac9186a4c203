import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type Build, buildGateway } from '../support/gatewayProcess';

let build: Build;
beforeAll(async () => {
  build = await buildGateway();
}, 60_000);

function start(environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [path.join(build.folder, 'commandLine.js'), 'simulator'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function firstWords(child: ChildProcess, stream: 'stdout' | 'stderr'): Promise<string> {
  const [chunk] = await once(child[stream] as NonNullable<ChildProcess['stdout']>, 'data');
  return String(chunk);
}

test('the process prints its URL and key, refuses a taken port, and ends with 0 on SIGTERM', async () => {
  const child = start({ SIMULATOR_PORT: '0', SIMULATOR_API_KEY: 'other-key' });
  const words = await firstWords(child, 'stdout');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(words)?.[0] ?? '';
  expect(words).toContain('other-key');
  expect((await fetch(`${url}/api/v3/profiles`, { headers: { 'ds-api-token': 'other-key' } })).status).toBe(200);

  const second = start({ SIMULATOR_PORT: new URL(url).port });
  const ended = once(second, 'exit');
  expect(await firstWords(second, 'stderr')).toContain('the port is taken');
  expect((await ended)[0]).toBe(1);

  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

test('a setting that is no number is an error by its name', async () => {
  const child = start({ SIMULATOR_PORT: 'four thousand' });
  const ended = once(child, 'exit');
  expect(await firstWords(child, 'stderr')).toContain('SIMULATOR_PORT: must be a whole number');
  expect((await ended)[0]).toBe(78);
});
