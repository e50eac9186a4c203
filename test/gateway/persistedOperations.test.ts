import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { ConfigError, parseConfig } from '../../src/config';
import { startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { askOver, WAYS } from '../support/threeWays';

const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
const VIEWER = 'query Viewer { viewer { id } }';
const ONE = 'query One($id: ID!) { verification(id: $id) { id } }';
const WATCH = 'subscription Watch { verificationUpdated(verificationId: "none") { cursor } }';
const SHA256 = hash('sha256', VIEWER);
const SHA1 = hash('sha1', ONE);
const persistedQuery = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

let folder: string;
let manifest: string;
let open: TestGateway;
let only: TestGateway;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'manifest-'));
  manifest = path.join(folder, 'persisted.json');
  writeFileSync(manifest, JSON.stringify({ [SHA256]: VIEWER, [SHA1]: ONE, [hash('sha256', WATCH)]: WATCH }));
  open = await startGateway({ PERSISTED_OPERATIONS: manifest });
  only = await startGateway({ PERSISTED_OPERATIONS: manifest, PERSISTED_OPERATIONS_ONLY: 'true' });
});
afterAll(async () => {
  await open.close();
  await only.close();
  rmSync(folder, { recursive: true });
});

const REQUIRED = [
  {
    message: 'Only the operations of the manifest are accepted',
    extensions: { code: 'PERSISTED_OPERATION_REQUIRED', retryable: false, requestId: expect.any(String) },
  },
];

describe.each(WAYS)('over %s', (way) => {
  test.each([
    ['the hash that Apollo sends', { extensions: persistedQuery(SHA256) }],
    ['documentId', { documentId: SHA256 }],
    ['documentId with its algorithm', { documentId: `sha256:${SHA256}` }],
    ['id', { id: SHA256 }],
  ])('a trusted document is run by %s', async (_name, payload) => {
    for (const app of [open, only]) {
      expect(await askOver(way, app, payload)).toEqual({ data: { viewer: { id: 'test' } } });
    }
  });

  test('a trusted document takes variables, and a SHA-1 as the client preset makes it', async () => {
    const payload = { documentId: SHA1, variables: { id: 'none' } };
    expect(await askOver(way, only, payload)).toEqual({ data: { verification: null } });
    expect(await askOver(way, only, { documentId: SHA1 })).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test.each([
    ['a document that is not trusted', { query: '{ viewer { id kind } }' }],
    [
      'a document beside a foreign hash',
      { query: '{ viewer { kind } }', extensions: persistedQuery(hash('sha256', '{ viewer { kind } }')) },
    ],
    ['an unknown id', { documentId: 'nobody' }],
    ['the name of what every object has', { documentId: '__proto__' }],
    ['the schema', { query: getIntrospectionQuery() }],
    ['a mutation', { query: 'mutation { deleteApplicant(input: { applicantId: "a" }) { userErrors { code } } }' }],
    ['a subscription', { query: 'subscription { verificationUpdated { cursor } }' }],
    ['what does not even parse', { query: '{' }],
  ])('where only trusted documents run, this is refused: %s', async (_name, payload) => {
    expect(await askOver(way, only, payload)).toEqual({ errors: REQUIRED });
  });

  test('a document that comes with the name of a trusted one is not looked at', async () => {
    const payload = { query: '{ viewer { kind } }', extensions: persistedQuery(SHA256) };
    expect(await askOver(way, only, payload)).toEqual({ data: { viewer: { id: 'test' } } });
  });

  test('the very text of a trusted document is as good as its name', async () => {
    expect(await askOver(way, only, { query: VIEWER })).toEqual({ data: { viewer: { id: 'test' } } });
  });

  test('an id that nobody knows is told, where other documents run as well', async () => {
    expect(await askOver(way, open, { documentId: 'nobody' })).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
    expect(await askOver(way, open, { query: '{ viewer { kind } }' })).toMatchObject({ data: { viewer: {} } });
  });
});

test('a trusted document is run by GET as well', async () => {
  for (const [name, value] of [
    ['documentId', SHA256],
    ['id', SHA256],
    ['extensions', JSON.stringify(persistedQuery(SHA256))],
  ] as const) {
    const url = `${only.gateway.url}/graphql?${new URLSearchParams({ [name]: value })}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(await response.json()).toEqual({ data: { viewer: { id: 'test' } } });
  }
});

test('nobody registers a document where only trusted ones run', async () => {
  const text = '{ viewer { kind } }';
  const payload = { query: text, extensions: persistedQuery(hash('sha256', text)) };
  expect(await askOver('HTTP', only, payload)).toEqual({ errors: REQUIRED });
  expect(await askOver('HTTP', only, { extensions: payload.extensions })).toEqual({ errors: REQUIRED });
});

test.each([
  ['is not there', null, 'PERSISTED_OPERATIONS: cannot be read'],
  ['is no JSON', '{', 'PERSISTED_OPERATIONS: is not JSON'],
  ['is a list', '[]', 'PERSISTED_OPERATIONS: must be an object of hash to document'],
  ['is empty', '{}', 'PERSISTED_OPERATIONS: has no operation in it'],
  ['has another value', '{"a":1}', 'PERSISTED_OPERATIONS: entry 1 is not a document'],
  ['has what does not parse', '{"a":"{ viewer"}', 'PERSISTED_OPERATIONS: entry 1 is not a document'],
  ['has another name', '{"a b":"{ viewer { id } }"}', 'PERSISTED_OPERATIONS: entry 1 is not named by a hash'],
])('a manifest that %s is a fault of the configuration', (_what, text, problem) => {
  const file = path.join(folder, 'faulty.json');
  if (text === null) rmSync(file, { force: true });
  else writeFileSync(file, text);
  expect(problemsWith({ PERSISTED_OPERATIONS: file })).toEqual([problem]);
});

test('to refuse all documents is a fault of the configuration', () => {
  expect(problemsWith({ PERSISTED_OPERATIONS_ONLY: 'true' })).toEqual([
    'PERSISTED_OPERATIONS_ONLY: needs a manifest in PERSISTED_OPERATIONS',
  ]);
});

function problemsWith(environment: Record<string, string>): readonly string[] {
  try {
    parseConfig({
      DATASPIKE_API_KEY: 'a',
      WEBHOOK_ALLOW_UNSIGNED: 'true',
      AUTH_DISABLED: 'true',
      HOST: '127.0.0.1',
      ...environment,
    });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
