import { createClient } from 'graphql-sse';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';

let app: TestGateway;
beforeEach(async () => {
  app = await startGateway();
});
afterEach(() => app.close());

const UPDATED = `subscription ($id: ID, $after: String) {
  verificationUpdated(verificationId: $id, after: $after) { cursor kind verification { id status } }
}`;

test('the graphql-sse client subscribes, resumes with its cursor and leaves nothing behind', async () => {
  const client = sseClient();
  const id = await createVerification();
  const updates = client.iterate<Update>({ query: UPDATED, variables: { id } });
  const snapshot = await take(updates);
  expect(snapshot).toMatchObject({ kind: 'SNAPSHOT', verification: { id, status: 'INITIAL' } });
  app.simulator.control.forceVerification(id, { status: 'pending', errors: {} }, true);
  const change = await take(updates);
  expect(change).toMatchObject({ kind: 'CHANGE', verification: { status: 'PENDING' } });
  await updates.return?.();
  await eventually(() => app.gateway.watcherCount() === 0);

  app.simulator.control.forceVerification(id, { status: 'verified', errors: {} });
  await eventually(async () => (await statusOf(id)) === 'VERIFIED');
  const resumed = client.iterate<Update>({ query: UPDATED, variables: { id, after: change.cursor } });
  expect(await take(resumed)).toMatchObject({ kind: 'CHANGE', verification: { status: 'VERIFIED' } });
  client.dispose();
});

test('a query over Server-Sent Events answers once and completes', async () => {
  const text = await (await request({ query: '{ viewer { id } }' })).text();
  expect(text).toBe(':\n\nevent: next\ndata: {"data":{"viewer":{"id":"test"}}}\n\nevent: complete\ndata:\n\n');
});

test.each([
  ['a syntax error', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', { query: 'subscription { nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['wrong variables', { query: UPDATED, variables: { id: { a: 1 } } }, 'BAD_USER_INPUT'],
  ['a cursor that is none', { query: UPDATED, variables: { after: 'x' } }, 'CURSOR_INVALID'],
  ['an unknown operation', { query: UPDATED, operationName: 'Other' }, 'OPERATION_RESOLUTION_FAILURE'],
])('%s is told as a result, masked, and ends the stream', async (_what, body, code) => {
  const response = await request(body);
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).toContain(`"code":"${code}"`);
  expect(text).toContain('"requestId":"');
  expect(text).toMatch(/event: complete\ndata:\n\n$/);
});

test.each([
  ['no token', { headers: { authorization: '' } }, 401, 'UNAUTHENTICATED'],
  ['a body that is not JSON', { body: '{' }, 400, 'BAD_REQUEST'],
  ['a missing query', { body: '{}' }, 400, 'BAD_REQUEST'],
  ['variables that are no object', { body: '{"query":"{ __typename }","variables":[]}' }, 400, 'BAD_REQUEST'],
  ['an operation name that is no text', { body: '{"query":"{ __typename }","operationName":1}' }, 400, 'BAD_REQUEST'],
  ['a body that is too large', { body: `"${'x'.repeat(300_000)}"` }, 413, 'BAD_REQUEST'],
  ['another media type', { headers: { 'content-type': 'text/plain' } }, 415, 'BAD_REQUEST'],
])('%s is refused before the stream begins', async (_what, options, status, code) => {
  const response = await request({ query: '{ __typename }' }, options);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
});

test('GET streams queries and subscriptions and refuses mutations', async () => {
  const get = (parameters: Record<string, string>) =>
    fetch(`${app.gateway.url}/graphql?${new URLSearchParams(parameters)}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${TOKEN}` },
    });
  expect(
    await (
      await get({ query: 'query ($id: ID!) { verification(id: $id) { id } }', variables: '{"id":"none"}' })
    ).text(),
  ).toContain('{"data":{"verification":null}}');
  expect(
    (await get({ query: 'mutation { deleteApplicant(input: { applicantId: "1" }) { deletedApplicantId } }' })).status,
  ).toBe(405);
  expect((await get({ query: '{ __typename }', variables: '{' })).status).toBe(400);
});

test('a stream that the client leaves while it opens ends at once', async () => {
  const id = await createVerification();
  app.simulator.control.addFault({ match: { endpoint: 'getVerification' }, kind: 'stall' });
  const leaving = new AbortController();
  const response = await request({ query: UPDATED, variables: { id } }, { signal: leaving.signal });
  expect(response.status).toBe(200);
  expect(app.gateway.watcherCount()).toBe(1);
  leaving.abort();
  await eventually(() => app.gateway.watcherCount() === 0);
});

test('open streams end without completing when the gateway stops', async () => {
  const response = await request({ query: 'subscription { verificationUpdated { cursor } }' });
  const ended = response.text().then(
    (text) => text,
    () => 'cut',
  );
  await app.gateway.close();
  expect(await ended).not.toContain('complete');
});

interface Update {
  verificationUpdated: { cursor: string; kind: string; verification: { id: string; status: string } };
}

function sseClient() {
  return createClient({
    url: `${app.gateway.url}/graphql`,
    headers: { authorization: `Bearer ${TOKEN}` },
    retryAttempts: 0,
  });
}

async function take(updates: AsyncIterator<{ data?: Update | null }, unknown>): Promise<Update['verificationUpdated']> {
  const { value } = await updates.next();
  return (value as { data: Update }).data.verificationUpdated;
}

function request(
  body: object,
  options: { headers?: Record<string, string>; body?: string; signal?: AbortSignal } = {},
) {
  return fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${TOKEN}`,
      ...options.headers,
    },
    body: options.body ?? JSON.stringify(body),
    signal: options.signal ?? null,
  });
}

async function createVerification(): Promise<string> {
  const { data } = await app.graphql('mutation { createVerification(input: {}) { verification { id } } }');
  return data.createVerification.verification.id;
}

async function statusOf(id: string): Promise<string> {
  const { data } = await app.graphql('query ($id: ID!) { verification(id: $id) { status } }', { id });
  return data.verification.status;
}
