import { openAcknowledged, openSocket, type ProtocolSocket } from '../support/protocolSocket';
import { createCase } from '../support/simulatedPeople';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { createVerification } from '../support/verifications';

const OWN_ORIGIN = 'https://gateway.example.com';
const LISTED_ORIGIN = 'https://dashboard.example.com';
const MESSAGE_BYTES = 4_096;

let app: TestGateway;
let verificationId: string;
let applicantId: string;
const opened: ProtocolSocket[] = [];

beforeAll(async () => {
  app = await startGateway({
    PUBLIC_URL: OWN_ORIGIN,
    CORS_ORIGINS: LISTED_ORIGIN,
    INTROSPECTION: 'false',
    LIMIT_WEBSOCKET_MESSAGE_BYTES: String(MESSAGE_BYTES),
  });
  ({ id: verificationId, applicantId } = await createVerification(app));
});
afterEach(async () => {
  app.simulator.control.clearFaults();
  for (const { socket, closed } of opened.splice(0)) {
    socket.terminate();
    await closed;
  }
});
afterAll(() => app.close());

async function connect(...options: Parameters<typeof openSocket> extends [string, ...infer Rest] ? Rest : never) {
  const socket = await openSocket(app.gateway.url, ...options);
  opened.push(socket);
  return socket;
}

async function connectAcknowledged(...[options]: Parameters<typeof connect>) {
  const socket = await openAcknowledged(app.gateway.url, options);
  opened.push(socket);
  return socket;
}

async function ask(socket: ProtocolSocket, id: string, payload: Record<string, unknown>) {
  socket.send({ id, type: 'subscribe', payload });
  return socket.receive(id);
}

test.each([
  ['no token', undefined],
  ['a wrong token', { authorization: 'Bearer wrong' }],
  ['a token without its scheme', { authorization: TOKEN }],
  ['something that is no text', { authorization: { token: TOKEN } }],
])('%s closes the socket with 4403', async (_name, payload) => {
  const socket = await connect();
  socket.send({ type: 'connection_init', payload });
  expect(await socket.closed).toEqual({ code: 4403, reason: 'Forbidden' });
  expect(socket.messages).toEqual([]);
});

test.each(['authorization', 'Authorization'])('the token may stand in connectionParams.%s', async (name) => {
  const socket = await connect();
  socket.send({ type: 'connection_init', payload: { [name]: `Bearer ${TOKEN}` } });
  expect(await socket.receive()).toEqual({ type: 'connection_ack' });
});

test('a socket that does not initialise within 5 s is closed with 4408', async () => {
  const startedAt = Date.now();
  const socket = await connect();
  expect(await socket.closed).toMatchObject({ code: 4408 });
  expect(Date.now() - startedAt).toBeGreaterThan(4_500);
});

test.each([
  ['the protocol of subscriptions-transport-ws', ['graphql-ws']],
  ['an unknown protocol', ['mqtt']],
])('%s is not spoken', async (_name, protocols) => {
  await expect(connect({ protocols })).rejects.toThrow('Server sent no subprotocol');
});

test('a socket that asks for no protocol is closed with 4406', async () => {
  const socket = await connect({ protocols: [] });
  expect(await socket.closed).toMatchObject({ code: 4406 });
});

test.each([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['no type', {}],
  ['an unknown type', { type: 'start', id: '1', payload: { query: '{ __typename }' } }],
  ['a type that only servers send', { type: 'next', id: '1', payload: {} }],
  ['no id', { type: 'subscribe', payload: { query: '{ __typename }' } }],
  ['no payload', { type: 'subscribe', id: '1' }],
  ['a query that is no text', { type: 'subscribe', id: '1', payload: { query: 1 } }],
  ['variables that are no object', { type: 'subscribe', id: '1', payload: { query: '{ a }', variables: 'b' } }],
])('a message with %s closes the socket with 4400', async (_name, message) => {
  const socket = await connectAcknowledged();
  socket.send(message);
  expect(await socket.closed).toMatchObject({ code: 4400 });
});

test('an operation before the acknowledgement closes the socket with 4401', async () => {
  const socket = await connect();
  socket.send({ id: '1', type: 'subscribe', payload: { query: '{ viewer { id } }' } });
  expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
});

test('a second connection_init closes the socket with 4429', async () => {
  const socket = await connectAcknowledged();
  socket.send({ type: 'connection_init' });
  expect(await socket.closed).toMatchObject({ code: 4429 });
});

test('an id that is in use closes the socket with 4409', async () => {
  const socket = await connectAcknowledged();
  const watch = { id: '1', type: 'subscribe', payload: { query: 'subscription { verificationUpdated { cursor } }' } };
  socket.send(watch);
  socket.send(watch);
  expect(await socket.closed).toMatchObject({ code: 4409 });
});

test.each([
  ['a syntax error', 'GRAPHQL_PARSE_FAILED', { query: '{ viewer ' }],
  ['an unknown field', 'GRAPHQL_VALIDATION_FAILED', { query: '{ nothing }' }],
  ['an unknown argument of a subscription', 'GRAPHQL_VALIDATION_FAILED', { query: subscription('(nothing: 1)') }],
  ['introspection where it is off', 'GRAPHQL_VALIDATION_FAILED', { query: '{ __schema { queryType { name } } }' }],
  ['a missing variable', 'BAD_USER_INPUT', { query: 'query ($id: ID!) { verification(id: $id) { id } }' }],
  [
    'a wrong variable of a subscription',
    'BAD_USER_INPUT',
    {
      query: `subscription ($s: [VerificationStatus!]) { verificationUpdated(statuses: $s) { cursor } }`,
      variables: { s: ['GONE'] },
    },
  ],
  [
    'an unknown operation name',
    'OPERATION_RESOLUTION_FAILURE',
    { query: 'query A { viewer { id } } query B { viewer { id } }', operationName: 'C' },
  ],
  [
    'no name for one of two',
    'OPERATION_RESOLUTION_FAILURE',
    { query: 'query A { __typename } query B { __typename }' },
  ],
])('%s ends the operation with %s, and the socket lives on', async (_name, code, payload) => {
  const socket = await connectAcknowledged();
  const message = await ask(socket, '1', payload);
  expect(message.type).toBe('error');
  expect(message.payload.length).toBeGreaterThan(0);
  for (const error of message.payload) {
    expect(error.message).toEqual(expect.any(String));
    expect(error.extensions).toEqual({ code, retryable: false, requestId: expect.stringMatching(/^[\w-]{36}$/) });
  }
  expect(await ask(socket, '2', { query: '{ viewer { id } }' })).toMatchObject({ type: 'next' });
});

function subscription(args: string): string {
  return `subscription { verificationUpdated${args} { cursor } }`;
}

const OPERATIONS: readonly [name: string, query: string, variables?: Record<string, unknown>][] = [
  ['the caller', '{ viewer { id kind scopes expiresAt } }'],
  [
    'one verification',
    'query ($id: ID!) { verification(id: $id) { id status checks { step status } applicant { id } } }',
  ],
  ['one applicant', 'query ($applicantId: ID!) { applicant(id: $applicantId) { id type verificationStatus } }'],
  [
    'a list',
    '{ verifications(first: 5) { nodes { id createdAt session { url } } pageInfo { hasNextPage endCursor } } }',
  ],
  ['what does not exist', '{ verification(id: "none") { id } }'],
  ['an id that is no id', '{ verification(id: "../x") { id } }'],
  ['a chosen operation', 'query Other { a: __typename } query Chosen($id: ID!) { verification(id: $id) { isFinal } }'],
  ['a wrong argument', '{ verifications(first: 0) { nodes { id } } }'],
  ['a cursor of nowhere', '{ verifications(after: "nowhere") { nodes { id } } viewer { id } }'],
  [
    'a refused mutation',
    'mutation { cancelVerification(input: { verificationId: "none" }) { userErrors { code path } } }',
  ],
  [
    'two wrong variables',
    'query ($a: Int!, $b: Int!) { a: verifications(first: $a) { nodes { id } } b: verifications(first: $b) { nodes { id } } }',
  ],
];

test.each(OPERATIONS)('over WebSocket as over HTTP: %s', async (_name, query) => {
  const variables = { id: verificationId, applicantId };
  const payload = { query, variables, operationName: query.includes('Chosen') ? 'Chosen' : undefined };
  const { body, errors } = await postOperation(payload);
  const socket = await connectAcknowledged();
  const message = await ask(socket, '1', payload);
  if (errors && body.data === undefined) {
    expect(message).toEqual({ id: '1', type: 'error', payload: errors });
  } else {
    expect(message).toMatchObject({ type: 'next' });
    expect(JSON.stringify(message.payload.data)).toBe(JSON.stringify(body.data));
    expect(message.payload.errors?.map(withoutRequestId)).toEqual(errors);
    expect(await socket.receive('1')).toEqual({ id: '1', type: 'complete' });
  }
});

test.each([
  ['an outage', 'UPSTREAM_UNAVAILABLE', { kind: 'status', status: 503, body: 'secret words' }],
  ['a refused key', 'UPSTREAM_REJECTED', { kind: 'status', status: 401, body: 'secret words' }],
  ['an error page', 'UPSTREAM_UNAVAILABLE', { kind: 'html' }],
] as const)('%s of Dataspike is masked as over HTTP', async (_name, code, fault) => {
  // Somebody whom no cache knows.
  const query = `{ applicant(id: "${(await createCase(app)).applicantId}") { id } viewer { id } }`;
  app.simulator.control.addFault({ ...fault, times: 0, match: { path: '/applicants/' } });
  const { body, errors } = await postOperation({ query });
  const socket = await connectAcknowledged();
  const message = await ask(socket, '1', { query });
  expect(message.payload.data).toEqual({ applicant: null, viewer: { id: 'test' } });
  expect(message.payload.data).toEqual(body.data);
  expect(message.payload.errors?.map(withoutRequestId)).toEqual(errors);
  expect(message.payload.errors[0].extensions).toMatchObject({ code, requestId: expect.any(String) });
  expect(JSON.stringify(message)).not.toMatch(/secret|127\.0\.0\.1|http/);
});

test('mutations run over WebSocket', async () => {
  const socket = await connectAcknowledged();
  const { payload } = await ask(socket, '1', {
    query: 'mutation { createApplicant(input: { externalId: "ws" }) { applicant { externalId } userErrors { code } } }',
  });
  expect(payload.data.createApplicant).toEqual({ applicant: { externalId: 'ws' }, userErrors: [] });
});

test('a message over the limit closes its socket with 1009, and nobody else notices', async () => {
  const other = await connectAcknowledged();
  const socket = await connectAcknowledged();
  const padding = ' '.repeat(MESSAGE_BYTES);
  socket.send({ id: '1', type: 'subscribe', payload: { query: `{ viewer { id } }${padding}` } });
  expect(await socket.closed).toMatchObject({ code: 1009 });
  expect(await ask(other, '1', { query: '{ viewer { id } }' })).toMatchObject({ type: 'next' });
});

test.each(['https://evil.example.com', 'null', `${LISTED_ORIGIN}.evil.com`, 'http://dashboard.example.com'])(
  'the page of %s is refused at the upgrade',
  async (origin) => {
    await expect(connect({ origin })).rejects.toThrow('Unexpected server response: 403');
  },
);

test('a listed page, our own, and whatever is no page may connect', async () => {
  for (const origin of [LISTED_ORIGIN, OWN_ORIGIN, app.gateway.url, undefined]) {
    const socket = await connectAcknowledged({ origin });
    expect(await ask(socket, '1', { query: '{ __typename }' })).toMatchObject({ type: 'next' });
  }
});

test('a query whose client leaves is given up at Dataspike, too', async () => {
  const { applicantId: id } = await createCase(app);
  app.simulator.control.addFault({ kind: 'stall', match: { path: '/applicants/' } });
  const socket = await connectAcknowledged();
  socket.send({ id: '1', type: 'subscribe', payload: { query: `{ applicant(id: "${id}") { id } }` } });
  await eventually(() => app.simulator.requests().some(({ path }) => path.includes('/applicants/')));
  const leftAt = Date.now();
  socket.send({ id: '1', type: 'complete' });
  // Who asks for the same now does not wait for the read that was given up.
  app.simulator.control.clearFaults();
  const message = await ask(socket, '2', { query: `{ applicant(id: "${id}") { id } }` });
  expect(message).toMatchObject({ type: 'next', payload: { data: { applicant: { id } } } });
  expect(Date.now() - leftAt).toBeLessThan(2_000);
  expect(socket.messages.filter((received) => received.id === '1')).toEqual([]);
});

test('a client that vanishes leaves no watcher', async () => {
  const socket = await connectAcknowledged();
  for (const id of ['1', '2', '3']) {
    socket.send({ id, type: 'subscribe', payload: { query: subscription('') } });
  }
  await eventually(() => app.gateway.watcherCount() === 3);
  socket.socket.terminate();
  await eventually(() => app.gateway.watcherCount() === 0);
});

test('sockets close with 1001 when the gateway closes, also under one that does not answer', async () => {
  const closing = await startGateway();
  const socket = await openAcknowledged(closing.gateway.url);
  const silent = await openAcknowledged(closing.gateway.url);
  socket.send({ id: '1', type: 'subscribe', payload: { query: subscription('') } });
  await eventually(() => closing.gateway.watcherCount() === 1);
  silent.socket.pause();
  const startedAt = Date.now();
  const gone = closing.close();
  expect(await socket.closed).toMatchObject({ code: 1001 });
  await gone;
  expect(Date.now() - startedAt).toBeLessThan(5_000);
  silent.socket.terminate();
});

async function postOperation(payload: Record<string, unknown>) {
  const response = await fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(payload),
  });
  const body = (await response.json()) as { data?: unknown; errors?: Extended[] };
  return { body, errors: body.errors?.map(withoutRequestId) };
}

interface Extended {
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Every request has its own. */
function withoutRequestId(error: Extended) {
  return { ...error, extensions: { ...error.extensions, requestId: expect.any(String) } };
}
