import { createHash } from 'node:crypto';
import { getIntrospectionQuery } from 'graphql';
import { postGraphql, startGateway, type TestGateway, TOKEN } from '../support/startGateway';

const READER = 'a-key-that-may-only-read';
const keyEntry = (name: string, key: string, scopes: string) =>
  `${name}:${createHash('sha256').update(key).digest('hex')}:${scopes}`;
const AUTH_API_KEYS = [
  keyEntry('everything', TOKEN, 'kyc:read+kyc:pii+kyc:write+kyc:admin'),
  keyEntry('reader', READER, 'kyc:read'),
].join(',');

let app: TestGateway;
let closed: TestGateway;
beforeAll(async () => {
  app = await startGateway({ AUTH_API_KEYS });
  closed = await startGateway({ AUTH_API_KEYS, INTROSPECTION: 'false' });
});
afterAll(async () => {
  await app.close();
  await closed.close();
});

/** @param authorization null sends no such header */
async function ask(query: string, authorization: string | null, of = app) {
  const headers = { 'content-type': 'application/json', ...(authorization !== null && { authorization }) };
  const body = JSON.stringify({ query });
  const response = await fetch(`${of.gateway.url}/graphql`, { method: 'POST', headers, body });
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.json() };
}

test('each key is the caller that it was given out to', async () => {
  const query = '{ viewer { id kind scopes expiresAt } }';
  expect((await ask(query, `Bearer ${READER}`)).body).toEqual({
    data: { viewer: { id: 'reader', kind: 'API_KEY', scopes: ['kyc:read'], expiresAt: null } },
  });
  expect((await ask(query, `Bearer ${TOKEN}`)).body).toMatchObject({
    data: { viewer: { id: 'everything', scopes: ['kyc:read', 'kyc:pii', 'kyc:write', 'kyc:admin'] } },
  });
});

test('the scheme is read in any case, with any number of spaces behind it', async () => {
  for (const authorization of [`bearer ${TOKEN}`, `BEARER   ${TOKEN}`]) {
    expect((await ask('{ viewer { id } }', authorization)).status).toBe(200);
  }
});

test.each([
  ['no header', null],
  ['an empty header', ''],
  ['the scheme alone', 'Bearer'],
  ['a key that nobody has', 'Bearer nobody'],
  ['a key without its last letter', `Bearer ${TOKEN.slice(0, -1)}`],
  ['a key with one letter more', `Bearer ${TOKEN}x`],
  ['a key in capitals', `Bearer ${TOKEN.toUpperCase()}`],
  ['two keys', `Bearer ${TOKEN} ${READER}`],
  ['two headers joined', `Bearer ${TOKEN}, Bearer ${READER}`],
  ['the name of a key', 'Bearer everything'],
  ['the digest of a key', `Bearer ${createHash('sha256').update(TOKEN).digest('hex')}`],
  ['what every object has', 'Bearer __proto__'],
  ['what every object has, too', 'Bearer constructor'],
  ['a key without a scheme', TOKEN],
  ['another scheme', `Basic ${Buffer.from(`everything:${TOKEN}`).toString('base64')}`],
  ['a scheme of our own', `Token ${TOKEN}`],
  ['a key of 9,000 letters', `Bearer ${'x'.repeat(9_000)}`],
])('%s opens nothing', async (_what, authorization) => {
  app.simulator.control.clearRequests();
  const answer = await ask('{ verifications { nodes { id } } }', authorization);
  expect(answer.status).toBe(401);
  expect(answer.challenge).toBe('Bearer');
  expect(answer.body).toMatchObject({
    errors: [{ message: 'A valid token is required', extensions: { code: 'UNAUTHENTICATED', retryable: false } }],
  });
  expect(app.simulator.requests()).toEqual([]);
});

test('no key shows up in the log', async () => {
  await ask('{ viewer { id } }', `Bearer ${TOKEN}`);
  await ask('{ viewer { id } }', 'Bearer a-secret-mistyped');
  const log = app.logLines().join('');
  for (const key of [TOKEN, READER, 'a-secret-mistyped']) expect(log).not.toContain(key);
});

describe('without a token, where introspection is on', () => {
  test.each([
    ['the query of the explorers', getIntrospectionQuery({ inputValueDeprecation: true })],
    ['the root type', '{ __typename }'],
    ['one type under an alias', 'query A { me: __type(name: "Query") { name } }'],
    ['several such operations', 'query A { __typename } query B { __schema { queryType { name } } }'],
  ])('%s is answered', async (_what, query) => {
    const body = JSON.stringify({ query, operationName: query.includes('query B') ? 'B' : undefined });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${app.gateway.url}/graphql`, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ data: expect.any(Object) });
  });

  test.each([
    ['a field beside the schema', '{ __typename viewer { id } }'],
    ['a field that borrows the name', '{ __typename: viewer { id } }'],
    ['a field in a fragment', '{ __typename ...A } fragment A on Query { viewer { id } }'],
    ['a field in an inline fragment', '{ __typename ... on Query { viewer { id } } }'],
    ['a field in a second operation', 'query A { __typename } query B { viewer { id } }'],
    ['a mutation', 'mutation { __typename }'],
    ['a subscription', 'subscription { __typename }'],
    ['fragments alone', 'fragment A on Query { __typename }'],
    ['what does not parse', '{ __typename'],
    ['a list of sources', ['{ __typename }'] as unknown as string],
  ])('%s is not', async (_what, query) => {
    expect((await ask(query, null)).status).toBe(401);
  });

  test('a wrong token is not better than none', async () => {
    expect((await ask('{ __typename }', 'Bearer nobody')).status).toBe(401);
  });

  test('a GET is judged by the document that would run', async () => {
    const url = `${app.gateway.url}/graphql?query=${encodeURIComponent('{ viewer { id } }')}`;
    const headers = { 'apollo-require-preflight': '1', 'content-type': 'application/json' };
    expect((await fetch(url, { headers })).status).toBe(401);
    const posted = await fetch(url.replace('viewer', '__schema'), {
      method: 'POST',
      headers,
      body: '{"query":"{viewer{id}}"}',
    });
    expect(posted.status).toBe(401);
    const doubled = await fetch(`${url.replace('viewer', '__type')}&query=${encodeURIComponent('{ viewer { id } }')}`, {
      headers,
    });
    expect(await doubled.text()).not.toContain('"viewer"');
  });
});

describe('where introspection is off', () => {
  test.each(['{ __typename }', '{ __schema { queryType { name } } }'])('%s needs a token', async (query) => {
    expect((await ask(query, null, closed)).status).toBe(401);
  });

  test('the schema is not told to anybody, and no message hints at it', async () => {
    const answer = await ask('{ __schema { queryType { name } } }', `Bearer ${TOKEN}`, closed);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }, {}] },
    });
    expect(JSON.stringify(answer.body)).not.toContain('Apollo');
    const misspelt = await ask('{ verifcation(id: "1") { id } }', `Bearer ${TOKEN}`, closed);
    expect(JSON.stringify(misspelt.body)).not.toMatch(/did you mean|"verification/i);
  });

  test('an operation is answered as ever', async () => {
    const answer = await ask('{ __typename viewer { id } }', `Bearer ${READER}`, closed);
    expect(answer.body).toEqual({ data: { __typename: 'Query', viewer: { id: 'reader' } } });
  });
});

test('with AUTH_DISABLED everybody on this machine may do everything', async () => {
  const open = await startGateway({ AUTH_DISABLED: 'true' });
  try {
    const query = '{ viewer { id kind scopes } }';
    for (const authorization of ['', 'Bearer whatever']) {
      const { data } = await postGraphql(`${open.gateway.url}/graphql`, query, {}, { authorization });
      const scopes = ['kyc:read', 'kyc:pii', 'kyc:write', 'kyc:admin'];
      expect(data.viewer).toEqual({ id: 'anyone', kind: 'USER', scopes });
    }
  } finally {
    await open.close();
  }
});
