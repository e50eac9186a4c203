import { createClient } from 'graphql-sse';
import { compareCursors } from '../../src/events/cursor';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { type Subscriber, startSubscriber } from '../support/subscribers';
import { force, seedVerifications } from '../support/verifications';

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

describe('an EventSource that comes back with its cursor', () => {
  const watching: Subscriber[] = [];
  afterEach(() => {
    for (const subscriber of watching.splice(0)) subscriber.stop();
  });

  function watch(after: string | null, of = app): Subscriber {
    const subscriber = startSubscriber({ pickUrl: () => of.gateway.url, transport: 'SSE', after });
    watching.push(subscriber);
    return subscriber;
  }

  const headCursor = async (of = app) => (await of.graphql('{ eventCursor }')).data.eventCursor as string;

  /** Verifications that have ended, which the log knows: nobody polls them. */
  async function seedCanceled(count: number, of = app): Promise<string[]> {
    const ids = await seedVerifications(of, count);
    const subscriber = watch(await headCursor(of), of);
    for (const id of ids) force(of, id, 'canceled');
    const areAllCanceled = () => {
      const canceled = subscriber.received.filter(({ verification }) => verification.status === 'CANCELED');
      return new Set(canceled.map(({ verification }) => verification.id)).size === count;
    };
    await eventually(areAllCanceled);
    subscriber.stop();
    watching.splice(watching.indexOf(subscriber), 1);
    return ids;
  }

  test('joins the live stream without gap or repeat while events keep coming', async () => {
    const ids = await seedCanceled(300);
    const after = await headCursor();
    const reference = watch(after);
    for (const id of ids.slice(0, 150)) force(app, id, 'expired');
    await eventually(() => reference.received.length > 50);
    const joining = Array.from({ length: 5 }, () => watch(after));
    for (const id of ids.slice(150)) {
      force(app, id, 'expired');
      if (Math.random() < 0.1) await new Promise(setImmediate);
    }
    await eventually(() => watching.every(({ received }) => received.length >= ids.length));
    expect(reference.received.map(({ verification }) => verification.id).sort()).toEqual([...ids].sort());
    for (const { received } of joining) expect(received).toEqual(reference.received);
    const cursors = reference.received.map(({ cursor }) => cursor);
    expect(cursors).toEqual([...cursors].sort(compareCursors));
    expect(new Set(reference.received.map(({ kind }) => kind))).toEqual(new Set(['CHANGE']));
  });

  test('gets exactly what followed, whichever update it saw last', async () => {
    const ids = await seedCanceled(20);
    const all = watch(await headCursor());
    for (const id of ids) force(app, id, 'expired');
    await eventually(() => all.received.length === 20);
    for (const [index, { cursor }] of all.received.slice(0, -1).entries()) {
      const again = watch(cursor);
      await eventually(() => again.received.length >= all.received.length - index - 1);
      expect(again.received).toEqual(all.received.slice(index + 1));
      again.stop();
    }
  });

  test('is told where things stand when its cursor is beyond retention, then what changes', async () => {
    const small = await startGateway({ EVENT_RETENTION: '10' });
    try {
      const ids = await seedCanceled(30, small);
      const old = await headCursor(small);
      const all = watch(null, small);
      await eventually(() => all.isConnected());
      for (const id of ids.slice(0, 15)) force(small, id, 'expired');
      await eventually(() => all.received.length === 15);

      const { received } = watch(old, small);
      await eventually(() => received.length === 30);
      expect(new Set(received.map(({ kind }) => kind))).toEqual(new Set(['RESYNC']));
      expect(received.map(({ verification }) => verification.id).sort()).toEqual([...ids].sort());
      force(small, ids[20] as string, 'expired');
      await eventually(() => received.length === 31);
      expect(received.at(-1)).toMatchObject({ kind: 'CHANGE', verification: { id: ids[20], status: 'EXPIRED' } });
    } finally {
      for (const subscriber of watching) subscriber.stop();
      await small.close();
    }
  });

  test('after its stream was cut in the middle, misses nothing and is told nothing twice', async () => {
    const ids = await seedCanceled(120);
    const after = await headCursor();
    const [steady, cut] = [watch(after), watch(after)];
    for (const [index, id] of ids.entries()) {
      force(app, id, 'expired');
      if (index % 30 === 15) cut.breakOff();
      if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await eventually(() => steady.received.length === 120 && cut.received.length >= 120);
    expect(cut.received).toEqual(steady.received);
    expect(cut.connections()).toBeGreaterThan(2);
  });
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
