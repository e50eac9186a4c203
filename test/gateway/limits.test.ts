import { startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { askOver, WAYS } from '../support/threeWays';

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway();
});
afterAll(() => app.close());

const NESTED = 'query ($n: Int) { applicants(first: $n) { nodes { verifications(first: $n) { nodes { id } } } } }';
const DEEP = `{ verification(id: "a") { ${'applicant { latestVerification { '.repeat(6)} id ${'} }'.repeat(6)} } }`;
const ALIASES = Array.from({ length: 51 }, (_, n) => `a${n}: id`).join(' ');

const TOO_COMPLEX: readonly [limit: string, payload: Record<string, unknown>][] = [
  ['LIMIT_DEPTH is 12, and the query has 14', { query: DEEP }],
  ['LIMIT_COST is 5000, and the query has 20201', { query: NESTED, variables: { n: 100 } }],
  ['LIMIT_COST is 5000, and the query has 20201', { query: NESTED.replace('$n: Int', '$n: Int = 100') }],
  ['LIMIT_COST is 5000, and the query has 20201', { query: NESTED.replace('($n: Int)', '').replaceAll('$n', '100') }],
  ['LIMIT_ALIASES is 50, and the query has 51', { query: `{ viewer { ...A } } fragment A on Viewer { ${ALIASES} }` }],
  ['LIMIT_ROOT_FIELDS is 20, and the query has 21', { query: `{ ${'eventCursor '.repeat(21)} }` }],
  ['LIMIT_DIRECTIVES is 50, and the query has 51', { query: `{ eventCursor ${'@include(if: true) '.repeat(51)} }` }],
  ['LIMIT_TOKENS is 1000, and the document has more', { query: `{ ${'eventCursor '.repeat(1000)} }` }],
];

describe.each(WAYS)('over %s', (way) => {
  test.each(TOO_COMPLEX)('what exceeds a limit is refused before anything is read: %s', async (message, payload) => {
    app.simulator.control.clearRequests();
    const { data, errors } = await askOver(way, app, payload);
    expect(data ?? null).toBeNull();
    expect(errors?.map(({ extensions }) => extensions.code)).toContain('QUERY_TOO_COMPLEX');
    expect(errors?.map((error) => error.message)).toContain(message);
    expect(app.simulator.requests()).toEqual([]);
  });

  test('the same document runs with variables that ask for less', async () => {
    const { data, errors } = await askOver(way, app, { query: NESTED, variables: { n: 5 } });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ applicants: { nodes: expect.any(Array) } });
  });
});

test.each(['Server-Sent Events', 'WebSocket'] as const)('a subscription has the same limits over %s', async (way) => {
  const query = `subscription ($n: Int) {
    verificationUpdated { verification { applicant { verifications(first: $n) { nodes { activity(first: $n) { nodes { event } } } } } } }
  }`;
  const { errors } = await askOver(way, app, { query, variables: { n: 100 } });
  expect(errors).toMatchObject([
    {
      message: /LIMIT_COST is 5000/.exec(errors?.[0]?.message ?? '') && errors?.[0]?.message,
      extensions: { code: 'QUERY_TOO_COMPLEX', retryable: false },
    },
  ]);
  expect(app.gateway.watcherCount()).toBe(0);
});

test('a limit is what the operator says', async () => {
  const strict = await startGateway({ LIMIT_DEPTH: '2', LIMIT_TOKENS: '20', LIMIT_COST: '10' });
  try {
    for (const [query, message] of [
      ['{ verification(id: "a") { applicant { id } } }', 'LIMIT_DEPTH is 2, and the query has 3'],
      ['{ verifications(first: 10) { __typename } }', 'LIMIT_COST is 10, and the query has 11'],
      [`{ ${'eventCursor '.repeat(20)} }`, 'LIMIT_TOKENS is 20, and the document has more'],
    ] as const) {
      const answer = await strict.graphql(query);
      expect(answer.status).toBe(400);
      expect(answer.errors?.[0]).toEqual({
        message,
        extensions: { code: 'QUERY_TOO_COMPLEX', retryable: false, requestId: answer.headers.get('x-request-id') },
      });
    }
  } finally {
    await strict.close();
  }
});

test('what was registered under a hash keeps its limits with other variables', async () => {
  const { createHash } = await import('node:crypto');
  const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(NESTED).digest('hex') } };
  const send = async (payload: Record<string, unknown>) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
    const body = JSON.stringify({ extensions, ...payload });
    return (await fetch(`${app.gateway.url}/graphql`, { method: 'POST', headers, body })).json();
  };
  expect(await send({})).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
  expect(await send({ query: NESTED, variables: { n: 2 } })).toMatchObject({ data: { applicants: {} } });
  expect(await send({ variables: { n: 2 } })).toMatchObject({ data: { applicants: {} } });
  expect(await send({ variables: { n: 100 } })).toMatchObject({
    errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }],
  });
});
