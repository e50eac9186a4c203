import { openAcknowledged } from '../support/protocolSocket';
import { startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { askOver, WAYS } from '../support/threeWays';

const LISTED = 'https://app.example.com';

let app: TestGateway;
let production: TestGateway;
beforeAll(async () => {
  app = await startGateway({ CORS_ORIGINS: LISTED });
  production = await startGateway({ DATASPIKE_ENVIRONMENT: 'production', PUBLIC_URL: 'https://kyc.example.com' });
});
afterAll(async () => {
  await app.close();
  await production.close();
});

const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
};

function post(of: TestGateway, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${of.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
    body: JSON.stringify(body),
  });
}

test.each([
  ['an answer', '/graphql?query={eventCursor}'],
  ['a refusal', '/graphql?query={nothing}'],
  ['a foreign path', '/nothing'],
  ['health', '/livez'],
  ['the webhooks', '/webhooks/dataspike'],
])('%s has every security header', async (_what, target) => {
  const { headers } = await fetch(`${app.gateway.url}${target}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(Object.fromEntries(headers)).toMatchObject(COMMON);
  expect(headers.get('strict-transport-security')).toBeNull();
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('server')).toBeNull();
});

test('where the public address is https, browsers are told to stay with it', async () => {
  const { headers } = await fetch(`${production.gateway.url}/livez`);
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
});

test.each(['/', '/graphiql'])(
  'the explorer at %s may run its scripts, and only its own origin may frame it',
  async (target) => {
    const response = await fetch(`${app.gateway.url}${target}`, { headers: { accept: 'text/html' } });
    await response.text();
    const { headers } = response;
    expect(headers.get('content-type')).toContain('text/html');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  },
);

test('in production there is no explorer', async () => {
  for (const target of ['/', '/graphiql']) {
    expect((await fetch(`${production.gateway.url}${target}`, { headers: { accept: 'text/html' } })).status).toBe(404);
  }
  const visit = await fetch(`${production.gateway.url}/graphql`, { headers: { accept: 'text/html' } });
  expect(visit.headers.get('content-type')).not.toContain('text/html');
});

describe.each(WAYS)('in production, over %s,', (way) => {
  test('the schema is not told', async () => {
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Query") { name } }']) {
      const { data, errors } = await askOver(way, production, { query });
      expect(data ?? null).toBeNull();
      expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    }
  });

  test.each([
    ['a field', { query: '{ verifcation(id: "a") { id } }' }],
    ['an argument', { query: '{ verification(idd: "a") { id } }' }],
    ['a type', { query: '{ ...A } fragment A on Quer { eventCursor }' }],
    ['a member of an enum', { query: '{ verifications(filter: { statuses: [VERIFED] }) { nodes { id } } }' }],
    ['a field of an input', { query: '{ verifications(filter: { statusses: [VERIFIED] }) { nodes { id } } }' }],
    [
      'a member of an enum in a variable',
      {
        query: 'query ($f: VerificationFilter) { verifications(filter: $f) { nodes { id } } }',
        variables: { f: { statuses: ['VERIFED'] } },
      },
    ],
    [
      'a field of a variable',
      {
        query: 'query ($f: VerificationFilter) { verifications(filter: $f) { nodes { id } } }',
        variables: { f: { statusses: ['VERIFIED'] } },
      },
    ],
    [
      'a member of an enum in a variable of a subscription',
      {
        query: 'subscription ($s: [VerificationStatus!]) { verificationUpdated(statuses: $s) { cursor } }',
        variables: { s: ['VERIFED'] },
      },
    ],
  ])('a misspelt name of %s is not put right', async (_what, payload) => {
    const { errors } = await askOver(way, production, payload);
    expect(errors?.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toMatch(/did you mean/i);
  });
});

test('a page of another origin cannot read an answer, a listed one can', async () => {
  const allowed = async (origin: string) =>
    (await post(app, { query: '{ eventCursor }' }, { origin })).headers.get('access-control-allow-origin');
  expect(await allowed(LISTED)).toBe(LISTED);
  for (const origin of ['https://evil.example.com', `${LISTED}.evil.com`, 'null', 'http://app.example.com']) {
    expect(await allowed(origin)).toBeNull();
  }
  const exposed = (await post(app, { query: '{ eventCursor }' }, { origin: LISTED })).headers;
  expect(exposed.get('access-control-expose-headers')).toBe('x-request-id,retry-after,ratelimit,ratelimit-policy');
  expect(exposed.get('access-control-allow-credentials')).toBeNull();
});

test('the socket of a page of another origin is refused', async () => {
  await expect(openAcknowledged(app.gateway.url, { origin: 'https://evil.example.com' })).rejects.toThrow('403');
  const socket = await openAcknowledged(app.gateway.url, { origin: LISTED });
  socket.socket.close();
});

test.each([
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['a multipart form', { 'content-type': 'multipart/form-data; boundary=x' }],
  ['plain text', { 'content-type': 'text/plain' }],
])('what a page can send without asking first runs nothing: %s', async (_what, headers) => {
  const response = await post(app, { query: '{ eventCursor }' }, { ...headers, origin: 'https://evil.example.com' });
  expect(response.status).toBe(415);
});

test('a GET that a page can send without asking first runs nothing', async () => {
  const open = await startGateway({ AUTH_DISABLED: 'true' });
  try {
    const response = await fetch(`${open.gateway.url}/graphql?query={eventCursor}`);
    expect(response.status).toBe(400);
    expect(await response.json()).not.toHaveProperty('data');
  } finally {
    await open.close();
  }
});

test.each(['<script>', 'a b', 'ä', 'x'.repeat(101), '{"a":1}'])(
  'a request id like %s is not taken over',
  async (id) => {
    const response = await post(
      app,
      { query: '{ eventCursor }' },
      { 'x-request-id': encodeURI(id) === id ? id : 'a b' },
    );
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  },
);
