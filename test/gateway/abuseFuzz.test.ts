import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { createSchema } from '../../src/graphql/schema';
import { chooser, mutilate, randomDocument } from '../support/randomDocument';
import { startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { seedVerifications } from '../support/verifications';

/** How many requests: 100,000 before a release, `FUZZ_RUNS=100000 npx jest abuseFuzz`. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 600);
const AT_ONCE = 20;

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
  console.log(`${RUNS} random requests were answered as follows`, seen);
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

async function send({
  numbers: given,
  isMutilated,
  method,
  variables: values,
  extra,
  rawBody,
  headers,
}: RandomRequest) {
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
      ...(isPlain ? { accept: headers.accept === 'text/event-stream' ? headers.accept : '*/*' } : headers),
    },
    body: hasBody ? (isPlain ? plainBody : oddBody) : undefined,
    signal: AbortSignal.timeout(15_000),
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

function check({ status, text }: { status: number; text: string }): void {
  const code = /"code":"([A-Z_]+)","retryable"/.exec(text)?.[1];
  const kind = code ?? (text.includes('"data"') ? 'answered' : 'without a code');
  seen[`${status} ${kind}`] = (seen[`${status} ${kind}`] ?? 0) + 1;
  expect(status).toBeLessThan(500);
  expect(text).not.toContain('INTERNAL_SERVER_ERROR');
  expect(text).not.toMatch(CANARY);
  expect(text).not.toMatch(STACK);
  for (const secret of [KEY, TOKEN, app.simulator.apiKey]) expect(text).not.toContain(secret);
  // The widget's address is an answer; no error may name it.
  expect(JSON.stringify(errorsOf(text))).not.toContain(new URL(app.simulator.url).host);
}

function errorsOf(text: string): unknown {
  try {
    return (JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text) as { errors?: unknown }).errors ?? null;
  } catch {
    // No JSON: a refusal of HTTP's own.
    return text;
  }
}

test(
  'whatever is sent, nothing fails, and nothing from inside or about people shows',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(requestArbitrary, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (requests) => {
        for (const answer of await Promise.all(requests.map(send))) check(answer);
        const log = app.logLines().splice(0).join('');
        expect(log).not.toMatch(CANARY);
        expect(log).not.toMatch(/"level":(50|60)/);
        for (const secret of [KEY, TOKEN, app.simulator.apiKey, app.simulator.url]) expect(log).not.toContain(secret);
        app.simulator.control.clearRequests();
      }),
      { numRuns: Math.ceil(RUNS / AT_ONCE), endOnFailure: true },
    );
    const { status, data } = await app.graphql('{ viewer { id } }', {}, { authorization: `Bearer ${KEY}` });
    expect([status, data]).toEqual([200, { viewer: { id: 'blind' } }]);
    expect(app.gateway.watcherCount()).toBe(0);
  },
  120_000 + RUNS * 60,
);
