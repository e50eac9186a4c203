import { createHash } from 'node:crypto';
import { runCommand } from '../../support/runCommand';

async function check(environment: Record<string, string>) {
  const { exitCode, output, told } = runCommand(['check-config'], environment);
  return { exitCode: await exitCode, output: output.join('\n'), told };
}

const LEAST = {
  DATASPIKE_API_KEY: 'secret-key',
  WEBHOOK_SECRETS: `whsec_${'5e'.repeat(32)}`,
  AUTH_API_KEYS: `dashboard:${createHash('sha256').update('secret-of-the-dashboard').digest('hex')}:kyc:read+kyc:pii`,
};

test('every fault is named, with 78 and nothing on standard output', async () => {
  expect(await check({ PORT: 'four thousand', AUTH_ISSUER: 'https://identity.example.com' })).toEqual({
    exitCode: 78,
    output: '',
    told: [
      'The configuration is not usable:',
      '  DATASPIKE_API_KEY: is required',
      '  PORT: must be a whole number',
      '  WEBHOOK_SECRETS: is required, unless WEBHOOK_ALLOW_UNSIGNED=true',
      '  AUTH_ISSUER: only together with AUTH_JWKS_URL or AUTH_JWT_SECRET',
      expect.stringMatching(/^ {2}AUTH_API_KEYS: or AUTH_JWKS_URL/),
    ],
  });
});

test('a usable configuration is summed up, with 0', async () => {
  const { exitCode, output, told } = await check(LEAST);
  expect(told).toEqual([]);
  expect(exitCode).toBe(0);
  expect(output).toMatch(/^The configuration is usable:/);
  expect(output).toMatch(/Dataspike +sandbox, https:\/\/sandboxapi\.dataspike\.io$/m);
  expect(output).toMatch(/listens on +0\.0\.0\.0, port 4000$/m);
  expect(output).toMatch(/callers +key dashboard \(kyc:read kyc:pii\)$/m);
  expect(output).toMatch(/webhooks +signed with one secret, at most 300 s off$/m);
  expect(output).toMatch(/events +in this process; the last 100000 are kept$/m);
});

test('no secret is in the summary, nor what came with an address', async () => {
  const { exitCode, output } = await check({
    ...LEAST,
    AUTH_JWKS_URL: 'https://identity.example.com/keys?code=secret-code',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example.com:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret-header',
    REDIS_URL: 'rediss://user:secret-password@redis.example.com:6380/1',
    WATCH_TOKEN_SECRET: 'secret-of-the-watch-tokens-long-enough',
  });
  expect(exitCode).toBe(0);
  expect(output).toMatch(/callers +JWTs of https:\/\/identity\.example\.com\/keys, key dashboard/);
  expect(output).toMatch(/events +in Redis at redis\.example\.com:6380, for many processes/);
  expect(output).toMatch(/traces +to http:\/\/collector\.example\.com:4318\/$/m);
  for (const hidden of ['secret-', '5e5e', LEAST.AUTH_API_KEYS.split(':')[1]]) expect(output).not.toContain(hidden);
});

test('what would be ignored is told, with the name that was meant', async () => {
  const { exitCode, told } = await check({
    ...LEAST,
    LIMIT_DEPHT: '3',
    AUTH_API_KEYS_FILE: '',
    DATASPIKE_GRAPHQL_TOKEN: 'of watch',
    PATH: '/usr/bin',
  });
  expect(exitCode).toBe(0);
  expect(told).toEqual(['LIMIT_DEPHT: is ignored, the gateway has no such variable. Did you mean "LIMIT_DEPTH"?']);
});
