import type { Fault } from '../../src/simulator/simulator';
import { createCase, type SimulatedCase } from '../support/simulatedPeople';
import { endFaults, eventually, type GraphqlAnswer, startGateway, type TestGateway } from '../support/startGateway';

// So short that three tries of a read that is never answered fit into an operation, and long enough for 8 MiB of eleven
// answers at once on a busy machine.
const ENVIRONMENT = { DATASPIKE_TIMEOUT_MS: '2000', LIMIT_REQUESTS_PER_MINUTE: '0' };

/** For one field that fails beside others. */
let app: TestGateway;
/** One for each row of READS and CREATIONS, so that all endpoints can be struck at the same time. */
const apps: TestGateway[] = [];
beforeAll(async () => {
  app = await startGateway(ENVIRONMENT);
  while (apps.length < READS.length + CREATIONS.length) apps.push(await startGateway(ENVIRONMENT));
});
afterAll(async () => {
  await Promise.all([app, ...apps].map((each) => each.close()));
});

/** What stands in the bodies of faults, and must not get out. */
const INSIDE = 'inside-of-the-answer';
const body = JSON.stringify({ message: INSIDE });
const inOneSecond = { 'retry-after': '1' };
const tomorrow = { 'retry-after': new Date(Date.now() + 86_400_000).toUTCString() };

type FaultRow = readonly [
  what: string,
  fault: Struck,
  code: string,
  /** Of a read. What changes something is tried once, always. */
  tries: number,
  /** What a creation is told: the code of an error, or UNCERTAIN. */
  ofCreation: string,
];

const FAULTS: readonly FaultRow[] = [
  ['500', { kind: 'status', status: 500, body }, 'UPSTREAM_UNAVAILABLE', 3, 'UPSTREAM_UNAVAILABLE'],
  ['502 HTML', { kind: 'html', status: 502, body: `<h1>${INSIDE}` }, 'UPSTREAM_UNAVAILABLE', 3, 'UNCERTAIN'],
  ['429', { kind: 'status', status: 429, body }, 'UPSTREAM_RATE_LIMITED', 3, 'UPSTREAM_RATE_LIMITED'],
  [
    '429, in 1 s',
    { kind: 'status', status: 429, headers: inOneSecond },
    'UPSTREAM_RATE_LIMITED',
    3,
    'UPSTREAM_RATE_LIMITED',
  ],
  ['a timeout before headers', { kind: 'delay', delayMs: 6_000 }, 'UPSTREAM_TIMEOUT', 3, 'UNCERTAIN'],
  ['a stall in the body', { kind: 'stall', body }, 'UPSTREAM_TIMEOUT', 3, 'UNCERTAIN'],
  ['a reset', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE', 3, 'UNCERTAIN'],
  ['headers that never end', { kind: 'drip-headers' }, 'UPSTREAM_TIMEOUT', 3, 'UNCERTAIN'],
  ['a body that never ends', { kind: 'drip-body' }, 'UPSTREAM_TIMEOUT', 3, 'UNCERTAIN'],
  ['a content length that is too long', { kind: 'truncate', body }, 'UPSTREAM_UNAVAILABLE', 3, 'UNCERTAIN'],
  ['a content length that is too short', { kind: 'overrun', body }, 'UPSTREAM_UNAVAILABLE', 3, 'UNCERTAIN'],
  ['truncated JSON', { kind: 'not-json', body: `{"id":"${INSIDE}` }, 'UPSTREAM_UNAVAILABLE', 3, 'UNCERTAIN'],
  ['HTML with 200', { kind: 'html', body: `<h1>${INSIDE}` }, 'UPSTREAM_UNAVAILABLE', 3, 'UNCERTAIN'],
  ['a wrong type', { kind: 'wrong-type', body: `"${INSIDE}"` }, 'UPSTREAM_UNAVAILABLE', 1, 'UNCERTAIN'],
  ['204 where JSON is due', { kind: 'empty', status: 204 }, 'UPSTREAM_UNAVAILABLE', 1, 'UNCERTAIN'],
  ['an oversized answer', { kind: 'oversized' }, 'UPSTREAM_UNAVAILABLE', 1, 'UNCERTAIN'],
  [
    'a redirect',
    { kind: 'redirect', headers: { location: `http://127.0.0.1:9/${INSIDE}` } },
    'UPSTREAM_UNAVAILABLE',
    1,
    'UPSTREAM_UNAVAILABLE',
  ],
];

const READS: readonly Row[] = [
  ['applicants', 'getApplicantByExternalId', 'bad: applicantByExternalId(externalId: "x") { id }'],
  ['verifications', 'getVerificationByShortId', 'bad: verificationByShortId(shortId: "V4C81D2E6A0F39B75") { id }'],
  ['profiles', 'listProfiles', 'bad: profiles { id }'],
  ['webhooks', 'listWebhooks', 'bad: webhooks { id }'],
  ['webhook history', 'listWebhookHistory', 'bad: webhookDeliveries { nodes { id } }'],
  ['countries', 'listCountries', 'bad: countries { code }'],
];

const CREATIONS: readonly Row[] = [
  ['applicants', 'createApplicant', 'createApplicant(input: {}) { userErrors { code } }'],
  ['verifications', 'createVerification', 'createVerification(input: {}) { userErrors { code } }'],
  ['profiles', 'createProfile', 'createProfile(input: { name: "x" }) { userErrors { code } }'],
  [
    'webhooks',
    'createWebhook',
    'createWebhook(input: { url: "https://kyc.example.com/", eventTypes: ["DOCVER"] }) { userErrors { code } }',
  ],
];

function requestsTo({ simulator }: TestGateway, wanted: string): number {
  return simulator.requests().filter(({ endpoint }) => endpoint === wanted).length;
}

function strike({ simulator }: TestGateway, fault: Struck, endpoint: string): void {
  simulator.control.addFault({ ...fault, match: { endpoint }, times: 0 });
}

describe.each(FAULTS)('when Dataspike answers with %s', (_what, fault, code, tries, ofCreation) => {
  let answers: { reads: ReadOutcome[]; creations: CreationOutcome[]; siblings: GraphqlAnswer };
  let known: SimulatedCase;
  // All at once, because most of it is waiting: for tries, and for breakers to close again.
  beforeAll(async () => {
    await Promise.all([app, ...apps].map(endFaults));
    known = await createCase(app);
    const [reads, creations, siblings] = await Promise.all([
      Promise.all(READS.map((row, index) => meetByReading(apps[index] ?? app, fault, row))),
      Promise.all(CREATIONS.map((row, index) => meetByCreating(apps[READS.length + index] ?? app, fault, row))),
      meetBesideOthers(fault, known),
    ]);
    answers = { reads, creations, siblings };
  }, 30_000);

  test('reads of every kind tell so, and are tried again where that may help', () => {
    expect(answers.reads).toEqual(READS.map(([group]) => ({ group, told: code, retryable: true, tries })));
  });

  test('creations of every kind are tried once, and tell whether something may have been made', () => {
    const told = ofCreation === 'UNCERTAIN' ? 'UNCERTAIN_OUTCOME' : ofCreation;
    expect(answers.creations).toEqual(CREATIONS.map(([group]) => ({ group, told, tries: 1 })));
  });

  test('a field that fails leaves its siblings in the same answer', () => {
    const { data, errors } = answers.siblings;
    expect(data).toEqual({ verification: { id: known.verificationId }, bad: null, viewer: { id: 'test' } });
    expect(errors).toMatchObject([{ path: ['bad'], extensions: { code } }]);
  });
});

type Struck = Omit<Fault, 'match'>;
type Row = readonly [group: string, endpoint: string, field: string];

interface ReadOutcome {
  readonly group: string;
  readonly told: unknown;
  readonly retryable: unknown;
  readonly tries: number;
}

async function meetByReading(own: TestGateway, fault: Struck, [group, endpoint, field]: Row): Promise<ReadOutcome> {
  const { verificationId } = await createCase(own);
  strike(own, fault, endpoint);
  // Non-null fields take the whole answer with them; siblings are asked for beside them.
  const [bad, good] = await Promise.all([
    own.graphql(`{ ${field} }`),
    own.graphql('query ($id: ID!) { verification(id: $id) { id } }', { id: verificationId }),
  ]);
  expect(good).toMatchObject({ status: 200, data: { verification: { id: verificationId } } });
  expect(JSON.stringify(bad)).not.toContain(INSIDE);
  expect(own.simulator.requests().some(({ path }) => path.includes('redirected'))).toBe(false);
  const { code: told, retryable } = bad.errors?.[0]?.extensions ?? {};
  return { group, told, retryable, tries: requestsTo(own, endpoint) };
}

interface CreationOutcome {
  readonly group: string;
  readonly told: unknown;
  readonly tries: number;
}

async function meetByCreating(
  own: TestGateway,
  fault: Struck,
  [group, endpoint, field]: Row,
): Promise<CreationOutcome> {
  strike(own, fault, endpoint);
  const { data, errors } = await own.graphql(`mutation { payload: ${field} }`);
  expect(JSON.stringify({ data, errors })).not.toContain(INSIDE);
  const told = errors?.[0]?.extensions.code ?? data?.payload.userErrors[0]?.code;
  return { group, told, tries: requestsTo(own, endpoint) };
}

function meetBesideOthers(fault: Struck, { verificationId, applicantId }: SimulatedCase): Promise<GraphqlAnswer> {
  strike(app, fault, 'getApplicant');
  return app.graphql(
    'query ($v: ID!, $a: ID!) { verification(id: $v) { id } bad: applicant(id: $a) { id } viewer { id } }',
    { v: verificationId, a: applicantId },
  );
}

test('reads that meet 429 until tomorrow are not tried again, and tell how long to wait', async () => {
  for (const [, endpoint, field] of READS) {
    // What Dataspike asked for is kept by everybody: no other test could use this gateway.
    const own = await startGateway(ENVIRONMENT);
    strike(own, { kind: 'status', status: 429, headers: tomorrow }, endpoint);
    const { errors } = await own.graphql(`{ ${field} }`);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_RATE_LIMITED', retryable: true } }]);
    expect(errors?.[0]?.extensions.retryAfterMs).toBeGreaterThan(80_000_000);
    expect(requestsTo(own, endpoint)).toBe(1);
    await own.close();
  }
});

test('no request is left hanging at Dataspike, and connections are used again', async () => {
  const { simulator } = app;
  await endFaults(app);
  for (const [what, fault] of FAULTS.filter(([name]) => !name.startsWith('429'))) {
    strike(app, fault, 'listCountries');
    await Promise.all(Array.from({ length: 10 }, () => app.graphql('{ countries { code } }')));
    let unanswered = -1;
    await eventually(async () => {
      ({ unanswered } = await simulator.connections());
      return unanswered === 0;
    }).catch(() => expect([what, unanswered]).toEqual([what, 0]));
    await endFaults(app);
  }
  // Those of the last fault, and one that is kept for the next request; all those before are gone.
  await eventually(async () => (await simulator.connections()).open <= 11, 10_000);
}, 60_000);
