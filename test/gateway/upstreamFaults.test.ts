import type { Fault } from '../../src/simulator/simulator';
import { createCase } from '../support/simulatedPeople';
import { callSimulator, endFaults, startGateway, type TestGateway } from '../support/startGateway';

// A rejection that nobody handles fails the test in which it happens: Jest listens for them.

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway({ DATASPIKE_TIMEOUT_MS: '500' });
});
beforeEach(() => endFaults(app));
afterAll(() => app.close());

/** What stands in the bodies of faults, and must not get out. */
const INSIDE = 'inside-of-the-answer';
const body = JSON.stringify({ message: `${INSIDE} see http://10.1.2.3:8080/internal` });

const faults: readonly [what: string, fault: Omit<Fault, 'match'>, code: string, retryable: boolean][] = [
  ['500', { kind: 'status', status: 500, body }, 'UPSTREAM_UNAVAILABLE', true],
  ['502 with HTML', { kind: 'html', status: 502, body: `<h1>${INSIDE}</h1>` }, 'UPSTREAM_UNAVAILABLE', true],
  ['503', { kind: 'status', status: 503, body }, 'UPSTREAM_UNAVAILABLE', true],
  ['401', { kind: 'status', status: 401, body }, 'UPSTREAM_REJECTED', false],
  ['402', { kind: 'status', status: 402, body }, 'UPSTREAM_REJECTED', false],
  ['403', { kind: 'status', status: 403, body }, 'UPSTREAM_REJECTED', false],
  ['400', { kind: 'status', status: 400, body }, 'BAD_USER_INPUT', false],
  ['429', { kind: 'status', status: 429, body }, 'UPSTREAM_RATE_LIMITED', true],
  ['a reset connection', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE', true],
  ['half a body', { kind: 'truncate', body }, 'UPSTREAM_UNAVAILABLE', true],
  ['half a body and silence', { kind: 'stall', body }, 'UPSTREAM_TIMEOUT', true],
  ['silence', { kind: 'delay', delayMs: 2_000 }, 'UPSTREAM_TIMEOUT', true],
  ['HTML with 200', { kind: 'html', body: `<h1>${INSIDE}</h1>` }, 'UPSTREAM_UNAVAILABLE', true],
  ['JSON that breaks off', { kind: 'not-json', body: `{"id":"${INSIDE}` }, 'UPSTREAM_UNAVAILABLE', true],
  ['a text where an object is due', { kind: 'wrong-type', body: `"${INSIDE}"` }, 'UPSTREAM_UNAVAILABLE', true],
  ['8 MiB of JSON', { kind: 'oversized' }, 'UPSTREAM_UNAVAILABLE', true],
  [
    'a redirect',
    { kind: 'redirect', headers: { location: `http://127.0.0.1:9/${INSIDE}` } },
    'UPSTREAM_UNAVAILABLE',
    true,
  ],
  ['nothing', { kind: 'empty' }, 'UPSTREAM_UNAVAILABLE', true],
];

// Every endpoint has its turn in faultMatrix.test.ts.
test.each(faults)(
  '%s fails that field alone, and tells nothing of what was inside',
  async (_what, fault, code, retryable) => {
    const known = await createCase(app);
    // More often than the gateway may try.
    app.simulator.control.addFault({ ...fault, match: { endpoint: 'getApplicant' }, times: 10 });
    const logged = app.logLines().length;
    const answer = await app.graphql(
      `query ($applicantId: ID!, $profileId: ID!, $verificationId: ID!) {
        bad: applicant(id: $applicantId) { id }
        good: verification(id: $verificationId) { id }
        viewer { id }
        unused: applicant(id: $applicantId) @skip(if: true) { id }
        unusedToo: profile(id: $profileId) @skip(if: true) { id }
      }`,
      { ...known },
    );
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ bad: null, good: { id: known.verificationId }, viewer: { id: 'test' } });
    expect(answer.errors).toMatchObject([{ path: ['bad'], extensions: { code, retryable } }]);
    const { host, port } = new URL(app.simulator.url);
    const told = JSON.stringify(answer.errors) + app.logLines().slice(logged).join('');
    for (const inside of [INSIDE, app.simulator.apiKey, host, `:${port}`, '10.1.2.3', '/api/v', 'anna@example.com']) {
      expect(told).not.toContain(inside);
    }
    expect(JSON.stringify(answer.errors)).not.toMatch(/stack|node_modules|axios/i);
  },
);

test('how long to wait is told where Dataspike says so', async () => {
  // Its own gateway: it will not ask again before the time has passed, which is more than an operation has.
  const waiting = await startGateway({ LIMIT_OPERATION_MS: '5000' });
  const { applicantId } = await createCase(waiting);
  const match = { endpoint: 'getApplicant' };
  waiting.simulator.control.addFault({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '7' },
    match,
    times: 10,
  });
  const { errors } = await waiting.graphql('query ($id: ID!) { applicant(id: $id) { id } }', { id: applicantId });
  expect(errors).toEqual([
    expect.objectContaining({
      message: 'Dataspike asked us to wait',
      extensions: {
        code: 'UPSTREAM_RATE_LIMITED',
        retryable: true,
        retryAfterMs: 7_000,
        requestId: expect.any(String),
      },
    }),
  ]);
  await waiting.close();
});

test('a refused key is logged as an error, and is never the caller’s fault', async () => {
  const wrong = await startGateway({ DATASPIKE_API_KEY: 'a-key-that-was-revoked' });
  try {
    const { status, errors } = await wrong.graphql('{ applicant(id: "1") { id } }');
    expect(status).toBe(200);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_REJECTED', retryable: false } }]);
    const loud = wrong
      .logLines()
      .map((line) => JSON.parse(line))
      .filter(({ level, endpoint }) => level >= 50 && endpoint !== 'listWebhookHistory');
    expect(loud).toMatchObject([{ endpoint: 'getApplicant', status: 401 }]);
    expect(wrong.logLines().join('')).not.toContain('a-key-that-was-revoked');
  } finally {
    await wrong.close();
  }
});

test('items that make no sense are left out of a list, and counted in the log', async () => {
  const real = await callSimulator(app.simulator, 'GET', '/api/v3/verifications?limit=1', undefined);
  const {
    data: [item],
  } = (await real.json()) as { data: object[] };
  const list = { data: [null, 'text', 7, [], {}, { id: 'no status' }, item], has_next: false };
  const logged = app.logLines().length;
  app.simulator.control.addFault({ kind: 'status', status: 200, body: JSON.stringify(list) });
  const { data, errors } = await app.graphql('{ verifications { nodes { id status } } }');
  expect(errors).toBeUndefined();
  expect(data.verifications.nodes.map(({ id }: { id: string }) => id)).toContain((item as { id: string }).id);
  const warnings = app
    .logLines()
    .slice(logged)
    .map((line) => JSON.parse(line))
    .filter(({ level }) => level === 40);
  expect(warnings).toMatchObject([{ endpoint: 'listVerifications', count: expect.any(Number) }]);
});

test('one entity of many that cannot be read is null, with an error of its own', async () => {
  for (let made = 0; made < 3; made += 1) await createCase(app);
  app.simulator.control.addFault({ kind: 'status', status: 400, match: { endpoint: 'getApplicant' } });
  const { data, errors } = await app.graphql('{ verifications(first: 3) { nodes { id applicant { id } } } }');
  const missing = data.verifications.nodes.filter(({ applicant }: { applicant: unknown }) => applicant === null);
  expect(data.verifications.nodes).toHaveLength(3);
  expect(missing).toHaveLength(1);
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.path).toEqual(['verifications', 'nodes', expect.any(Number), 'applicant']);
});

test('when everything fails at once, every field has its error and the gateway goes on', async () => {
  const known = await createCase(app);
  app.simulator.control.addFault({ kind: 'reset', times: 0 });
  const query = `query ($applicantId: ID!, $verificationId: ID!, $profileId: ID!) {
    applicant(id: $applicantId) { id } verification(id: $verificationId) { id } profile(id: $profileId) { id } viewer { id }
  }`;
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.graphql(query, { ...known })));
  for (const { data, errors } of answers) {
    expect(data).toEqual({ applicant: null, verification: null, profile: null, viewer: { id: 'test' } });
    expect(errors).toHaveLength(3);
  }
  await endFaults(app);
  expect((await app.graphql(query, { ...known })).errors).toBeUndefined();
});

test('lists whose items fail in several fields at once do not end the process', async () => {
  for (let made = 0; made < 5; made += 1) await createCase(app);
  app.simulator.control.addFault({ kind: 'reset', times: 0, match: { path: 'applicant' } });
  // Non-null all the way: the first failure takes the whole list, while the others are still to come.
  const { data, errors } = await app.graphql(
    '{ verifications(first: 5) { nodes { activity { nodes { event } } applicant { verifications { nodes { id } } } } } applicants { nodes { id } } }',
  );
  expect(data).toBeNull();
  expect(errors?.length).toBeGreaterThan(0);
  expect((await app.graphql('{ viewer { id } }')).data).toEqual({ viewer: { id: 'test' } });
});
