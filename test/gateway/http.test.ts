import { serverAudits } from 'graphql-http';
import { startGateway, type TestGateway, TOKEN } from '../support/startGateway';

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';

let app: TestGateway;
let endpoint: string;
beforeAll(async () => {
  app = await startGateway({ CORS_ORIGINS: 'https://app.example.com,http://localhost:5173' });
  endpoint = `${app.gateway.url}/graphql`;
});
afterAll(() => app.close());

const withToken = { authorization: `Bearer ${TOKEN}` };

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const sent = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': JSON_TYPE, ...withToken, ...headers },
    body: sent,
  });
}

function get(parameters: Record<string, string>, headers: Record<string, string> = withToken): Promise<Response> {
  return fetch(`${endpoint}?${new URLSearchParams(parameters)}`, { headers });
}

test('GraphQL over HTTP: no MUST of the specification fails, and of the SHOULDs only these', async () => {
  const audits = serverAudits({
    url: endpoint,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...withToken, ...(init.headers as Record<string, string>) } }),
  });
  const notOk: string[] = [];
  for (const audit of audits) {
    const { status } = await audit.fn();
    if (status !== 'ok') notOk.push(`${status} ${audit.id} ${audit.name}`);
  }
  expect(audits.length).toBeGreaterThan(50);
  // A refused document is told by its status under both media types: proxies and dashboards count errors by it.
  expect(notOk).toEqual([
    'warn 572B SHOULD use 200 status code on document parsing failure when accepting application/json',
    'warn FDE2 SHOULD use 200 status code on document validation failure when accepting application/json',
    'warn 7B9B SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
  ]);
});

test.each([JSON_TYPE, RESPONSE_TYPE])('answers as %s to who accepts that', async (accept) => {
  for (const response of [
    await post({ query: '{ __typename }' }, { accept }),
    await get({ query: '{ __typename }' }, { ...withToken, accept }),
  ]) {
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  }
});

test('GET takes variables and an operation name', async () => {
  const query = 'query A { __typename } query B($id: ID!) { verification(id: $id) { id } }';
  const response = await get({ query, operationName: 'B', variables: '{"id":"nobody"}' });
  expect(await response.json()).toEqual({ data: { verification: null } });
});

test('GET changes nothing: a mutation is refused before it reaches Dataspike', async () => {
  app.simulator.control.clearRequests();
  const response = await get({ query: 'mutation { createApplicant(input: {}) { userErrors { code } } }' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('POST');
  expect(app.simulator.requests()).toEqual([]);
});

test('a subscription is refused over plain HTTP, and its answer says where to go', async () => {
  const response = await post({ query: 'subscription { verificationUpdated { cursor } }' });
  expect(response.status).toBe(405);
  const { errors } = (await response.json()) as { errors: { message: string }[] };
  expect(errors[0]?.message).toContain('WebSocket');
});

test.each(['PUT', 'PATCH', 'DELETE', 'HEAD'])('%s is no method for GraphQL', async (method) => {
  const response = await fetch(endpoint, { method, headers: withToken });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, POST');
});

describe('x-request-id', () => {
  test('a sane one comes back, in the header and in every error', async () => {
    const headers = { 'x-request-id': 'checkout:42.7_b-1' };
    for (const query of ['{ nope }', '{', '{ verifications(first: 0) { nodes { id } } }']) {
      const response = await post({ query }, headers);
      expect(response.headers.get('x-request-id')).toBe('checkout:42.7_b-1');
      const { errors } = (await response.json()) as { errors: { extensions: Record<string, unknown> }[] };
      expect(errors.map((error) => error.extensions.requestId)).toEqual(['checkout:42.7_b-1']);
    }
  });

  test.each(['', 'a b', '"quoted"', '{"level":50}', 'a'.repeat(101)])('%j is replaced', async (given) => {
    const response = await post('not JSON', { 'x-request-id': given });
    const replaced = response.headers.get('x-request-id');
    expect(replaced).toMatch(/^[\da-f-]{36}$/);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { requestId: replaced } }] });
  });
});

describe('CORS', () => {
  function preflight(origin: string): Promise<Response> {
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
    return fetch(endpoint, { method: 'OPTIONS', headers: { origin, ...asked } });
  }

  test.each(['https://app.example.com', 'http://localhost:5173'])('%s may ask and read', async (origin) => {
    const allowed = await preflight(origin);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(allowed.headers.get('access-control-allow-methods')).toBe('GET,POST');
    const response = await post({ query: '{ __typename }' }, { origin });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect(response.headers.get('vary')).toContain('Origin');
  });

  test.each([
    'https://app.example.com.evil.example',
    'https://evil.example',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://sub.app.example.com',
    'null',
  ])('%s may not', async (origin) => {
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    const response = await post({ query: '{ __typename }' }, { origin });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('foreign pages cannot make a browser ask: requests that need no preflight are refused', async () => {
  // Without authentication nothing but this stands between a page and the gateway on loopback.
  const open = await startGateway({ AUTH_DISABLED: 'true' });
  try {
    const url = `${open.gateway.url}/graphql`;
    const query = '{ verifications { nodes { id } } }';
    const simple = await fetch(`${url}?${new URLSearchParams({ query })}`);
    expect(simple.status).toBe(400);
    for (const contentType of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const headers = { 'content-type': contentType };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
      expect(response.status).toBe(415);
    }
    expect(open.simulator.requests()).toEqual([]);
    const preflighted = await fetch(`${url}?${new URLSearchParams({ query })}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    expect(preflighted.status).toBe(200);
  } finally {
    await open.close();
  }
});
