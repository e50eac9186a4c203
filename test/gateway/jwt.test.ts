import { createHash } from 'node:crypto';
import { createClient } from 'graphql-sse';
import { type IdentityProvider, signClaims, startIdentityProvider } from '../support/identityProvider';
import { openSocket } from '../support/protocolSocket';
import { eventually, postGraphql, startGateway, type TestGateway, TOKEN } from '../support/startGateway';

const KEY_ENTRY = `test:${createHash('sha256').update(TOKEN).digest('hex')}:kyc:read`;
const NONE = { AUTH_API_KEYS: '', LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE: '0' };

// Each test has its own, and all run at the same time, because most of it is waiting.
const opened: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(opened.map((part) => part.close())));

async function openProvider(algorithm?: string): Promise<IdentityProvider> {
  const provider = await startIdentityProvider(algorithm);
  opened.push(provider);
  return provider;
}

async function openGateway(environment: Record<string, string>): Promise<TestGateway> {
  const app = await startGateway({ ...NONE, ...environment });
  opened.push(app);
  return app;
}

async function statusOf(app: TestGateway, token: string): Promise<number> {
  return (await viewer(app, token)).status;
}

const viewer = (app: TestGateway, token: string) =>
  postGraphql(
    `${app.gateway.url}/graphql`,
    '{ viewer { id kind scopes expiresAt } }',
    {},
    {
      authorization: `Bearer ${token}`,
    },
  );

test.concurrent('a token of the identity provider says who calls, what they may do and until when', async () => {
  const provider = await openProvider();
  const app = await openGateway(provider.environment);
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const token = await provider.sign({ sub: 'auth0|42', scope: 'openid kyc:read', permissions: ['kyc:pii', 'x'], exp });
  expect((await viewer(app, token)).data.viewer).toEqual({
    id: 'auth0|42',
    kind: 'USER',
    scopes: ['kyc:read', 'kyc:pii'],
    expiresAt: new Date(exp * 1000).toISOString(),
  });
  expect(app.logLines().join('')).not.toContain(token);
});

test.concurrent.each(['RS256', 'PS384', 'ES512', 'EdDSA'])('a key set may hold keys for %s', async (algorithm) => {
  const provider = await openProvider(algorithm);
  const app = await openGateway(provider.environment);
  expect(await statusOf(app, await provider.sign({ scope: 'kyc:read' }))).toBe(200);
});

test.concurrent('one set of keys serves many tokens, and one verification serves many requests', async () => {
  const provider = await openProvider();
  const app = await openGateway(provider.environment);
  const tokens = await Promise.all(
    Array.from({ length: 20 }, (_, n) => provider.sign({ sub: `user ${n}`, scope: 'kyc:read' })),
  );
  const statuses = await Promise.all(tokens.map((token) => statusOf(app, token)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(provider.requests()).toBe(1);
});

test.concurrent('a key that takes the place of another is fetched with its first token, and made-up keys are not asked for again and again', async () => {
  const provider = await openProvider();
  const app = await openGateway(provider.environment);
  const before = await provider.sign({ scope: 'kyc:read' });
  expect(await statusOf(app, before)).toBe(200);
  await provider.rotate();
  expect(await statusOf(app, await provider.sign({ scope: 'kyc:read', sub: 'after' }))).toBe(200);
  expect(provider.requests()).toBe(2);
  for (let n = 0; n < 20; n += 1) {
    expect(await statusOf(app, await provider.sign({ scope: 'kyc:read' }, { kid: `made up ${n}` }))).toBe(401);
  }
  expect(provider.requests()).toBe(2);
});

test.concurrent.each([
  ['is down', 503, ''],
  ['answers a page', 200, '<html>'],
  ['answers something else', 200, '{"keys":1}'],
  ['answers too much', 200, `{"keys":[],"more":"${'x'.repeat(1_100_000)}"}`],
])(
  'while the key set %s, tokens of unknown keys are refused, known ones and API keys are not',
  async (_what, status, body) => {
    const provider = await openProvider();
    const known = await openGateway({ ...provider.environment, AUTH_API_KEYS: KEY_ENTRY });
    expect(await statusOf(known, await provider.sign({ scope: 'kyc:read' }))).toBe(200);
    provider.answerWith(status, body);
    const unknown = await openGateway({ ...provider.environment, AUTH_API_KEYS: KEY_ENTRY });
    const token = await provider.sign({ scope: 'kyc:read', sub: 'another' });
    for (let n = 0; n < 5; n += 1) expect(await statusOf(unknown, token)).toBe(401);
    expect(await statusOf(unknown, TOKEN)).toBe(200);
    expect(await statusOf(known, token)).toBe(200);
    const warnings = unknown.logLines().filter((line) => line.includes('AUTH_JWKS_URL'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).not.toContain(provider.url);
    expect(provider.requests()).toBe(2);
  },
);

test.concurrent('a provider that comes back is asked again after a few seconds', async () => {
  const provider = await openProvider();
  provider.answerWith(503);
  const app = await openGateway(provider.environment);
  const token = await provider.sign({ scope: 'kyc:read' });
  expect(await statusOf(app, token)).toBe(401);
  provider.answerWith(null);
  await eventually(async () => (await statusOf(app, token)) === 200, 8_000);
});

const SECRET = 'a shared secret of more than 32 bytes';
const sharedSecret = {
  AUTH_JWT_SECRET: SECRET,
  AUTH_ISSUER: 'https://id.example.com/',
  AUTH_AUDIENCE: 'kyc-dashboard',
};
const withSecret = (claims: object, alg = 'HS256', secret = SECRET) =>
  signClaims({ scope: 'kyc:read', ...claims }, { alg, key: Buffer.from(secret) });

describe('with a shared secret', () => {
  test.concurrent('tokens may differ a minute from our clock, and no more', async () => {
    const app = await openGateway(sharedSecret);
    const nowSeconds = Math.floor(Date.now() / 1000);
    expect(await statusOf(app, await withSecret({ expiresIn: -50 }))).toBe(200);
    expect(await statusOf(app, await withSecret({ expiresIn: -61 }))).toBe(401);
    expect(await statusOf(app, await withSecret({ nbf: nowSeconds + 50 }))).toBe(200);
    expect(await statusOf(app, await withSecret({ nbf: nowSeconds + 70 }))).toBe(401);
  });

  test.concurrent.each([
    ['without an end', { exp: undefined }],
    ['without a subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['with a subject of 300 letters', { sub: 'x'.repeat(300) }],
    ['for another audience', { aud: ['another'] }],
    ['of another issuer', { iss: 'https://id.example.com' }],
    ['with a time that no date has', { exp: 1e300 }],
  ])('a token %s is refused', async (_what, claims) => {
    const app = await openGateway(sharedSecret);
    expect(await statusOf(app, await withSecret(claims))).toBe(401);
    expect(await statusOf(app, await withSecret({ aud: ['another', 'kyc-dashboard'] }))).toBe(200);
  });

  test.concurrent('HS512 is accepted, another secret and another algorithm are not', async () => {
    const app = await openGateway(sharedSecret);
    const stranger = await openProvider();
    expect(await statusOf(app, await withSecret({}, 'HS512'))).toBe(200);
    expect(await statusOf(app, await withSecret({}, 'HS256', `${SECRET}!`))).toBe(401);
    expect(await statusOf(app, await stranger.sign({ scope: 'kyc:read' }))).toBe(401);
  });

  test.concurrent('scopes that are no text are none', async () => {
    const app = await openGateway(sharedSecret);
    const { data } = await viewer(
      app,
      await withSecret({ scope: 'kyc:read KYC:PII kyc:all', scp: 7, permissions: [{}, null] }),
    );
    expect(data.viewer.scopes).toEqual(['kyc:read']);
  });
});

test.concurrent('a gateway that does not know for whom tokens are made says so when it starts', async () => {
  const app = await openGateway({ AUTH_JWT_SECRET: SECRET });
  expect(app.logLines().filter((line) => line.includes('AUTH_AUDIENCE'))).toHaveLength(1);
  expect(await statusOf(app, await withSecret({ aud: 'anybody' }))).toBe(200);
});

describe('when a token ends', () => {
  test.concurrent('its WebSocket closes with 4403 and leaves no watcher behind', async () => {
    const app = await openGateway(sharedSecret);
    const opening = await openSocket(app.gateway.url);
    opening.send({
      type: 'connection_init',
      payload: { Authorization: `Bearer ${await withSecret({ expiresIn: 2 })}` },
    });
    expect((await opening.receive()).type).toBe('connection_ack');
    opening.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { verificationUpdated { cursor } }' } });
    await eventually(() => app.gateway.watcherCount() === 1);
    expect(await opening.closed).toEqual({ code: 4403, reason: 'Forbidden' });
    await eventually(() => app.gateway.watcherCount() === 0);
    expect(opening.messages.map(({ type }) => type)).toEqual(['connection_ack']);
  });

  test.concurrent('its stream says so and completes', async () => {
    const app = await openGateway(sharedSecret);
    const client = createClient({
      url: `${app.gateway.url}/graphql`,
      headers: { authorization: `Bearer ${await withSecret({ expiresIn: 2 })}` },
      retryAttempts: 0,
    });
    const results: unknown[] = [];
    for await (const result of client.iterate({ query: 'subscription { verificationUpdated { cursor } }' })) {
      results.push(result);
    }
    expect(results).toEqual([
      { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) })] },
    ]);
    await eventually(() => app.gateway.watcherCount() === 0);
    client.dispose();
  });

  test.concurrent('over HTTP it is refused from the next request on, though it is remembered', async () => {
    const app = await openGateway(sharedSecret);
    const token = await withSecret({ expiresIn: -58 });
    expect(await statusOf(app, token)).toBe(200);
    await eventually(async () => (await statusOf(app, token)) === 401);
  });
});
