import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, parseConfig } from '../../../src/config';

const SECRET = `whsec_${randomBytes(32).toString('hex')}`;
const digest = (key: string) => createHash('sha256').update(key).digest('hex');
const working = {
  DATASPIKE_API_KEY: 'ds-key-1',
  WEBHOOK_SECRETS: SECRET,
  AUTH_API_KEYS: `web:${digest('k')}:kyc:read`,
};

function problemsOf(environment: Record<string, string | undefined>): string[] {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return [...error.problems];
    throw error;
  }
  return [];
}

test('the defaults are those of the contract', () => {
  const config = parseConfig(working);
  expect(config).toMatchObject({
    dataspike: {
      apiKey: 'ds-key-1',
      environment: 'sandbox',
      baseUrl: 'https://sandboxapi.dataspike.io',
      timeoutMs: 5_000,
      maxConcurrency: 64,
    },
    server: { host: '0.0.0.0', port: 4000, publicUrl: null, corsOrigins: [], explorer: true, introspection: true },
    webhooks: { secrets: [SECRET], toleranceSeconds: 300 },
    access: { apiKeys: [{ name: 'web', scopes: ['kyc:read'] }], disabled: false },
    events: { retention: 100_000 },
    limits: { bodyBytes: 262_144, tokens: 1_000, operationMs: 12_000, webSocketMessageBytes: 65_536 },
    logLevel: 'info',
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test('production has its own address, and shows neither explorer nor schema unless told to', () => {
  const production = { ...working, DATASPIKE_ENVIRONMENT: 'production' };
  expect(parseConfig(production)).toMatchObject({
    dataspike: { baseUrl: 'https://api.dataspike.io' },
    server: { explorer: false, introspection: false },
  });
  expect(parseConfig({ ...production, EXPLORER: 'true', INTROSPECTION: 'true' }).server).toMatchObject({
    explorer: true,
    introspection: true,
  });
});

test('an empty value counts as left out', () => {
  expect(parseConfig({ ...working, PORT: '', PUBLIC_URL: '', LOG_LEVEL: '', CORS_ORIGINS: '' }).server.port).toBe(4000);
  expect(problemsOf({ ...working, DATASPIKE_API_KEY: '' })).toEqual(['DATASPIKE_API_KEY: is required']);
});

test('lists are split at commas, and URLs lose the slash at their end', () => {
  const { server, webhooks } = parseConfig({
    ...working,
    CORS_ORIGINS: ' https://a.example, http://localhost:5173 ,',
    PUBLIC_URL: 'https://kyc.example.com/base//',
    WEBHOOK_SECRETS: `${SECRET}, ${SECRET.replace(/.$/, '0')}`,
  });
  expect(server.corsOrigins).toEqual(['https://a.example', 'http://localhost:5173']);
  expect(server.publicUrl).toBe('https://kyc.example.com/base');
  expect(webhooks.secrets).toHaveLength(2);
});

const wrong: Readonly<Record<string, readonly string[]>> = {
  DATASPIKE_API_KEY: ['two words', 'schlüssel', 'line\nbreak'],
  DATASPIKE_ENVIRONMENT: ['staging', 'Production'],
  DATASPIKE_BASE_URL: [
    'api.example.com',
    'ftp://api.example.com',
    'https://u:p@api.example.com',
    'https://a.example?x=1',
  ],
  DATASPIKE_TIMEOUT_MS: ['0', '-1', '1.5', '5s', '600001', '1e3', ' 5', '9'.repeat(400)],
  DATASPIKE_MAX_CONCURRENCY: ['0', '10001'],
  PORT: ['65536', '-1', '0x50', 'http'],
  PUBLIC_URL: ['kyc.example.com', 'https://kyc.example.com/#a', 'javascript:alert(1)'],
  WEBHOOK_SECRETS: ['secret', 'whsec_-', 'whsec_xyz', `whsec_abc`, `${SECRET},nonsense`],
  WEBHOOK_ALLOW_UNSIGNED: ['yes', '1', 'TRUE'],
  WEBHOOK_TOLERANCE_SECONDS: ['0', '86401'],
  AUTH_API_KEYS: [
    'clear-text-key',
    `web:${digest('k')}`,
    `web:${digest('k').slice(1)}:kyc:read`,
    `web:${digest('k')}:kyc:all`,
  ],
  AUTH_DISABLED: ['yes', 'True'],
  REDIS_URL: ['127.0.0.1:6379', 'http://127.0.0.1:6379'],
  EVENT_RETENTION: ['0', 'many'],
  CORS_ORIGINS: ['*', 'other.example.com', 'https://app.example.com/', 'https://app.example.com/path', 'null'],
  EXPLORER: ['on'],
  INTROSPECTION: ['off'],
  LIMIT_BODY_BYTES: ['0', '256KB'],
  LIMIT_TOKENS: ['0'],
  LIMIT_OPERATION_MS: ['0', 'NaN', 'Infinity'],
  LIMIT_WEBSOCKET_MESSAGE_BYTES: ['0'],
  LOG_LEVEL: ['verbose', 'INFO'],
  METRICS_PORT: ['65536', 'off', '4000'],
  OTEL_EXPORTER_OTLP_ENDPOINT: ['collector:4318', 'grpc://collector:4317', 'http://u:p@collector:4318'],
  OTEL_EXPORTER_OTLP_HEADERS: ['authorization', 'authorization=Bearer%0Atoken', 'a=b,=c'],
  OTEL_SERVICE_NAME: ['gateway\nof mine', 'schlüssel'],
};

test.each(Object.entries(wrong).flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
  '%s is refused by name alone (case %#)',
  (name, value) => {
    const problems = problemsOf({ ...working, [name]: value });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
    // Some rules name what they allow; short values may stand there by chance.
    if (value.trim().length > 4) expect(problems.join()).not.toContain(value.trim());
  },
);

test('every fault is told at once, in one message without a value', () => {
  const environment = Object.fromEntries(Object.entries(wrong).map(([name, [value]]) => [name, value]));
  const problems = problemsOf(environment);
  expect(problems.map((problem) => problem.split(':')[0])).toEqual(Object.keys(wrong));
  const { message } = new ConfigError(problems);
  expect(message.split('\n')).toHaveLength(problems.length + 1);
  for (const secret of ['two words', 'clear-text-key']) expect(message).not.toContain(secret);
});

test('what is required is asked for when nothing is set', () => {
  expect(problemsOf({})).toEqual([
    'DATASPIKE_API_KEY: is required',
    'WEBHOOK_SECRETS: is required, unless WEBHOOK_ALLOW_UNSIGNED=true',
    'AUTH_API_KEYS: or AUTH_JWKS_URL or AUTH_JWT_SECRET is required, unless AUTH_DISABLED=true on a loopback HOST',
  ]);
});

test('webhooks without a secret must be wanted', () => {
  const { WEBHOOK_SECRETS: _, ...others } = working;
  expect(parseConfig({ ...others, WEBHOOK_ALLOW_UNSIGNED: 'true' }).webhooks.secrets).toEqual([]);
});

test.each([
  ['127.0.0.1', []],
  ['::1', []],
  ['localhost', []],
  [undefined, ['AUTH_DISABLED: only together with a loopback HOST such as 127.0.0.1']],
  ['0.0.0.0', ['AUTH_DISABLED: only together with a loopback HOST such as 127.0.0.1']],
  ['localhost.example.com', ['AUTH_DISABLED: only together with a loopback HOST such as 127.0.0.1']],
])('authentication can be switched off on HOST %s: %j', (HOST, problems) => {
  const { AUTH_API_KEYS: _, ...others } = working;
  expect(problemsOf({ ...others, AUTH_DISABLED: 'true', HOST })).toEqual(problems);
});

const JWT_SECRET = 'a secret of more than thirty-two bytes';

test.each([
  [{ AUTH_JWT_SECRET: JWT_SECRET, AUTH_API_KEYS: '' }, []],
  [{ AUTH_JWKS_URL: 'https://id.example.com/keys?policy=a', AUTH_API_KEYS: '' }, []],
  [{ AUTH_JWT_SECRET: 'thirty-one bytes are not enough' }, ['AUTH_JWT_SECRET: must be at least 32 bytes']],
  [{ WATCH_TOKEN_SECRET: 'short' }, ['WATCH_TOKEN_SECRET: must be at least 32 bytes']],
  [{ AUTH_JWKS_URL: 'ftp://id.example.com' }, ['AUTH_JWKS_URL: must be an http or https URL without credentials']],
  [
    { AUTH_JWKS_URL: 'https://a:b@id.example.com' },
    ['AUTH_JWKS_URL: must be an http or https URL without credentials'],
  ],
  [
    { AUTH_JWT_SECRET: JWT_SECRET, AUTH_JWKS_URL: 'https://id.example.com' },
    ['AUTH_JWT_SECRET: set it or AUTH_JWKS_URL, not both'],
  ],
  [
    { AUTH_ISSUER: 'a', AUTH_AUDIENCE: 'b' },
    [
      'AUTH_ISSUER: only together with AUTH_JWKS_URL or AUTH_JWT_SECRET',
      'AUTH_AUDIENCE: only together with AUTH_JWKS_URL or AUTH_JWT_SECRET',
    ],
  ],
  [
    { REDIS_URL: 'redis://127.0.0.1:6379' },
    ['WATCH_TOKEN_SECRET: is required with REDIS_URL, the same for every process'],
  ],
  [{ REDIS_URL: 'redis://127.0.0.1:6379', WATCH_TOKEN_SECRET: JWT_SECRET }, []],
])('callers are known by what is consistent: %j', (environment, problems) => {
  expect(problemsOf({ ...working, ...environment })).toEqual(problems);
});

test('traces go where the endpoint is, with its headers; without one nowhere', () => {
  const headers = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a', OTEL_SERVICE_NAME: 'mine' };
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example.com/eu/' };
  expect(parseConfig({ ...working, ...headers }).telemetry).toEqual({ metricsPort: null, traces: null });
  expect(parseConfig({ ...working, ...headers, ...endpoint }).telemetry.traces).toEqual({
    endpoint: 'https://otlp.example.com/eu',
    headers: { authorization: 'Bearer a' },
    serviceName: 'mine',
  });
});

test('the secret of watch tokens is random unless it is given', () => {
  const secretOf = (environment: object) => parseConfig({ ...working, ...environment }).access.tokenSecret;
  expect(secretOf({})).toHaveLength(32);
  expect(secretOf({})).not.toEqual(secretOf({}));
  expect(secretOf({ WATCH_TOKEN_SECRET: JWT_SECRET }).toString()).toBe(JWT_SECRET);
});

describe('secrets in files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function file(content: string): string {
    const name = path.join(folder, digest(content).slice(0, 8));
    writeFileSync(name, content);
    return name;
  }

  test('are read without the line break at their end', () => {
    const config = parseConfig({
      DATASPIKE_API_KEY_FILE: file('ds-key-2\n'),
      WEBHOOK_SECRETS_FILE: file(`${SECRET}\n`),
      AUTH_API_KEYS_FILE: file(`${working.AUTH_API_KEYS}\r\n`),
    });
    expect(config.dataspike.apiKey).toBe('ds-key-2');
    expect(config.webhooks.secrets).toEqual([SECRET]);
    expect(config.access.apiKeys).toHaveLength(1);
  });

  test('are not taken together with the variable itself', () => {
    expect(problemsOf({ ...working, DATASPIKE_API_KEY_FILE: file('ds-key-2') })).toEqual([
      'DATASPIKE_API_KEY: set it or DATASPIKE_API_KEY_FILE, not both',
    ]);
  });

  test('that cannot be read are named, not shown', () => {
    const missing = path.join(folder, 'missing');
    const { DATASPIKE_API_KEY: _, ...others } = working;
    const problems = problemsOf({ ...others, DATASPIKE_API_KEY_FILE: missing });
    expect(problems).toEqual(['DATASPIKE_API_KEY_FILE: cannot be read']);
    expect(problemsOf({ ...others, DATASPIKE_API_KEY_FILE: file(' \n') })).toEqual(['DATASPIKE_API_KEY: is required']);
  });
});

test('a subgraph cannot insist on trusted documents: routers write their own', () => {
  const environment = { ...working, FEDERATION: 'true', PERSISTED_OPERATIONS_ONLY: 'true' };
  expect(problemsOf(environment)).toContain(
    'FEDERATION: not with PERSISTED_OPERATIONS_ONLY, since a router writes documents of its own',
  );
  expect(parseConfig({ ...working, FEDERATION: 'true' }).server.federation).toBe(true);
  expect(parseConfig(working).server.federation).toBe(false);
});
