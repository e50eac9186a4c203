import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { createSchema } from '../../src/graphql/schema';
import { FUZZ_RUNS, fuzz } from '../support/fuzz';
import { openAcknowledged, openSocket, type ProtocolSocket } from '../support/protocolSocket';
import { chooser, mutilate, randomDocument } from '../support/randomDocument';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { seedVerifications } from '../support/verifications';

/** For one answer, on a machine that has other things to do. */
const LONGEST_MS = 15_000;

/** May do everything but see personal data, so that no answer may hold a canary. */
const KEY = 'a-key-without-personal-data';
const digest = createHash('sha256').update(KEY).digest('hex');
const CANARY = /CANARY|CNRY|@canary\.example/i;
const STACK = /\n\s+at |node_modules|\.[jt]s:\d+/;

const schema = createSchema();
let app: TestGateway;
let ids: string[] = [];
const seen: Record<string, number> = {};

beforeAll(async () => {
  app = await startGateway({
    AUTH_API_KEYS: `blind:${digest}:kyc:read+kyc:write+kyc:admin`,
    LIMIT_REQUESTS_PER_MINUTE: '0',
    LOG_LEVEL: 'trace',
  });
  ids = [...(await seedVerifications(app, 30)), 'nobody'];
});
afterAll(async () => {
  await app.close();
  console.log(`${FUZZ_RUNS} random requests each way were answered as follows`, seen);
});

const numbers = fc.array(fc.nat(10_000), { minLength: 40, maxLength: 80 });
const oneOf = (...texts: readonly string[]) => fc.constantFrom(...texts);
const variables = fc.oneof(
  { weight: 4, arbitrary: fc.record({ v: fc.oneof(fc.jsonValue(), oneOf('nobody', '../x', '%2e%2e%2f')) }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** As `fc.string({ unit: 'binary' })`, which first takes a second to make a table of all of them. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10_ff_ff }))
  .map((codePoints) => String.fromCodePoint(...codePoints));

const requestArbitrary = fc.record({
  numbers,
  isMutilated: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  method: oneOf('POST', 'POST', 'POST', 'POST', 'POST', 'GET', 'GET', 'PUT', 'OPTIONS', 'HEAD'),
  variables,
  extra: fc.oneof(
    { weight: 6, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.dictionary(oneOf('id', 'documentId', 'extensions', 'operationName', '__proto__'), fc.jsonValue()),
    },
    { weight: 1, arbitrary: fc.record({ extensions: fc.record({ persistedQuery: fc.jsonValue() }) }) },
  ),
  rawBody: fc.option(
    fc.oneof(
      anyText,
      fc.json(),
      fc.json().map((text) => `[${text}`),
    ),
    { freq: 8 },
  ),
  headers: fc.record(
    {
      accept: oneOf(
        'application/json',
        'application/graphql-response+json',
        '*/*',
        'text/event-stream',
        'x/y;q=zz',
        '',
      ),
      'content-type': oneOf(
        'application/json',
        'application/json;charset=latin1',
        'text/plain',
        ';;',
        'multipart/form-data',
      ),
      'x-request-id': oneOf('ok', '<script>', 'a'.repeat(200), '{}'),
      origin: oneOf('https://evil.example.com', 'null', '::'),
      'apollo-require-preflight': oneOf('1'),
      'x-forwarded-for': oneOf('1.1.1.1', 'a,b,,c'),
      authorization: oneOf('', 'Bearer', 'Bearer a.b.c', 'Bearer __proto__', `Bearer ${KEY} `, 'Basic xx'),
      'content-encoding': oneOf('gzip', 'br', 'identity', 'zzz'),
    },
    { requiredKeys: [] },
  ),
});
type RandomRequest = typeof requestArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** @param accept what a well formed request accepts */
async function send(
  { numbers: given, isMutilated, method, variables: values, extra, rawBody, headers }: RandomRequest,
  accept: string,
): Promise<Answer> {
  const choose = chooser(given);
  const document = randomDocument(schema, choose, ids);
  const query = isMutilated ? mutilate(document, choose) : document;
  // Two of three are well formed around their document; otherwise hardly any would come far.
  const isPlain = choose(3) > 0;
  const verb = isPlain ? 'POST' : method;
  const hasBody = verb === 'POST' || verb === 'PUT';
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(values) });
  const plainBody = JSON.stringify({ query, variables: { v: ids[choose(ids.length)] } });
  const oddBody = rawBody ?? JSON.stringify({ query, variables: values, ...extra });
  const response = await fetch(`${app.gateway.url}/graphql${hasBody ? '' : `?${parameters}`}`, {
    method: verb,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${KEY}`,
      accept,
      ...(!isPlain && headers),
    },
    body: hasBody ? (isPlain ? plainBody : oddBody) : undefined,
    signal: AbortSignal.timeout(LONGEST_MS),
  });
  return { status: response.status, text: await readStart(response) };
}

/** A stream does not end by itself: its first result is enough. */
async function readStart(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text();
  const reader = response.body?.getReader();
  let text = '';
  while (reader && !/^event: (next|complete)/m.test(text)) {
    const chunk = await Promise.race([reader.read(), new Promise<null>((resolve) => setTimeout(resolve, 50, null))]);
    if (!chunk || chunk.done) break;
    text += Buffer.from(chunk.value).toString();
  }
  await reader?.cancel();
  return text;
}

const messageArbitrary = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      numbers,
      isMutilated: fc.boolean(),
      variables: fc.dictionary(oneOf('v', 'w', '__proto__'), fc.jsonValue()),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      isInitialised: fc.boolean(),
      raw: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        oneOf(
          'x'.repeat(70_000),
          '['.repeat(30_000),
          '{"type":"ping","payload":{"a":1}}',
          '{"type":"connection_init"}',
        ),
        fc
          .record({
            id: fc.oneof(oneOf('', '1', '__proto__'), fc.jsonValue()),
            type: oneOf('subscribe', 'complete', 'next', 'error', 'pong', 'connection_init', '__proto__'),
            payload: fc.oneof(
              fc.jsonValue(),
              fc.record({ query: fc.oneof(oneOf('{ viewer { id } }', ''), fc.jsonValue()), variables: fc.jsonValue() }),
            ),
          })
          .map((message) => JSON.stringify(message)),
      ),
    }),
  },
);
type RandomMessage = typeof messageArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** Documents share a socket; what may end a socket has one of its own. */
async function sendMessages(messages: readonly RandomMessage[]): Promise<Answer[]> {
  const shared = await openAcknowledged(app.gateway.url, { token: KEY });
  const answers = await Promise.all(
    messages.map((message, index) =>
      'raw' in message ? sendRaw(message) : sendDocument(shared, `operation ${index}`, message),
    ),
  );
  shared.socket.close();
  await shared.closed;
  return answers;
}

async function sendDocument(
  socket: ProtocolSocket,
  id: string,
  { numbers: given, isMutilated, variables: values }: Exclude<RandomMessage, { raw: string }>,
): Promise<Answer> {
  const choose = chooser(given);
  const document = randomDocument(schema, choose, ids);
  const query = isMutilated && choose(2) === 0 ? mutilate(document, choose) : document;
  socket.send({ id, type: 'subscribe', payload: { query, variables: values } });
  const answer = () => socket.messages.find((message) => message.id === id);
  // A subscription may have nothing to tell.
  const maySayNothing = query.includes('subscription');
  const isSettled = () => answer() !== undefined || !isOpen(socket);
  await eventually(isSettled, maySayNothing ? 50 : LONGEST_MS).catch(() => undefined);
  if (!isOpen(socket)) return { status: `WebSocket ${(await socket.closed).code}`, text: query };
  socket.send({ id, type: 'complete' });
  const isSilent = answer() === undefined && !maySayNothing;
  return { status: isSilent ? 'WebSocket silent' : 'WebSocket', text: JSON.stringify(answer()?.payload ?? {}) };
}

async function sendRaw({ raw, isInitialised }: { raw: string; isInitialised: boolean }): Promise<Answer> {
  const socket = isInitialised
    ? await openAcknowledged(app.gateway.url, { token: KEY })
    : await openSocket(app.gateway.url);
  socket.send(raw);
  socket.send({ type: 'ping', payload: { last: true } });
  // It is answered, or the socket is closed with a reason.
  const isAnswered = () => socket.messages.some(({ type, payload }) => type === 'pong' && payload?.last === true);
  await eventually(() => isAnswered() || !isOpen(socket), LONGEST_MS);
  const status = isOpen(socket) ? 'WebSocket open' : `WebSocket ${(await socket.closed).code}`;
  socket.socket.close();
  await socket.closed;
  return { status, text: JSON.stringify(socket.messages) };
}

const isOpen = ({ socket }: ProtocolSocket) => socket.readyState === socket.OPEN;

interface Answer {
  /** Of HTTP, or what became of a socket. */
  readonly status: number | string;
  readonly text: string;
}

function check({ status, text }: Answer): void {
  const code = /"code":"([A-Z_]+)","retryable"/.exec(text)?.[1];
  const kind = code ?? (text.includes('"data"') ? 'answered' : 'without a code');
  seen[`${status} ${kind}`] = (seen[`${status} ${kind}`] ?? 0) + 1;
  if (typeof status === 'number') expect(status).toBeLessThan(500);
  // No answer, abnormal, internal, and the protocol's word for internal.
  else expect(status).not.toMatch(/silent|1006|1011|4500/);
  expect(text).not.toContain('INTERNAL_SERVER_ERROR');
  expect(text).not.toMatch(CANARY);
  expect(text).not.toMatch(STACK);
  for (const secret of [KEY, TOKEN, app.simulator.apiKey]) expect(text).not.toContain(secret);
  // The widget's address is an answer; no error may name it.
  expect(JSON.stringify(errorsOf(text))).not.toContain(new URL(app.simulator.url).host);
}

function checkLog(): void {
  const log = app.logLines().splice(0).join('');
  expect(log).not.toMatch(CANARY);
  expect(log).not.toMatch(/"level":(50|60)/);
  for (const secret of [KEY, TOKEN, app.simulator.apiKey, app.simulator.url]) expect(log).not.toContain(secret);
  app.simulator.control.clearRequests();
}

function errorsOf(text: string): unknown {
  try {
    return (JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text) as { errors?: unknown }).errors ?? null;
  } catch {
    // No JSON: a refusal of HTTP's own.
    return text;
  }
}

const MOST_MS = 120_000 + FUZZ_RUNS * 60;

test.each([
  ['HTTP', '*/*'],
  ['Server-Sent Events', 'text/event-stream'],
])(
  'whatever is sent over %s, nothing fails, and nothing from inside or about people shows',
  (way, accept) =>
    fuzz({
      way,
      requests: requestArbitrary,
      send: (requests) => Promise.all(requests.map((request) => send(request, accept))),
      check,
      checkAll: checkLog,
    }),
  MOST_MS,
);

test(
  'whatever is sent over WebSocket, nothing fails, and nothing from inside or about people shows',
  () => fuzz({ way: 'WebSocket', requests: messageArbitrary, send: sendMessages, check, checkAll: checkLog }),
  MOST_MS,
);

test('afterwards nothing is left, and the gateway answers', async () => {
  await eventually(() => app.gateway.watcherCount() === 0);
  const { status, data } = await app.graphql('{ viewer { id } }', {}, { authorization: `Bearer ${KEY}` });
  expect([status, data]).toEqual([200, { viewer: { id: 'blind' } }]);
});
