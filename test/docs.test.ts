import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseApiKeys } from '../src/access/apiKeys';
import { COMMANDS } from '../src/commandLine/commands';
import { VARIABLES } from '../src/configVariables';
import { withConfiguration } from '../src/printConfiguration';
import { EXAMPLE_OPERATIONS } from '../src/server/exampleOperations';
import { startGateway, subscribeTo, type TestGateway } from './support/startGateway';

const ROOT = path.join(__dirname, '..');
const CONFIGURATION = readFileSync(path.join(ROOT, 'docs/configuration.md'), 'utf8');

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway();
  app.simulator.control.seed({ applicants: 5, verifications: 20 });
});
afterAll(() => app.close());

const documents = [
  ...['README.md', ...markdownIn('docs')].flatMap((file) =>
    blocks(readFileSync(path.join(ROOT, file), 'utf8'), 'graphql').map(
      (source) => [file, firstLine(source), source] as const,
    ),
  ),
  ...EXAMPLE_OPERATIONS.map((source) => ['the explorers', firstLine(source), source] as const),
];

test.each(documents)('in %s, "%s" runs as it stands', async (_file, _title, text) => {
  // Nothing is delivered to somebody else's host.
  const source = text.replaceAll('https://kyc.example.com', app.gateway.url);
  if (source.startsWith('subscription')) {
    const updates = subscribeTo(app.webSocketClient(), source);
    const results = updates.waitFor(1);
    // The subscription may not be attached yet; something happens until it hears of it.
    const happening = setInterval(
      () => void app.graphql('mutation { createVerification(input: {}) { userErrors { code } } }'),
      50,
    );
    const [first] = await results.finally(() => clearInterval(happening));
    expect(first.errors).toBeUndefined();
    updates.stop();
    return;
  }
  const { status, data, errors } = await app.graphql(source);
  expect(errors).toBeUndefined();
  expect(status).toBe(200);
  for (const payload of Object.values(data) as { userErrors?: unknown[] }[])
    expect(payload?.userErrors ?? []).toEqual([]);
});

test('the configuration reference is what the code reads; `npm run docs:config` renews it', () => {
  expect(withConfiguration(CONFIGURATION)).toBe(CONFIGURATION);
});

test('every variable of the reference says what it means', () => {
  const rows = [...CONFIGURATION.matchAll(/^\| `([A-Z_]+)` \|.+\| (.+) \|$/gm)];
  expect(rows.map(([, name]) => name)).toEqual(Object.keys(VARIABLES));
  for (const [, name, meaning] of rows) expect([name, meaning]).toEqual([name, expect.stringMatching(/\w{3}/)]);
  expect(CONFIGURATION).not.toContain('undefined');
});

test('the reference shows how to make an entry of AUTH_API_KEYS', () => {
  const source = blocks(CONFIGURATION, 'sh').find((block) => block.includes('sha256sum'));
  const entry = execFileSync('sh', ['-c', source ?? 'false'], { encoding: 'utf8' }).trim();
  expect(parseApiKeys([entry])).toEqual([
    expect.objectContaining({ name: 'dashboard', scopes: ['kyc:read', 'kyc:pii'] }),
  ]);
});

/** Where the blocks of a page are run that need variables, or something to talk to. */
const RUN_BY: Readonly<Record<string, string>> = {
  'docs/access.md': 'test/gateway/accessDocs.test.ts',
  'docs/errors.md': 'test/gateway/errorsDocs.test.ts',
  'docs/federation.md': 'test/gateway/federation.test.ts',
  'docs/from-rest.md': 'test/gateway/fromRest.test.ts',
  'docs/clients/apollo-client.md': 'test/gateway/clientGuides.test.ts',
  'docs/clients/live.md': 'test/gateway/clientGuides.test.ts',
  'docs/clients/relay.md': 'test/gateway/clientGuides.test.ts',
  'docs/clients/types.md': 'test/gateway/codegen.test.ts',
  'docs/clients/urql.md': 'test/gateway/clientGuides.test.ts',
};

test('no page shows GraphQL, JavaScript or TypeScript that no test runs', () => {
  const pages = ['README.md', ...markdownIn('docs')].filter((page) =>
    /^```(gql|js|ts|tsx)$/m.test(readFileSync(path.join(ROOT, page), 'utf8')),
  );
  expect(pages.toSorted()).toEqual(Object.keys(RUN_BY).toSorted());
  for (const [page, file] of Object.entries(RUN_BY)) {
    const name = path.basename(page, '.md');
    expect([page, readFileSync(path.join(ROOT, file), 'utf8').includes(name)]).toEqual([page, true]);
  }
});

test('every npm command that the documents name exists', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const texts = ['README.md', 'ARCHITECTURE.md', ...markdownIn('docs')].map((file) =>
    readFileSync(path.join(ROOT, file), 'utf8'),
  );
  const named = texts.flatMap((text) => [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? ''));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('every command of the command line that the documents name exists', () => {
  const known = COMMANDS.map(({ name }) => name.split(' ')[0]);
  const texts = ['README.md', 'ARCHITECTURE.md', ...markdownIn('docs')].map((file) =>
    readFileSync(path.join(ROOT, file), 'utf8'),
  );
  const named = texts.flatMap((text) =>
    [...text.matchAll(/(?:commandLine\.js|`dataspike-graphql) ([a-z][a-z-]*)/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([]);
});

test('every file that the documents link to exists', () => {
  for (const file of ['README.md', 'ARCHITECTURE.md', ...markdownIn('docs')]) {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      expect(() => readFileSync(path.join(ROOT, path.dirname(file), target))).not.toThrow();
    }
  }
});

function markdownIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));
}

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, source]) => source ?? '');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
