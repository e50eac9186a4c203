import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { sendRaw } from '../support/rawHttp';
import { startGateway, type TestGateway, TOKEN } from '../support/startGateway';

const LIMIT_BYTES = 262_144;

let app: TestGateway;
let endpoint: string;
beforeAll(async () => {
  app = await startGateway();
  endpoint = `${app.gateway.url}/graphql`;
});
afterAll(() => app.close());

function post(body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  const sent = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers };
  return fetch(endpoint, { method: 'POST', headers: sent, body: new Uint8Array(Buffer.from(body)) });
}

const json = (request: unknown) => JSON.stringify(request);
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const twoOperations = 'query A { __typename } query B { __typename }';
const byId = 'query ($id: ID!) { verification(id: $id) { id } }';
const withSettings =
  'mutation ($s: JSON) { createProfile(input: { name: "deep", settings: $s }) { userErrors { code } } }';

const refused: readonly [what: string, body: string, status: number, code: string][] = [
  ['malformed JSON', '{"query": ', 400, 'BAD_REQUEST'],
  ['nothing', '', 400, 'BAD_REQUEST'],
  ['null', 'null', 400, 'BAD_REQUEST'],
  ['a string', '"{ __typename }"', 400, 'BAD_REQUEST'],
  ['an object without a query', '{}', 400, 'BAD_REQUEST'],
  ['a batch', json([{ query: '{ __typename }' }, { query: '{ __typename }' }]), 400, 'BAD_REQUEST'],
  ['an empty batch', '[]', 400, 'BAD_REQUEST'],
  ['a query that is no string', json({ query: { a: 1 } }), 400, 'BAD_REQUEST'],
  ['variables that are a list', json({ query: byId, variables: [1] }), 400, 'BAD_REQUEST'],
  ['variables that are a string', json({ query: byId, variables: '{"id":"1"}' }), 400, 'BAD_REQUEST'],
  ['a document that does not parse', json({ query: '{ verification(' }), 400, 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', json({ query: '{ verifications { total } }' }), 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['an unknown argument', json({ query: '{ verification(uuid: "1") { id } }' }), 400, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'a wrong literal',
    json({ query: '{ verifications(first: "x") { nodes { id } } }' }),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a circle of fragments', json({ query: '{ ...A } fragment A on Query { ...A }' }), 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['an unknown operation', json({ query: twoOperations, operationName: 'C' }), 400, 'OPERATION_RESOLUTION_FAILURE'],
  ['no choice between operations', json({ query: twoOperations }), 400, 'OPERATION_RESOLUTION_FAILURE'],
  ['a missing variable', json({ query: byId }), 400, 'BAD_USER_INPUT'],
  ['a variable of a wrong type', json({ query: byId, variables: { id: { a: 1 } } }), 400, 'BAD_USER_INPUT'],
  [
    'a document 10,000 levels deep',
    json({ query: `${'{ a '.repeat(10_000)}${'}'.repeat(10_000)}` }),
    400,
    'QUERY_TOO_COMPLEX',
  ],
  ['lists 10,000 levels deep in a document', json({ query: `{ a(b: ${nested(10_000)}) }` }), 400, 'QUERY_TOO_COMPLEX'],
  ['a document of 5,000 fields', json({ query: `{ ${'__typename '.repeat(5_000)} }` }), 400, 'QUERY_TOO_COMPLEX'],
  ['a body 100,000 levels deep', nested(100_000), 400, 'BAD_REQUEST'],
  [
    'a variable 100,000 levels deep',
    `{"query":${json(withSettings)},"variables":{"s":${nested(100_000)}}}`,
    400,
    'QUERY_TOO_COMPLEX',
  ],
  [
    'a scalar 100,000 levels deep',
    `{"query":${json(byId)},"variables":{"id":${nested(100_000)}}}`,
    400,
    'QUERY_TOO_COMPLEX',
  ],
  [
    'a literal 100 levels deep',
    json({ query: withSettings.replace('$s }', `{ a: ${nested(100)} } }`).replace('($s: JSON)', '') }),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['more than the limit', json({ query: '{ __typename }', padding: ' '.repeat(LIMIT_BYTES) }), 413, 'BAD_REQUEST'],
];

test.each(refused)('%s is refused with the right code, and nothing from inside', async (_what, body, status, code) => {
  const response = await post(body);
  const text = await response.text();
  const { errors, data } = JSON.parse(text);
  expect(response.status).toBe(status);
  expect(data).toBeUndefined();
  for (const { extensions } of errors) expect(extensions).toMatchObject({ code, retryable: false });
  for (const { extensions } of errors) expect(extensions.requestId).toBe(response.headers.get('x-request-id'));
  for (const secret of [app.simulator.apiKey, new URL(app.simulator.url).host, TOKEN])
    expect(text).not.toContain(secret);
  expect(text).not.toMatch(/stack|node_modules|\.[jt]s:\d/);
});

test('what was refused is no failure of ours: nothing is logged as an error', async () => {
  for (const [, body] of refused) await post(body);
  expect(app.logLines().filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
});

test.each([
  ['', 415],
  ['text/plain', 415],
  ['application/graphql', 415],
  ['application/x-www-form-urlencoded', 415],
  ['multipart/form-data; boundary=x', 415],
  ['application/jsonp', 415],
  ['APPLICATION/JSON ; charset=UTF-8', 200],
])('the content type %j is answered %i', async (contentType, status) => {
  expect((await post(json({ query: '{ __typename }' }), { 'content-type': contentType })).status).toBe(status);
});

test.each([
  ['gzip', gzipSync, 200],
  ['deflate', deflateSync, 200],
  ['br', brotliCompressSync, 200],
  ['gzip', (body: Buffer) => body, 400],
  ['gzip', (body: Buffer) => gzipSync(body).subarray(0, -9), 400],
  ['gzip, gzip', gzipSync, 415],
  ['zstd', (body: Buffer) => body, 415],
])('an encoded body (%s) is read when it can be, else refused', async (encoding, encode, status) => {
  const response = await post(encode(Buffer.from(json({ query: '{ __typename }' }))), { 'content-encoding': encoding });
  expect(response.status).toBe(status);
});

test.each([
  // 100 members of 1 MiB each, in 100 KB.
  ['gzip', Buffer.concat(Array.from({ length: 100 }, () => gzipSync(Buffer.alloc(1_048_576, ' '))))],
  ['br', brotliCompressSync(Buffer.alloc(104_857_600, ' '))],
])('a %s bomb of 100 MiB is cut off at flat memory', async (encoding, bomb) => {
  expect(bomb.length).toBeLessThan(LIMIT_BYTES);
  global.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  let most = before;
  let isAnswered = false;
  const answer = post(bomb, { 'content-encoding': encoding }).finally(() => {
    isAnswered = true;
  });
  while (!isAnswered) {
    most = Math.max(most, process.memoryUsage().arrayBuffers);
    await setImmediate();
  }
  expect((await answer).status).toBe(413);
  expect(most - before).toBeLessThan(16_000_000);
});

function* trickle(head: string, piece: string): Generator<string> {
  yield `POST /graphql HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${TOKEN}\r\n${head}\r\n\r\n`;
  for (let sent = 0; sent < 400; sent += 1) yield piece;
}

test.each([
  ['that announces its length', 'content-length: 4000000', ' '.repeat(10_000)],
  ['of chunks', 'transfer-encoding: chunked', `2710\r\n${' '.repeat(10_000)}\r\n`],
])('a trickled body %s is cut off at the limit, not read to its end', async (_what, framing, piece) => {
  const answer = await sendRaw(endpoint, trickle(`content-type: application/json\r\n${framing}`, piece), 1);
  expect(answer.status).toBe(413);
  expect(answer.text).toMatch(/^connection: close\r$/im);
  expect(answer.sentBytes).toBeLessThan(2 * LIMIT_BYTES);
});

test('a body of the right length in many pieces is whole', async () => {
  const body = json({ query: '{ __typename }', padding: randomUUID() });
  const pieces = [...body].map((letter) => `1\r\n${letter}\r\n`);
  const head =
    'POST /graphql HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\ncontent-type: application/json\r\n' +
    `authorization: Bearer ${TOKEN}\r\ntransfer-encoding: chunked\r\n\r\n`;
  const answer = await sendRaw(endpoint, [head, ...pieces, '0\r\n\r\n'], 1);
  expect(answer.text).toContain('{"data":{"__typename":"Query"}}');
});
