import { openAcknowledged, openSocket } from '../support/protocolSocket';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redisServer';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { askOver } from '../support/threeWays';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function start(environment: Record<string, string>): Promise<TestGateway> {
  const app = await startGateway(environment);
  open.push(app);
  return app;
}

const WATCH = 'subscription { verificationUpdated { cursor } }';
const limited = (message: string, retryAfterMs: unknown = expect.any(Number)) => ({
  message,
  extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterMs, requestId: expect.any(String) },
});

test('one budget holds over all three ways in, and the answer says what is left and how long to wait', async () => {
  const app = await start({ LIMIT_REQUESTS_PER_MINUTE: '3' });
  const first = await app.graphql('{ eventCursor }');
  expect(first.headers.get('ratelimit-policy')).toBe('"requests";q=3;w=60');
  expect(first.headers.get('ratelimit')).toBe('"requests";r=2;t=60');
  await askOver('Server-Sent Events', app, { query: '{ eventCursor }' });
  await askOver('WebSocket', app, { query: '{ eventCursor }' });

  const refused = await app.graphql('{ eventCursor }');
  expect(refused.status).toBe(429);
  expect(refused.errors).toEqual([limited('At most 3 requests a minute')]);
  const waitMs = Number(refused.errors?.[0]?.extensions.retryAfterMs);
  expect(waitMs).toBeGreaterThan(50_000);
  expect(refused.headers.get('retry-after')).toBe(String(Math.ceil(waitMs / 1000)));
  expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=\d+$/);
  for (const way of ['Server-Sent Events', 'WebSocket'] as const) {
    const { errors } = await askOver(way, app, { query: '{ eventCursor }' });
    expect(errors).toEqual([limited('At most 3 requests a minute')]);
  }
});

test('a refused operation leaves its socket open', async () => {
  const app = await start({ LIMIT_REQUESTS_PER_MINUTE: '1' });
  const socket = await openAcknowledged(app.gateway.url);
  for (const id of ['1', '2', '3']) socket.send({ id, type: 'subscribe', payload: { query: '{ eventCursor }' } });
  expect(await socket.receive('1')).toMatchObject({ type: 'next' });
  expect(await socket.receive('3')).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'RATE_LIMITED' } }],
  });
  expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  socket.socket.close();
});

test('without a limit no header speaks of one', async () => {
  const app = await start({ LIMIT_REQUESTS_PER_MINUTE: '0' });
  const { headers } = await app.graphql('{ eventCursor }');
  expect([headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([null, null]);
});

test('failed tries are limited for each address, and a valid token is accepted all the same', async () => {
  const app = await start({ LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE: '2', TRUST_PROXY: '1' });
  const wrong = (from: string) =>
    app.graphql('{ eventCursor }', {}, { authorization: 'Bearer nobody', 'x-forwarded-for': from });
  const statuses: number[] = [];
  // Who forges the header cannot choose what the trusted proxy appends.
  for (const forged of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) statuses.push((await wrong(`${forged}, 10.0.0.1`)).status);
  expect(statuses).toEqual([401, 401, 429]);
  const refused = await wrong('10.0.0.1');
  expect(refused.errors).toEqual([limited('Too many failed tries to authenticate')]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
  expect((await wrong('10.0.0.2')).status).toBe(401);
  expect((await app.graphql('{ eventCursor }', {}, { 'x-forwarded-for': '10.0.0.1' })).status).toBe(200);
  // No token is no try.
  const without = await fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '10.0.0.1' },
    body: '{"query":"{ eventCursor }"}',
  });
  expect(without.status).toBe(401);
});

test('a socket whose address failed too often is closed with 4429', async () => {
  const app = await start({ LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE: '1' });
  const codes: number[] = [];
  for (let time = 0; time < 2; time += 1) {
    const socket = await openSocket(app.gateway.url);
    socket.send({ type: 'connection_init', payload: { authorization: 'Bearer nobody' } });
    codes.push((await socket.closed).code);
  }
  expect(codes).toEqual([4403, 4429]);
});

test('a socket has so many subscriptions at once', async () => {
  const app = await start({ LIMIT_SUBSCRIPTIONS_PER_SOCKET: '2' });
  const socket = await openAcknowledged(app.gateway.url);
  for (const id of ['1', '2', '3']) socket.send({ id, type: 'subscribe', payload: { query: WATCH } });
  expect(await socket.receive('3')).toMatchObject({
    type: 'error',
    payload: [{ message: 'At most 2 subscriptions at once per socket', extensions: { code: 'RATE_LIMITED' } }],
  });
  await eventually(() => app.gateway.watcherCount() === 2);
  socket.send({ id: '1', type: 'complete' });
  await eventually(() => app.gateway.watcherCount() === 1);
  socket.send({ id: '4', type: 'subscribe', payload: { query: WATCH } });
  await eventually(() => app.gateway.watcherCount() === 2);
  socket.socket.close();
});

test('a caller has so many subscriptions at once over all ways in, and who leaves makes room', async () => {
  const app = await start({ LIMIT_SUBSCRIPTIONS_PER_CALLER: '2' });
  const leaving = new AbortController();
  await fetch(`${app.gateway.url}/graphql?query=${encodeURIComponent(WATCH)}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${TOKEN}` },
    signal: leaving.signal,
  });
  const socket = await openAcknowledged(app.gateway.url);
  socket.send({ id: '1', type: 'subscribe', payload: { query: WATCH } });
  await eventually(() => app.gateway.watcherCount() === 2);
  for (const way of ['Server-Sent Events', 'WebSocket'] as const) {
    const { errors } = await askOver(way, app, { query: WATCH });
    expect(errors).toMatchObject([
      { message: 'At most 2 subscriptions at once per caller', extensions: { code: 'RATE_LIMITED', retryable: true } },
    ]);
  }
  leaving.abort();
  await eventually(() => app.gateway.watcherCount() === 1);
  socket.send({ id: '2', type: 'subscribe', payload: { query: WATCH } });
  await eventually(() => app.gateway.watcherCount() === 2);
  socket.socket.terminate();
  await eventually(() => app.gateway.watcherCount() === 0);
});

describeWithRedis('with Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const environment = () => ({
    REDIS_URL: redis.url,
    WATCH_TOKEN_SECRET: 'a secret of at least thirty-two bytes',
    LIMIT_REQUESTS_PER_MINUTE: '4',
  });

  test('two processes share a budget, and an outage of Redis is none of the gateway', async () => {
    const [one, two] = [await start(environment()), await start(environment())];
    const remaining = async (app: TestGateway) =>
      Number(/r=(\d+)/.exec((await app.graphql('{ viewer { id } }')).headers.get('ratelimit') ?? '')?.[1]);
    await eventually(() => [one, two].every((app) => app.logLines().join('').includes('"redis":"rates"')));
    expect([await remaining(one), await remaining(two), await remaining(one), await remaining(two)]).toEqual([
      3, 2, 1, 0,
    ]);
    expect((await one.graphql('{ viewer { id } }')).status).toBe(429);

    redis.pause();
    try {
      const startedAt = performance.now();
      const { status, headers } = await two.graphql('{ viewer { id } }');
      expect([status, headers.get('ratelimit')]).toEqual([200, '"requests";r=3;t=60']);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
    } finally {
      redis.resume();
    }
    await redis.kill();
    expect((await two.graphql('{ viewer { id } }')).status).toBe(200);
    await redis.restart();
  });
});
