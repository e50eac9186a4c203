import { UpstreamRateLimited, UpstreamTimeout, UpstreamUnavailable } from '../../../src/dataspike/errors';
import { path } from '../../../src/dataspike/path';
import type { Transport } from '../../../src/dataspike/transport';
import { rejection, sendJson, withUpstream } from './upstream';

const ask = (transport: Transport, signal?: AbortSignal) =>
  transport.json({ endpoint: 'getApplicant', method: 'GET', path: path`/api/v3/applicants/${'1'}`, signal });
const change = (transport: Transport, method: 'POST' | 'PUT' | 'DELETE') =>
  transport.json({ endpoint: 'change', method, path: path`/api/v3/applicants`, due: 'anything' });
const sleep = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

test.each([
  ['500', 500, 3],
  ['503', 503, 3],
  ['429', 429, 3],
  ['a redirect, which would only come again', 302, 1],
  ['400', 400, 1],
  ['401', 401, 1],
  ['404', 404, 1],
])('a read that is answered %s is tried %s → %i times at most', (_name, status, tries) =>
  withUpstream(
    (_request, response) => sendJson(response, {}, status),
    async ({ persistentTransport, received }) => {
      await rejection(ask(persistentTransport));
      expect(received).toHaveLength(tries);
    },
  ),
);

test('a read is answered by the first try that succeeds', () => {
  let count = 0;
  return withUpstream(
    (_request, response) => sendJson(response, { id: '1' }, ++count < 3 ? 500 : 200),
    async ({ persistentTransport }) => {
      expect(await ask(persistentTransport)).toEqual({ id: '1' });
      expect(count).toBe(3);
    },
  );
});

test.each(['POST', 'PUT', 'DELETE'] as const)('a %s is never repeated', (method) =>
  withUpstream(
    (_request, response) => sendJson(response, {}, 503),
    async ({ persistentTransport, received }) => {
      await rejection(change(persistentTransport, method));
      expect(received).toHaveLength(1);
    },
  ),
);

test('Retry-After is waited for, in both of its forms', () => {
  const times: number[] = [];
  const forms = ['1', () => new Date(Date.now() + 2_000).toUTCString()] as const;
  return withUpstream(
    (_request, response) => {
      const form = forms[times.push(performance.now()) - 1];
      if (!form) return sendJson(response, { id: '1' });
      response.writeHead(429, { 'Retry-After': typeof form === 'string' ? form : form() }).end();
    },
    async ({ persistentTransport }) => {
      expect(await ask(persistentTransport)).toEqual({ id: '1' });
      const [first = 0, second = 0, third = 0] = times;
      expect(second - first).toBeGreaterThanOrEqual(990);
      // A date has whole seconds.
      expect(third - second).toBeGreaterThanOrEqual(990);
    },
  );
});

test('a Retry-After beyond the deadline is told at once', () =>
  withUpstream(
    (_request, response) => response.writeHead(429, { 'Retry-After': '5' }).end(),
    async ({ persistentTransport, received }) => {
      const hurried = persistentTransport.for({ deadlineAtMs: performance.now() + 3_000 });
      const startedAt = performance.now();
      expect(await rejection(ask(hurried))).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterMs: 5_000 });
      // The others do not even ask while Dataspike wants to be left alone.
      const other = await rejection(ask(hurried));
      expect(other).toBeInstanceOf(UpstreamRateLimited);
      expect((other as UpstreamRateLimited).retryAfterMs).toBeGreaterThan(4_000);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      expect(received).toHaveLength(1);
    },
  ));

test('who leaves while the next try is waited for is told at once, and nothing more is sent', () =>
  withUpstream(
    (_request, response) => response.writeHead(503, { 'Retry-After': '5' }).end(),
    async ({ persistentTransport, received }) => {
      const leaving = new AbortController();
      const asked = rejection(ask(persistentTransport, leaving.signal));
      await sleep(100);
      leaving.abort('gone');
      expect(await asked).toBe('gone');
      expect(received).toHaveLength(1);
    },
  ));

test('a host that fails is asked no more, answers come at once, and one probe at a time finds it back', () => {
  let isDown = true;
  let open = 0;
  let mostWhileProbing = 0;
  let hasOpened = false;
  return withUpstream(
    async (_request, response) => {
      open += 1;
      if (hasOpened) mostWhileProbing = Math.max(mostWhileProbing, open);
      await sleep(hasOpened ? 50 : 0);
      open -= 1;
      sendJson(response, {}, isDown ? 500 : 200);
    },
    async ({ persistentTransport, received }) => {
      for (let count = 0; count < 2; count += 1) await rejection(ask(persistentTransport));
      expect(received).toHaveLength(5);
      hasOpened = true;
      const startedAt = performance.now();
      const failures = await Promise.all(Array.from({ length: 50 }, () => rejection(ask(persistentTransport))));
      expect(performance.now() - startedAt).toBeLessThan(200);
      for (const failure of failures) {
        expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true, mayBeDone: false });
        expect((failure as UpstreamUnavailable).retryAfterMs).toBeGreaterThan(0);
      }
      expect(received).toHaveLength(5);
      expect(persistentTransport.state().breaker).toBe('OPEN');

      isDown = false;
      await sleep(1_050);
      const burst = await Promise.allSettled(Array.from({ length: 20 }, () => ask(persistentTransport)));
      expect(burst.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(mostWhileProbing).toBe(1);
      expect(await ask(persistentTransport)).toEqual({});
      expect(persistentTransport.state().breaker).toBe('CLOSED');
    },
  );
}, 10_000);

test.each([
  ['a refusal', 400],
  ['our key refused', 401],
  ['nothing found', 404],
  ['a request to wait', 429],
])(
  '%s does not open the breaker',
  (_name, status) =>
    withUpstream(
      (_request, response) => sendJson(response, {}, status),
      async ({ transport }) => {
        for (let count = 0; count < 8; count += 1) await rejection(change(transport, 'POST'));
        expect(transport.state().breaker).toBe('CLOSED');
      },
    ),
  20_000,
);

test('one endpoint that fails among others that work does not open the breaker', () =>
  withUpstream(
    (request, response) => sendJson(response, {}, request.method === 'POST' ? 500 : 200),
    async ({ transport }) => {
      for (let round = 0; round < 20; round += 1) {
        await rejection(change(transport, 'POST'));
        await rejection(change(transport, 'POST'));
        await ask(transport);
      }
      expect(transport.state().breaker).toBe('CLOSED');
    },
  ));

test('a caller who leaves says nothing about the host', () =>
  withUpstream(
    () => {},
    async ({ transport }) => {
      for (let count = 0; count < 10; count += 1) {
        const leaving = new AbortController();
        const asked = rejection(ask(transport, leaving.signal));
        await sleep(5);
        leaving.abort(new UpstreamTimeout());
        await asked;
      }
      expect(transport.state().breaker).toBe('CLOSED');
    },
  ));
