import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { createSimulator, type Simulator } from '../../src/simulator/simulator';
import { type Build, buildGateway, type GatewayProcess } from '../support/gatewayProcess';
import { eventually, postGraphql, TOKEN } from '../support/startGateway';

let build: Build;
let simulator: Simulator;
let working: Record<string, string>;
const started: GatewayProcess[] = [];
beforeAll(async () => {
  build = await buildGateway();
  simulator = await createSimulator();
  simulator.control.seed({ applicants: 40, verifications: 60 });
  working = {
    DATASPIKE_API_KEY: simulator.apiKey,
    DATASPIKE_BASE_URL: simulator.url,
    HOST: '127.0.0.1',
    PORT: '0',
    WEBHOOK_ALLOW_UNSIGNED: 'true',
    AUTH_API_KEYS: `test:${createHash('sha256').update(TOKEN).digest('hex')}:kyc:read+kyc:write`,
  };
}, 60_000);
beforeEach(() => simulator.control.clearFaults());
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await Promise.all(started.map((child) => child.exited));
  await simulator.close();
});

function start(environment: Record<string, string>): GatewayProcess {
  const child = build.start(environment);
  started.push(child);
  return child;
}

async function startWorking(environment: Record<string, string> = {}) {
  const child = start({ ...working, ...environment });
  const url = `http://127.0.0.1:${await child.listening}`;
  return { ...child, url, ask: (query: string) => postGraphql(`${url}/graphql`, query) };
}

test('a wrong configuration ends it with 78, every fault by name on stderr, before it listens', async () => {
  const child = start({ PORT: 'four thousand', AUTH_API_KEYS: 'a-key-in-clear-text', EXPLORER: 'yes' });
  expect(await child.exited).toBe(78);
  expect(child.stderr().split('\n')).toEqual([
    'The configuration is not usable:',
    expect.stringContaining('DATASPIKE_API_KEY: is required'),
    expect.stringContaining('PORT: must be a whole number'),
    expect.stringContaining('AUTH_API_KEYS: key 1 must be name:sha256-hex-of-key:scope+scope'),
    expect.stringContaining('EXPLORER: must be true or false'),
    expect.stringContaining('WEBHOOK_SECRETS: is required'),
    '',
  ]);
  expect(child.stdout()).toBe('');
});

test.each(['PORT', 'METRICS_PORT'])('a taken %s ends it with 1 and one clear line', async (variable) => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  try {
    const { port } = other.address() as { port: number };
    const child = start({ ...working, [variable]: String(port) });
    expect(await child.exited).toBe(1);
    expect(child.stderr()).toBe(
      `The gateway could not start: the port is taken (EADDRINUSE); set ${variable} to another one\n`,
    );
  } finally {
    other.close();
  }
});

test('an address that this machine does not have ends it with 1 and its code', async () => {
  const child = start({ ...working, HOST: '192.0.2.1' });
  expect(await child.exited).toBe(1);
  expect(child.stderr()).toBe('The gateway could not start: EADDRNOTAVAIL\n');
});

test('it answers a query that reads a hundred entities, and says nothing on stderr', async () => {
  const gateway = await startWorking();
  const { data, errors } = await gateway.ask(
    '{ verifications(first: 50) { nodes { applicant { id } profile { id } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.verifications.nodes).toHaveLength(50);
  gateway.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
  expect(gateway.stderr()).toBe('');
  for (const line of gateway.stdout().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: 30 });
});

test('SIGTERM lets a running operation finish, takes no new one, and ends with 0', async () => {
  const gateway = await startWorking();
  simulator.control.clearRequests();
  simulator.control.addFault({ kind: 'delay', delayMs: 800, match: { endpoint: 'listVerifications' } });
  const running = gateway.ask('{ verifications(first: 3) { nodes { id } } }');
  // The sweep at the start asks, too.
  await eventually(() => simulator.requests().some(({ endpoint }) => endpoint === 'listVerifications'));
  gateway.kill('SIGTERM');
  await eventually(async () => (await fetch(`${gateway.url}/readyz`)).status === 503);
  const late = await fetch(`${gateway.url}/graphql`, { method: 'POST', body: '{}' });
  expect(late.status).toBe(503);
  expect(late.headers.get('retry-after')).toBe('5');
  expect((await running).data.verifications.nodes).toHaveLength(3);
  expect(await gateway.exited).toBe(0);
  await expect(fetch(`${gateway.url}/livez`)).rejects.toThrow();
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends an idle gateway with 0, also with a connection kept open',
  async (signal) => {
    const gateway = await startWorking();
    await gateway.ask('{ __typename }');
    gateway.kill(signal);
    expect(await gateway.exited).toBe(0);
  },
);

test('changes whose reading back fails, unselected, do not end the process', async () => {
  const gateway = await startWorking();
  const [{ id }] = (await gateway.ask('{ applicants(first: 1) { nodes { id } } }')).data.applicants.nodes;
  for (const kind of ['reset', 'status', 'not-json'] as const) {
    simulator.control.addFault({ kind, match: { endpoint: 'getApplicant' }, times: 5 });
    const { data } = await gateway.ask(
      `mutation { updateApplicant(input: { applicantId: "${id}", phone: "1" }) { userErrors { code } } }`,
    );
    expect(data).toEqual({ updateApplicant: { userErrors: [] } });
    simulator.control.clearFaults();
  }
  expect((await gateway.ask('{ __typename }')).status).toBe(200);
});
