import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type CodegenConfig, generate } from '@graphql-codegen/cli';
import config from '../../codegen';
import { writeGuideModules } from '../support/guideModules';
import { startGateway, type TestGateway, TOKEN } from '../support/startGateway';

const DOCUMENT = 'query Whoami {\n  viewer {\n    id\n    kind\n  }\n}';

let folder: string;
let manifest: Record<string, string>;
let app: TestGateway;
beforeAll(async () => {
  folder = writeGuideModules(['clients/types.md']);
  mkdirSync(path.join(folder, 'src'));
  copyFileSync(path.join(__dirname, '../../schema.graphql'), path.join(folder, 'schema.graphql'));
  writeFileSync(
    path.join(folder, 'src/whoami.ts'),
    `import { graphql } from './generated';\nexport const WHOAMI = graphql(\`${DOCUMENT}\`);\n`,
  );
  const { default: guided } = require(path.join(folder, 'codegen')) as { default: CodegenConfig };
  await generate({ ...guided, cwd: folder, silent: true }, true);
  const file = path.join(folder, 'src/generated/persisted-documents.json');
  manifest = JSON.parse(readFileSync(file, 'utf8'));
  app = await startGateway({ PERSISTED_OPERATIONS: file, PERSISTED_OPERATIONS_ONLY: 'true' });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

test('the typed documents that are committed are those that codegen writes', async () => {
  const files: { filename: string; content: string }[] = await generate({ ...config, silent: true }, false);
  expect(files.map(({ filename }) => filename).sort()).toEqual(
    ['examples/dashboard/src/generated/', 'test/generated/'].flatMap((folder) =>
      ['gql.ts', 'graphql.ts', 'index.ts'].map((name) => `${folder}${name}`),
    ),
  );
  for (const { filename, content } of files) {
    // Not a difference of 500 lines: `npm run codegen` shows it better.
    if (readFileSync(filename, 'utf8') !== content) throw new Error(`${filename} is out of date: npm run codegen`);
  }
});

test('the configuration of the guide makes types, and a manifest of the documents', () => {
  const types = readFileSync(path.join(folder, 'src/generated/graphql.ts'), 'utf8');
  expect(types).toContain('export type WhoamiQuery =');
  expect(Object.values(manifest)).toEqual([expect.stringContaining('query Whoami')]);
});

test('a gateway with that manifest runs its documents by hash or text, and no other', async () => {
  const [[hash, text] = ['', '']] = Object.entries(manifest);
  const sent = [
    { documentId: `sha256:${hash}` },
    { documentId: hash },
    { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
    { query: text },
  ];
  for (const body of sent) expect((await post(body)).data).toEqual({ viewer: expect.objectContaining({ id: 'test' }) });
  const { errors } = await post({ query: '{ viewer { id } }' });
  expect(errors).toEqual([
    expect.objectContaining({ extensions: expect.objectContaining({ code: 'PERSISTED_OPERATION_REQUIRED' }) }),
  ]);
});

async function post(body: Record<string, unknown>): Promise<{ data?: unknown; errors?: unknown[] }> {
  const response = await fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { data?: unknown; errors?: unknown[] };
}
