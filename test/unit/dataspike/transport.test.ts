import { getEventListeners, getMaxListeners, once } from 'node:events';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import pino from 'pino';
import {
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRefused,
  UpstreamRejected,
  UpstreamTimeout,
  UpstreamUnavailable,
} from '../../../src/dataspike/errors';
import { path } from '../../../src/dataspike/path';
import { createTransport, type Transport } from '../../../src/dataspike/transport';
import { API_KEY, rejection, type Upstream, withUpstream } from './upstream';

type Answer = Parameters<typeof withUpstream>[0];

const ask = (transport: Transport, signal?: AbortSignal) =>
  transport.json({ endpoint: 'getThing', method: 'GET', path: path`/api/v3/things/${'a b'}`, signal });

const BIG = `{"filler":"${'x'.repeat(6 * 1024 * 1024)}"}`;

test('a request carries the key, an encoded path, the query without its gaps and a JSON body', () =>
  withUpstream(
    (_request, response) => response.end('{"ok":true}'),
    async ({ transport, received }) => {
      const answer = await transport.json({
        endpoint: 'changeThing',
        method: 'POST',
        path: path`/api/v3/things/${'a b&c'}`,
        query: { page: 0, name: 'Zoë & co', status: 'failed,verified', from: null, to: undefined },
        body: { name: 'Zoë', none: null },
      });
      expect(answer).toEqual({ ok: true });
      const [request] = received;
      expect(request?.method).toBe('POST');
      expect(request?.url).toBe('/api/v3/things/a%20b%26c?page=0&name=Zo%C3%AB+%26+co&status=failed%2Cverified');
      expect(request?.headers).toMatchObject({
        'ds-api-token': API_KEY,
        'content-type': 'application/json',
        accept: 'application/json',
      });
      expect(Buffer.from(request?.body ?? '', 'latin1').toString()).toBe('{"name":"Zoë","none":null}');
    },
  ));

test('a request without a body sends none', () =>
  withUpstream(
    (_request, response) => response.end(),
    async ({ transport, received }) => {
      await transport.json({ endpoint: 'proceed', method: 'POST', path: path`/api/v3/proceed`, due: 'anything' });
      expect(received[0]?.body).toBe('');
      expect(received[0]?.headers).toMatchObject({ 'content-length': '0' });
      expect(received[0]?.headers).not.toHaveProperty('content-type');
    },
  ));

test.each<[string, Answer, unknown]>([
  ['204', (_request, response) => response.writeHead(204).end(), null],
  ['an empty 200', (_request, response) => response.end(), null],
  ['201', (_request, response) => response.writeHead(201).end('{"id":"1"}'), { id: '1' }],
  ['a JSON text', (_request, response) => response.end('"done"'), 'done'],
  ['a byte order mark', (_request, response) => response.end('\ufeff{"id":"1"}'), { id: '1' }],
  [
    'gzip',
    (_request, response) => response.setHeader('Content-Encoding', 'gzip').end(gzipSync('{"id":"zipped"}')),
    { id: 'zipped' },
  ],
  [
    'JSON under another content type',
    (_request, response) => response.setHeader('Content-Type', 'text/plain').end('{"id":"1"}'),
    { id: '1' },
  ],
])('%s is a success', (_name, answer, expected) =>
  withUpstream(answer, async ({ transport }) => {
    expect(await ask(transport)).toEqual(expected);
  }),
);

const FAILURES: [string, Answer, object][] = [
  [
    'a redirect is not followed',
    (request, response) => response.writeHead(302, { Location: `http://${request.headers.host}/elsewhere` }).end(),
    new UpstreamUnavailable(302),
  ],
  ['a 500 is an outage', (_request, response) => response.writeHead(500).end('{}'), new UpstreamUnavailable(500)],
  [
    'a 503 with HTML is an outage',
    (_request, response) => response.writeHead(503).end('<html>'),
    new UpstreamUnavailable(503),
  ],
  [
    'HTML with 200 is no answer',
    (_request, response) => response.setHeader('Content-Type', 'text/html').end('<html>Sign in</html>'),
    new UpstreamUnavailable('not JSON'),
  ],
  [
    'half of a JSON text is no answer',
    (_request, response) => response.end('{"id":'),
    new UpstreamUnavailable('not JSON'),
  ],
  [
    'a body that ends before its length is truncated',
    (_request, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('{"id":"1"');
      setTimeout(() => response.socket?.destroy(), 20);
    },
    new UpstreamUnavailable('truncated', { cause: { code: 'ERR_BAD_RESPONSE' } }),
  ],
  [
    'a broken chunked body is truncated',
    (_request, response) => {
      response.write('{"id":"1"');
      setTimeout(() => response.socket?.destroy(), 20);
    },
    new UpstreamUnavailable('truncated', { cause: { code: 'ERR_BAD_RESPONSE' } }),
  ],
  [
    'an answer over 5 MiB is cut off',
    (_request, response) => response.end(BIG),
    new UpstreamUnavailable('oversized', { cause: { code: 'ERR_BAD_RESPONSE' } }),
  ],
  [
    'an answer that is over 5 MiB only when inflated is cut off',
    (_request, response) => response.setHeader('Content-Encoding', 'gzip').end(gzipSync(BIG)),
    new UpstreamUnavailable('oversized', { cause: { code: 'ERR_BAD_RESPONSE' } }),
  ],
  [
    'a body that is not in its own encoding is damaged',
    (_request, response) => response.setHeader('Content-Encoding', 'gzip').end('{"id":"1"}'),
    new UpstreamUnavailable('damaged encoding', { cause: { code: 'Z_DATA_ERROR' } }),
  ],
  [
    'a reset connection is an outage',
    (_request, response) => response.socket?.resetAndDestroy(),
    new UpstreamUnavailable('connection reset', { cause: { code: 'ECONNRESET' } }),
  ],
  ['401 is our fault', (_request, response) => response.writeHead(401).end('{}'), new UpstreamRejected(401)],
  ['402 is our fault', (_request, response) => response.writeHead(402).end(), new UpstreamRejected(402)],
  ['403 is our fault', (_request, response) => response.writeHead(403).end('<html>'), new UpstreamRejected(403)],
  ['an empty 404 finds nothing', (_request, response) => response.writeHead(404).end(), new UpstreamNotFound()],
  [
    '429 with seconds says how long to wait',
    (_request, response) => response.writeHead(429, { 'Retry-After': '7' }).end(),
    new UpstreamRateLimited(7000),
  ],
  ['429 without Retry-After', (_request, response) => response.writeHead(429).end(), new UpstreamRateLimited(null)],
  [
    '429 with an unreadable Retry-After',
    (_request, response) => response.writeHead(429, { 'Retry-After': '-5 minutes' }).end(),
    new UpstreamRateLimited(null),
  ],
  [
    'any other 4xx is a refusal with what it says',
    (_request, response) =>
      response.writeHead(409).end(`{"message":"Taken, token ${API_KEY}","pending_documents":["selfie"]}`),
    new UpstreamRefused(409, {
      text: 'Taken, token',
      error: null,
      validationErrors: [],
      pendingDocuments: ['selfie'],
      checkErrors: [],
    }),
  ],
];

test.each(FAILURES)('%s, and the error holds no key', (_name, answer, expected) =>
  withUpstream(answer, async ({ transport, received, logged }) => {
    const error = await rejection(ask(transport));
    expect(error).toBeInstanceOf(expected.constructor);
    expect({ ...(error as Error), cause: (error as Error).cause }).toEqual({
      ...expected,
      cause: (expected as Error).cause,
    });
    expect(received).toHaveLength(1);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(API_KEY);
    expect(logged.join()).not.toContain(API_KEY);
  }),
);

test('429 with a date says how long to wait from now', () =>
  withUpstream(
    (_request, response) =>
      response.writeHead(429, { 'Retry-After': new Date(Date.now() + 60_000).toUTCString() }).end(),
    async ({ transport }) => {
      const { retryAfterMs } = (await rejection(ask(transport))) as UpstreamRateLimited;
      expect(retryAfterMs).toBeGreaterThan(57_000);
      expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    },
  ));

test('429 with a date in the past lets us go on at once', () =>
  withUpstream(
    (_request, response) => response.writeHead(429, { 'Retry-After': 'Wed, 21 Oct 2015 07:28:00 GMT' }).end(),
    async ({ transport }) => {
      expect(await rejection(ask(transport))).toMatchObject({ retryAfterMs: 0 });
    },
  ));

test.each<[string, Answer]>([
  ['before the headers', () => {}],
  ['after the headers', (_request, response) => response.writeHead(200).flushHeaders()],
  [
    'in a body that drips',
    (_request, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    },
  ],
])('time is up %s: the request is closed and the error holds no key', (_name, answer) =>
  withUpstream(
    answer,
    async ({ transport, abandoned }) => {
      const error = await rejection(ask(transport));
      expect(error).toBeInstanceOf(UpstreamTimeout);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(API_KEY);
      await abandoned;
    },
    { timeoutMs: 150 },
  ),
);

test('nobody listening is an outage', () =>
  withUpstream(
    () => {},
    async ({ url }) => {
      // Port 9 is for discarding, and nothing here does.
      const transport = createTransport({
        baseUrl: url.replace(/:\d+$/, ':9'),
        apiKey: API_KEY,
        timeoutMs: 5000,
        maxConcurrency: 1,
        logger: pino({ level: 'silent' }),
      });
      const error = await rejection(ask(transport.for({ tries: 1 })));
      expect(error).toBeInstanceOf(UpstreamUnavailable);
      expect(error).toMatchObject({ reason: 'cannot connect', cause: { code: 'ECONNREFUSED' } });
      transport.close();
    },
  ));

test('a caller who gives up gets his own reason, and the upstream request is closed', () =>
  withUpstream(
    () => {},
    async ({ transport, abandoned, received, reports }) => {
      const caller = new AbortController();
      const reason = new Error('the browser left');
      const answer = rejection(ask(transport, caller.signal));
      while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      caller.abort(reason);
      expect(await answer).toBe(reason);
      await abandoned;
      expect(reports).toMatchObject([{ endpoint: 'getThing', status: null, outcome: 'ABORTED' }]);
    },
  ));

test('a caller who gave up before causes no request', () =>
  withUpstream(
    (_request, response) => response.end('{}'),
    async ({ transport, received }) => {
      const reason = new Error('too late');
      const signal = AbortSignal.abort(reason);
      const file = { content: Buffer.from('x'), fileName: 'x', contentType: 'image/png' };
      const call = { endpoint: 'thing', method: 'POST', path: path`/x`, signal } as const;
      expect(await rejection(ask(transport, signal))).toBe(reason);
      expect(await rejection(transport.stream(call))).toBe(reason);
      expect(await rejection(transport.multipart({ ...call, fields: {}, file }))).toBe(reason);
      expect(received).toHaveLength(0);
    },
  ));

test('many requests on one long-lived signal leave no listener and no warning', () =>
  withUpstream(
    (_request, response) => response.end('{}'),
    async ({ transport }) => {
      const { signal } = new AbortController();
      const answers = Array.from({ length: 40 }, () => ask(transport, signal));
      await new Promise(setImmediate);
      // Those that run and those that wait. Node warns on stderr when there are more listeners than this.
      expect(getEventListeners(signal, 'abort')).toHaveLength(40);
      expect(getMaxListeners(signal)).toBeGreaterThanOrEqual(40);
      await Promise.all(answers);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    },
  ));

test('no more connections than allowed are open at once', () => {
  let open = 0;
  let most = 0;
  return withUpstream(
    (_request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.end('{}');
      }, 10);
    },
    async ({ transport }) => {
      await Promise.all(Array.from({ length: 12 }, () => ask(transport)));
      expect(most).toBe(3);
    },
    { maxConcurrency: 3 },
  );
});

test('connections are used again', async () => {
  const ports = new Set<number | undefined>();
  await withUpstream(
    (_request, response) => {
      ports.add(response.socket?.remotePort);
      response.end('{}');
    },
    async ({ transport }) => {
      for (let request = 0; request < 10; request++) await ask(transport);
    },
  );
  // Undici lets a connection rest for one turn, and takes another one meanwhile.
  expect(ports.size).toBeLessThanOrEqual(2);
});

test('an idle connection is closed before its server would close it', () => {
  let closed: Promise<unknown> | undefined;
  return withUpstream(
    (_request, response) => {
      closed = once(response.socket as Socket, 'close', { signal: AbortSignal.timeout(3000) });
      // The server itself waits for 5 seconds.
      response.setHeader('Keep-Alive', 'timeout=2').end('{}');
    },
    async ({ transport }) => {
      await ask(transport);
      await closed;
    },
  );
});

test('each request is one debug line and one report, with nothing of path, query, headers or body', () =>
  withUpstream(
    (_request, response) => response.writeHead(400).end('{"message":"secret body"}'),
    async ({ transport, reports, logged }) => {
      await rejection(
        transport.json({
          endpoint: 'changeThing',
          method: 'POST',
          path: path`/api/v3/things/${'secret-id'}`,
          query: { name: 'secret name' },
          body: { name: 'secret name' },
        }),
      );
      expect(reports).toEqual([
        {
          endpoint: 'changeThing',
          method: 'POST',
          status: 400,
          outcome: 'BAD_USER_INPUT',
          milliseconds: expect.any(Number),
        },
      ]);
      expect(logged).toHaveLength(1);
      expect(JSON.parse(logged[0] ?? '')).toMatchObject({
        level: 20,
        endpoint: 'changeThing',
        method: 'POST',
        status: 400,
      });
      expect(logged[0]).not.toMatch(/secret|things|api/);
    },
  ));

test('a refused key is logged loudly', () =>
  withUpstream(
    (_request, response) => response.writeHead(401).end(),
    async ({ transport, logged }: Upstream) => {
      await rejection(ask(transport));
      expect(logged.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ level: 50, endpoint: 'getThing', status: 401 }),
      );
    },
  ));

test('plain text and nothing will do where the answer is not used, HTML will not', async () => {
  const bodies = ['OK', '', '"done"', '<html></html>'];
  await withUpstream(
    (_request, response) => response.end(bodies.shift()),
    async ({ transport }) => {
      const call = { endpoint: 'thing', method: 'POST', path: path`/x`, due: 'anything' } as const;
      expect(await transport.json(call)).toBeNull();
      expect(await transport.json(call)).toBeNull();
      expect(await transport.json(call)).toBe('done');
      expect(await rejection(transport.json(call))).toMatchObject({ reason: 'not JSON' });
    },
  );
});
