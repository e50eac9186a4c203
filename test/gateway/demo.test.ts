import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Build, buildGateway } from '../support/gatewayProcess';
import { subscribeTo } from '../support/startGateway';

interface Demo {
  /** What it printed, once it said how to stop it. */
  readonly introduction: string;
  readonly url: string;
  /** @returns the exit code; null when it did not end by itself */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

let build: Build;
let demo: Demo;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  build = await buildGateway();
  // In the place of what `npm run build:dashboard` makes. Other test files share the folder, and have no use for it.
  mkdirSync(path.join(build.folder, 'dashboard'), { recursive: true });
  writeFileSync(path.join(build.folder, 'dashboard/index.html'), '<meta name="dataspike-token" content="">');
  demo = await startDemo();
}, 60_000);
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Rejects with what it wrote to standard error when it ends before it is ready. */
async function startDemo(port = '0'): Promise<Demo> {
  const child = spawn(process.execPath, [path.join(build.folder, 'commandLine.js'), 'demo'], { env: { PORT: port } });
  running.add(child);
  const exited = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (stdout.includes('Ctrl-C')) resolve();
    });
    exited.then((code) => reject(new Error(`exit code ${code}: ${stderr}`)));
  });
  return {
    introduction: stdout,
    url: find(stdout, /Endpoint +(\S+)\/graphql/),
    stop(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

function find(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`${pattern} is not in what the demo printed`);
  return found;
}

test('the printed curl command works as it is printed', async () => {
  const command = find(demo.introduction, /^ {2}(curl [\s\S]*?)\n\n/m);
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  const { data, errors } = JSON.parse(stdout);
  expect(errors).toBeUndefined();
  expect(data.verifications.nodes).toHaveLength(3);
  expect(data.verifications.nodes[0]).toEqual({
    id: expect.any(String),
    status: expect.any(String),
    applicant: { id: expect.any(String) },
  });
});

test('the printed subscription shows something within 10 s', async () => {
  const query = find(demo.introduction, /^ {2}(subscription \{[\s\S]*?^ {2}\})/m);
  const token = find(demo.introduction, /Token +(\S+)/);
  const client = createClient({
    url: `${demo.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  const updates = subscribeTo(client, query);
  const [first] = await updates.waitFor(1, 10_000);
  expect(first.errors).toBeUndefined();
  expect(first.data.verificationUpdated).toMatchObject({ kind: 'CHANGE', verification: { id: expect.any(String) } });
  await client.dispose();
});

test.each(['/', '/graphiql'])('%s is a page that holds the token', async (route) => {
  const response = await fetch(`${demo.url}${route}`, { headers: { accept: 'text/html' } });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(`Bearer ${find(demo.introduction, /Token +(\S+)/)}`);
});

test('the printed address of the dashboard is a page that holds the token', async () => {
  const response = await fetch(find(demo.introduction, /Live dashboard +(\S+)/));
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(`content="${find(demo.introduction, /Token +(\S+)/)}"`);
});

test('a port that is taken is said, with exit code 1', async () => {
  const message = 'The demo could not start: the port is taken; set PORT to another one\n';
  await expect(startDemo(new URL(demo.url).port)).rejects.toThrow(`exit code 1: ${message}`);
});

test('a port that is none is said, with exit code 78', async () => {
  const message = 'The configuration is not usable:\n  PORT: must be a whole number\n';
  await expect(startDemo('http')).rejects.toThrow(`exit code 78: ${message}`);
});

test('SIGTERM and Ctrl-C end it with exit code 0', async () => {
  const other = await startDemo();
  expect(await other.stop('SIGINT')).toBe(0);
  expect(await demo.stop('SIGTERM')).toBe(0);
});
