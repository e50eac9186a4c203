import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformFileSync } from '@swc/core';

const root = path.join(__dirname, '../..');
let buildFolder: string;

beforeAll(() => {
  buildFolder = mkdtempSync(path.join(tmpdir(), 'simulator-'));
  const source = path.join(root, 'src/simulator');
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const target = path.join(buildFolder, file.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(target), { recursive: true });
    const options = {
      swcrc: false,
      module: { type: 'commonjs' },
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    } as const;
    writeFileSync(target, transformFileSync(path.join(source, file), options).code);
  }
  cpSync(path.join(root, 'package.json'), path.join(buildFolder, 'package.json'));
});

afterAll(() => rmSync(buildFolder, { recursive: true }));

function start(environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [path.join(buildFolder, 'main.js')], {
    env: { PATH: process.env.PATH, NODE_PATH: path.join(root, 'node_modules'), ...environment },
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
  expect(await firstWords(child, 'stderr')).toContain('SIMULATOR_PORT must be a whole number');
  expect((await ended)[0]).toBe(1);
});
