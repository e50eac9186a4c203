import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '..');
const CRUISER = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = path.join(ROOT, '.dependency-cruiser.js');

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** @returns every import below `folder`/src that a rule forbids */
async function findViolations(folder: string): Promise<readonly Violation[]> {
  const options = [CRUISER, 'src', '--config', RULES, '--output-type', 'json'];
  // It ends with the number of violations.
  const run = promisify(execFile)(process.execPath, options, { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
  const { stdout } = await run.catch((failure: { stdout: string }) => failure);
  const { summary } = JSON.parse(stdout) as { summary: { totalCruised: number; violations: Violation[] } };
  expect(summary.totalCruised).toBeGreaterThan(1);
  return summary.violations;
}

test('imports in src go down the house, and only there', async () => {
  expect(await findViolations(ROOT)).toEqual([]);
}, 60_000);

const empty = 'export const nothing = null;\n';

/** What would break a rule each, in one house: the file that imports wrongly, what it holds, and the rule. */
const plants: readonly [what: string, file: string, content: string, rule: string][] = [
  [
    'dataspike that imports graphql',
    'dataspike/a.ts',
    "import { nothing } from '../graphql/c';\nexport const a = nothing;\n",
    'no-way-up-from-dataspike',
  ],
  [
    'events that imports the type of webhooks alone',
    'events/a.ts',
    "import type { B } from '../webhooks/b';\nexport type A = B;\n",
    'no-way-up-from-events',
  ],
  [
    'graphql that imports its neighbour webhooks',
    'graphql/a.ts',
    "export type { B } from '../webhooks/b';\n",
    'no-way-up-from-graphql',
  ],
  [
    'server that imports the gateway',
    'server/a.ts',
    "export { nothing } from '../gateway';\n",
    'no-way-up-from-server',
  ],
  [
    'two files that need each other',
    'events/b.ts',
    "import { c } from './c';\nexport const b = () => c;\n",
    'no-circle',
  ],
  [
    'entities that knows axios',
    'entities/a.ts',
    "import axios from 'axios';\nexport const a = axios;\n",
    'only-dataspike-knows-axios',
  ],
  [
    'a server that counts by itself',
    'server/c.ts',
    "import { Counter } from 'prom-client';\nexport const c = Counter;\n",
    'only-telemetry-knows-its-libraries',
  ],
  [
    'access that reads the configuration by itself',
    'access/a.ts',
    "export { nothing } from '../config';\n",
    'config-and-logger-are-handed-in',
  ],
  [
    'a simulator that shares code with what it tests',
    'simulator/a.ts',
    "export { nothing } from '../dataspike/b';\n",
    'the-simulator-is-an-independent-witness',
  ],
  [
    'a gateway that needs the simulator',
    'gateway.ts',
    "export { nothing } from './simulator/b';\n",
    'nobody-starts-the-simulator-but-a-command',
  ],
];

/** What they import. */
const imported: Readonly<Record<string, string>> = {
  'main.ts': "import './config';\n",
  'config.ts': empty,
  'dataspike/b.ts': empty,
  'events/c.ts': "import { b } from './b';\nexport const c = () => b;\n",
  'graphql/c.ts': empty,
  'simulator/b.ts': empty,
  'webhooks/b.ts': 'export type B = 1;\n',
};

describe('what would break the house', () => {
  let folder: string;
  let violations: readonly Violation[];
  beforeAll(async () => {
    const parent = path.join(ROOT, '.tmp');
    mkdirSync(parent, { recursive: true });
    folder = mkdtempSync(path.join(parent, 'architecture-'));
    const files = { ...imported, ...Object.fromEntries(plants.map(([, file, content]) => [file, content])) };
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(folder, 'src', name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    violations = await findViolations(folder);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(plants)('%s would be noticed', (_what, file, _content, rule) => {
    const broken = violations.filter(({ from }) => from === `src/${file}`).map((violation) => violation.rule.name);
    expect(broken).toEqual([rule]);
  });

  test('and nothing else', () => {
    const guilty = new Set(violations.map(({ from }) => from.replace('src/', '')));
    // The other side of the circle.
    expect([...guilty].filter((file) => file !== 'events/c.ts').sort()).toEqual(plants.map(([, file]) => file).sort());
  });
});
