import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildGateway } from './support/gatewayProcess';

const ROOT = path.join(__dirname, '..');
const run = promisify(execFile);
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
};

/** `INSTALL_PACKAGE=1`: packs and installs as people do, which takes the registry and a minute. */
const IS_INSTALLED = process.env.INSTALL_PACKAGE === '1';

let folder: string;
let installed: string;
/** How the program is called. */
let program: [string, ...string[]];
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'package-'));
  installed = path.join(folder, 'node_modules', manifest.name);
  const bin = path.join(installed, manifest.bin[manifest.name] ?? 'none');
  if (IS_INSTALLED) {
    const tarball = await pack(ROOT, ['--pack-destination', folder]);
    await run('npm', ['install', '--silent', '--prefix', folder, path.join(folder, tarball)]);
    program = [path.join(folder, 'node_modules/.bin', manifest.name)];
  } else {
    const checkout = await copyBuilt();
    await unpack(path.join(checkout, await pack(checkout, ['--ignore-scripts'])));
    program = [process.execPath, bin];
  }
}, 400_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** @returns the name of the tarball */
async function pack(checkout: string, options: readonly string[]): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--silent', ...options], { cwd: checkout });
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** The checkout with everything built: the gateway as other tests compile it, a stand-in for the dashboard. */
async function copyBuilt(): Promise<string> {
  const { folder: build } = await buildGateway();
  const checkout = path.join(folder, 'checkout');
  for (const name of [
    'package.json',
    'README.md',
    'LICENSE',
    'SECURITY.md',
    'schema.graphql',
    'deploy',
    'docs',
    'src',
  ]) {
    cpSync(path.join(ROOT, name), path.join(checkout, name), { recursive: true });
  }
  cpSync(build, path.join(checkout, 'dist'), { recursive: true });
  mkdirSync(path.join(checkout, 'dist/dashboard'), { recursive: true });
  writeFileSync(path.join(checkout, 'dist/dashboard/index.html'), '<title>The dashboard</title>');
  writeFileSync(path.join(checkout, 'dist/dashboard/.built-from'), '');
  writeFileSync(path.join(checkout, 'dist/commandLine.js.map'), '{}');
  return checkout;
}

/** What an install would bring is here already. What only the checkout needs stays out of sight. */
async function unpack(tarball: string): Promise<void> {
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  for (const name of Object.keys(manifest.dependencies)) {
    const place = path.join(folder, 'node_modules', name);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules', name), place);
  }
}

const filesIn = (place: string) =>
  readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(place, path.join(entry.parentPath, entry.name)));

test('the package holds what runs and what one reads, and nothing else of the checkout', () => {
  const files = filesIn(installed);
  const needed = ['package.json', 'README.md', 'LICENSE', 'schema.graphql', 'docs/configuration.md', 'dist/gateway.js'];
  expect(files).toEqual(
    expect.arrayContaining([...needed, ...Object.values(manifest.bin), 'dist/dashboard/index.html']),
  );
  const expected =
    /^(package\.json|(README|SECURITY)\.md|LICENSE|schema\.graphql|deploy\/[\w/.-]+\.(yaml|json)|docs\/[\w/-]+\.md|dist\/[\w/.-]+\.(js|d\.ts|html|css|svg))$/;
  expect(files.filter((file) => !expected.test(file))).toEqual([]);
});

test('what its page for operators names of deploy/ is in it', () => {
  const page = readFileSync(path.join(installed, 'docs/operations.md'), 'utf8');
  const named = new Set(Array.from(page.matchAll(/\]\(\.\.\/(deploy\/[\w/.-]+)\)/g), ([, file]) => file));
  expect(named.size).toBeGreaterThan(3);
  expect(filesIn(installed)).toEqual(expect.arrayContaining([...named]));
});

test('everything that its code loads is a dependency, not one of development', () => {
  const code = filesIn(path.join(installed, 'dist')).filter((file) => file.endsWith('.js'));
  const loaded = new Set<string>();
  for (const file of code) {
    const text = readFileSync(path.join(installed, 'dist', file), 'utf8');
    for (const [, name = ''] of text.matchAll(/\brequire(?:\.resolve)?\(["']([^."'][^"']*)["']\)/g)) loaded.add(name);
  }
  expect([...loaded]).toEqual(expect.arrayContaining(['graphql', '@apollo/server', '@redis/client', 'node:http']));
  const packages = [...loaded].filter((name) => !isBuiltin(name)).map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0]);
  expect(packages.filter((name) => !(name !== undefined && name in manifest.dependencies))).toEqual([]);
});

/** Runs it there, with nothing in its environment. */
function call(words: readonly string[]) {
  const [command, ...first] = program;
  return spawn(command, [...first, ...words], { cwd: folder, env: { PATH: process.env.PATH, PORT: '0' } });
}

async function finish(words: readonly string[]) {
  const child = call(words);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk) => {
      output[name] += chunk;
    });
  }
  const [exitCode] = await once(child, 'close');
  return { exitCode, ...output };
}

test('its program can be executed by itself', () => {
  const bin = path.join(installed, manifest.bin[manifest.name] ?? 'none');
  expect(readFileSync(bin, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test('its command line helps, and checks a configuration', async () => {
  const help = await finish(['--help']);
  expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Usage: dataspike-graphql <command>/) });
  const check = await finish(['check-config']);
  expect(check).toMatchObject({ exitCode: 78, stderr: expect.stringContaining('DATASPIKE_API_KEY: is required') });
}, 20_000);

test('its demo answers a query, has the dashboard, and ends with 0', async () => {
  const demo = call(['demo']);
  try {
    const exited = once(demo, 'close');
    let output = '';
    demo.stdout.on('data', (chunk) => {
      output += chunk;
    });
    while (!output.includes('Ctrl-C')) await once(demo.stdout, 'data');
    const url = /Endpoint +(\S+)\/graphql/.exec(output)?.[1];
    const token = /Token +(\S+)/.exec(output)?.[1];
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"query":"{ verifications(first: 3) { nodes { id } } }"}',
    });
    expect(await answer.json()).toEqual({
      data: { verifications: { nodes: Array(3).fill({ id: expect.any(String) }) } },
    });
    const dashboard = await fetch(`${url}/dashboard/`);
    expect(dashboard.status).toBe(200);
    expect(await dashboard.text()).toContain('<title>');
    demo.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  } finally {
    demo.kill('SIGKILL');
  }
}, 30_000);

test('a build removes what an earlier one left, but for the dashboard', async () => {
  const checkout = path.join(folder, 'earlier');
  cpSync(path.join(ROOT, 'scripts/clearBuild.mjs'), path.join(checkout, 'scripts/clearBuild.mjs'));
  const clear = () => run(process.execPath, ['scripts/clearBuild.mjs'], { cwd: checkout });
  await clear();
  for (const name of ['dist/gone.js', 'dist/room/gone.js', 'dist/dashboard/index.html']) {
    mkdirSync(path.dirname(path.join(checkout, name)), { recursive: true });
    writeFileSync(path.join(checkout, name), '');
  }
  await clear();
  expect(filesIn(path.join(checkout, 'dist'))).toEqual(['dashboard/index.html']);
});
