import { mutate } from '../support/mutate';
import { createCase } from '../support/simulatedPeople';
import { endFaults, startGateway, type TestGateway } from '../support/startGateway';

// A rejection that nobody handles fails the test in which it happens: Jest listens for them.

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway({ DATASPIKE_TIMEOUT_MS: '250' });
});
beforeEach(() => endFaults(app));
afterAll(() => app.close());

const uncertain = {
  __typename: 'UncertainOutcomeError',
  code: 'UNCERTAIN_OUTCOME',
  message: 'Dataspike gave no clear answer: it may have been done. Look before you try again.',
  path: null,
};

const creations: readonly [name: string, endpoint: string, input: () => Promise<object>][] = [
  ['createApplicant', 'createApplicant', async () => ({ email: 'anna@example.com' })],
  ['createVerification', 'createVerification', async () => ({})],
  ['createProfile', 'createProfile', async () => ({ name: `made at ${performance.now()}` })],
  ['createProfileLink', 'createVerificationLink', async () => ({ profileId: (await createCase(app)).profileId })],
  ['createWebhook', 'createWebhook', async () => ({ url: 'https://kyc.example.com/', eventTypes: ['DOCVER'] })],
];

test.each(creations)(
  '%s whose answer is lost in time is uncertain, and never tried again',
  async (name, endpoint, input) => {
    const given = await input();
    app.simulator.control.clearRequests();
    app.simulator.control.addFault({ kind: 'delay', delayMs: 400, when: 'after', match: { endpoint } });
    expect(await mutate(app, name, given)).toEqual({ userErrors: [uncertain] });
    expect(app.simulator.requests().filter(({ method }) => method === 'POST')).toHaveLength(1);
  },
);

test.each(['reset', 'truncate', 'stall', 'not-json', 'html', 'empty', 'oversized'] as const)(
  'a creation that was done, but answered with %s, is uncertain',
  async (kind) => {
    app.simulator.control.addFault({ kind, when: 'after', match: { endpoint: 'createApplicant' } });
    expect(await mutate(app, 'createApplicant', {}, 'applicant { id }')).toEqual({
      userErrors: [uncertain],
      applicant: null,
    });
  },
);

const CREATE = 'mutation { createApplicant(input: {}) { applicant { id } userErrors { code } } }';

test.each([
  [500, 'UPSTREAM_UNAVAILABLE', true],
  [503, 'UPSTREAM_UNAVAILABLE', true],
  [302, 'UPSTREAM_UNAVAILABLE', true],
  [401, 'UPSTREAM_REJECTED', false],
  [429, 'UPSTREAM_RATE_LIMITED', true],
])('a creation that Dataspike answers with %i was not done: %s', async (status, code, retryable) => {
  app.simulator.control.addFault({ kind: 'status', status });
  const { data, errors } = await app.graphql(CREATE);
  expect(data).toBeNull();
  expect(errors).toMatchObject([{ path: ['createApplicant'], extensions: { code, retryable } }]);
});

test('a creation that never reached Dataspike was not done', async () => {
  const cutOff = await startGateway();
  try {
    await cutOff.simulator.close();
    // A read finds the connections dead that were kept open; into those a creation might have been sent.
    await cutOff.graphql('{ applicants { nodes { id } } }');
    const { errors } = await cutOff.graphql(CREATE);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true } }]);
  } finally {
    await cutOff.close();
  }
});

const CHANGE = (selection: string) =>
  `mutation ($id: ID!) { updateApplicant(input: { applicantId: $id, phone: "1" }) { userErrors { code } ${selection} } }`;

test('a change that cannot be read back is done all the same: only the entity fails', async () => {
  const { applicantId: id } = await createCase(app);
  app.simulator.control.addFault({ kind: 'status', status: 500, match: { endpoint: 'getApplicant' }, times: 5 });
  const { data, errors } = await app.graphql(CHANGE('applicant { phone }'), { id });
  expect(data).toEqual({ updateApplicant: { userErrors: [], applicant: null } });
  expect(errors).toMatchObject([
    { path: ['updateApplicant', 'applicant'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
  ]);
});

test.each(['status', 'reset', 'stall'] as const)(
  'when nobody selects what cannot be read back (%s), nothing fails',
  async (kind) => {
    const { applicantId, verificationId } = await createCase(app);
    app.simulator.control.addFault({ kind, times: 10, match: { method: 'GET' } });
    const changed = await app.graphql(CHANGE(''), { id: applicantId });
    expect(changed.errors).toBeUndefined();
    expect(await mutate(app, 'cancelVerification', { verificationId })).toEqual({ userErrors: [] });
    app.simulator.control.clearFaults();
    const { data } = await app.graphql('query ($id: ID!) { verification(id: $id) { status } }', { id: verificationId });
    expect(data.verification.status).toBe('CANCELED');
  },
);

test('when it cannot be found out why a change is refused, the refusal is told as it came', async () => {
  const { verificationId } = await createCase(app);
  // A webhook would tell why.
  app.simulator.control.addDeliveryFault('drop');
  app.simulator.control.forceVerification(verificationId, { status: 'verified', errors: {} });
  app.simulator.control.addFault({ kind: 'status', status: 500, times: 0, match: { endpoint: 'getVerification' } });
  expect((await mutate(app, 'cancelVerification', { verificationId })).userErrors).toEqual([
    { __typename: 'ValidationError', code: 'REFUSED', message: 'verification is verified', path: null },
  ]);
});
