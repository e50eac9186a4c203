import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '..');
const CRUISER = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = path.join(ROOT, '.dependency-cruiser.js');

/** @returns the names of the rules that are broken below `folder`/src, each once */
async function brokenRules(folder: string): Promise<string[]> {
  const options = [CRUISER, 'src', '--config', RULES, '--output-type', 'json'];
  // It ends with the number of violations.
  const run = promisify(execFile)(process.execPath, options, { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
  const { stdout } = await run.catch((failure: { stdout: string }) => failure);
  const { summary } = JSON.parse(stdout) as {
    summary: { totalCruised: number; violations: { rule: { name: string } }[] };
  };
  expect(summary.totalCruised).toBeGreaterThan(1);
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

test('imports in src go down the house, and only there', async () => {
  expect(await brokenRules(ROOT)).toEqual([]);
}, 60_000);

const empty = 'export const nothing = null;\n';
const plants: readonly [what: string, files: Record<string, string>, rule: string][] = [
  [
    'dataspike that imports graphql',
    { 'dataspike/a.ts': "import { nothing } from '../graphql/b';\nexport const a = nothing;\n", 'graphql/b.ts': empty },
    'no-way-up-from-dataspike',
  ],
  [
    'events that imports the type of webhooks alone',
    {
      'events/a.ts': "import type { B } from '../webhooks/b';\nexport type A = B;\n",
      'webhooks/b.ts': 'export type B = 1;\n',
    },
    'no-way-up-from-events',
  ],
  [
    'graphql that imports its neighbour webhooks',
    { 'graphql/a.ts': "export { nothing } from '../webhooks/b';\n", 'webhooks/b.ts': empty },
    'no-way-up-from-graphql',
  ],
  [
    'server that imports the gateway',
    { 'server/a.ts': "export { nothing } from '../gateway';\n", 'gateway.ts': empty },
    'no-way-up-from-server',
  ],
  [
    'two files that need each other',
    {
      'events/a.ts': "import { b } from './b';\nexport const a = () => b;\n",
      'events/b.ts': "import { a } from './a';\nexport const b = () => a;\n",
    },
    'no-circle',
  ],
  [
    'entities that knows axios',
    { 'entities/a.ts': "import axios from 'axios';\nexport const a = axios;\n" },
    'only-dataspike-knows-axios',
  ],
  [
    'access that reads the configuration by itself',
    { 'access/a.ts': "export { nothing } from '../config';\n", 'config.ts': empty },
    'config-and-logger-are-handed-in',
  ],
  [
    'a simulator that shares code with what it tests',
    { 'simulator/a.ts': "export { nothing } from '../dataspike/b';\n", 'dataspike/b.ts': empty },
    'the-simulator-is-an-independent-witness',
  ],
  [
    'a gateway that needs the simulator',
    { 'gateway.ts': "export { nothing } from './simulator/b';\n", 'simulator/b.ts': empty },
    'nobody-starts-the-simulator-but-the-demo',
  ],
];

test.each(plants)('%s would be noticed', async (_what, files, rule) => {
  const parent = path.join(ROOT, '.tmp');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'architecture-'));
  try {
    for (const [name, content] of Object.entries({ ...files, 'main.ts': "import './other';\n", 'other.ts': empty })) {
      const file = path.join(folder, 'src', name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    expect(await brokenRules(folder)).toContain(rule);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
