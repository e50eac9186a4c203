import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseCommand, parseDockerfile } from '../support/dockerfile';
import { buildGateway } from '../support/gatewayProcess';
import { canIsolate, isolated, userOf } from '../support/sandbox';
import { eventually } from '../support/startGateway';

const ROOT = path.join(__dirname, '../..');
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: { build: string; start: string };
};
const stages = parseDockerfile(readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8'));
const image = stages.at(-1) ?? [];
const restOf = (word: string) => image.find((instruction) => instruction.word === word)?.rest ?? '';

test('the image is built in stages, of which the last has neither compiler nor package manager at work', () => {
  expect(stages.length).toBeGreaterThan(1);
  expect(image.filter(({ word }) => word === 'RUN')).toEqual([]);
  for (const [from] of stages) expect(from?.rest).toMatch(/^node:20-bookworm-slim( AS \w+)?$/);
  const installs = stages.flat().filter(({ rest }) => rest.includes('npm ci'));
  expect(installs.map(({ rest }) => rest.includes('--omit=dev'))).toEqual([false, true]);
});

test('nothing of OpenTelemetry is loaded unless somebody wants traces', async () => {
  const { folder } = await buildGateway();
  const script = `require('./gateway.js');
    console.log(Object.keys(require.cache).filter((file) => file.includes('@opentelemetry')).join(' '));
    require('./telemetry/openTelemetry.js');
    console.log(Object.keys(require.cache).filter((file) => file.includes('@opentelemetry')).join(' '));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', script], { cwd: folder });
  const [before = '', after = ''] = stdout.split('\n');
  expect(before).toBe('');
  expect(after).toContain('@opentelemetry/sdk-trace-base/');
});

test('the image is not root, says so in numbers, and its command gets the signal itself', () => {
  expect(restOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  expect(restOf('STOPSIGNAL')).toBe('SIGTERM');
  expect(parseCommand(restOf('CMD')).join(' ')).toBe(scripts.start);
});

test('everything that is copied exists, and .dockerignore lets it through', () => {
  const allowed = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8').match(/(?<=^!).+$/gm) ?? [];
  const sources = stages
    .flat()
    .filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from='))
    .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));
  for (const source of sources) {
    expect(existsSync(path.join(ROOT, source))).toBe(true);
    expect(allowed).toContain(source);
  }
  // What `npm run build` names.
  for (const needed of scripts.build.match(/\S+\.(mjs|json)/g) ?? []) expect(sources).toContain(needed);
});

/** What the image holds at run time, without Docker: the compiled gateway and its dependencies, read-only, and no root. */
const describeIsolated = canIsolate() ? describe : describe.skip;
describeIsolated('the command of the image, on a file system that cannot be written to', () => {
  const environment = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    DATASPIKE_API_KEY: 'key',
    // Nobody is there; the gateway starts and is ready all the same.
    DATASPIKE_BASE_URL: 'http://127.0.0.1:9',
    WEBHOOK_ALLOW_UNSIGNED: 'true',
    AUTH_DISABLED: 'true',
    HOST: '127.0.0.1',
    PORT: '0',
  };
  let places: [string, string, string];
  let child: ChildProcess;
  let output = '';
  let url: string;
  beforeAll(async () => {
    const { folder } = await buildGateway();
    // Made by mkdtemp, for its owner alone.
    chmodSync(folder, 0o755);
    const app = mkdtempSync(path.join(tmpdir(), 'image-'));
    chmodSync(app, 0o755);
    for (const name of ['dist', 'node_modules']) mkdirSync(path.join(app, name));
    places = [folder, path.join(ROOT, 'node_modules'), app];
  });
  afterAll(() => {
    rmSync(places[2], { recursive: true });
  });
  beforeEach(start);
  afterEach(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  async function start(): Promise<void> {
    const [command = '', ...args] = isolated(places, parseCommand(restOf('CMD')));
    output = '';
    child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    const exited = once(child, 'exit').then(() => Promise.reject(new Error(`It did not start: ${output}`)));
    exited.catch(() => undefined);
    const listening = eventually(() => output.includes('"listening"'), 20_000);
    await Promise.race([listening, exited]);
    url = `http://127.0.0.1:${/"port":(\d+),"msg":"listening"/.exec(output)?.[1]}`;
  }

  async function stop(): Promise<number> {
    const startedAt = performance.now();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    return performance.now() - startedAt;
  }

  test('runs as somebody else than root, is healthy, answers, and notices that it is not there any more', async () => {
    expect(userOf(child.pid ?? 0)).toBeGreaterThan(0);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ viewer { id } }"}',
    });
    expect(await answer.json()).toMatchObject({ data: { viewer: expect.anything() } });
    const [command = '', ...args] = parseCommand(restOf('HEALTHCHECK'));
    const check = () =>
      promisify(execFile)(command, args, { env: { PATH: process.env.PATH, PORT: new URL(url).port } });
    await check();
    await stop();
    await expect(check()).rejects.toMatchObject({ code: 1 });
  });

  test('is gone within a second of SIGTERM when it is idle', async () => {
    const timesMs = [await stop()];
    // A busy machine makes one late; three late ones are ours.
    while (Math.min(...timesMs) >= 1_000 && timesMs.length < 3) {
      await start();
      timesMs.push(await stop());
    }
    expect(Math.min(...timesMs)).toBeLessThan(1_000);
  });
});
