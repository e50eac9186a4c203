import { createCase, type SimulatedCase } from '../support/simulatedPeople';
import { endFaults, startGateway, subscribeTo, type TestGateway } from '../support/startGateway';

const QUERY = `query ($verificationId: ID!, $applicantId: ID!) {
  verification(id: $verificationId) { id status applicant { id } profile { id } }
  applicant(id: $applicantId) { id }
}`;

const opened: TestGateway[] = [];
afterAll(() => Promise.all(opened.map((app) => app.close())));

/** One for each test: they run at the same time, because most of it is waiting. */
async function open(): Promise<{ app: TestGateway; known: SimulatedCase }> {
  const app = await startGateway();
  opened.push(app);
  return { app, known: await createCase(app) };
}

/** Reads everything once, lets it grow old, and takes Dataspike away. */
async function knowThenLoseDataspike(): Promise<{ app: TestGateway; known: SimulatedCase }> {
  const { app, known } = await open();
  expect((await app.graphql(QUERY, { ...known })).errors).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  app.simulator.control.addFault({ kind: 'reset', times: 0 });
  return { app, known };
}

test.concurrent('while Dataspike is down, what was known is served with its age', async () => {
  const { app, known } = await knowThenLoseDataspike();
  const { data, errors, extensions } = await app.graphql(QUERY, { ...known });
  expect(errors).toBeUndefined();
  expect(data.verification).toMatchObject({ id: known.verificationId, status: 'INITIAL' });
  expect(extensions?.stale).toHaveLength(4);
  expect(extensions?.stale).toEqual(
    expect.arrayContaining([
      { path: ['verification'], ageSeconds: expect.any(Number) },
      { path: ['verification', 'applicant'], ageSeconds: expect.any(Number) },
      { path: ['verification', 'profile'], ageSeconds: expect.any(Number) },
      { path: ['applicant'], ageSeconds: expect.any(Number) },
    ]),
  );
  for (const { ageSeconds } of (extensions?.stale ?? []) as { ageSeconds: number }[]) {
    expect(ageSeconds).toBeGreaterThanOrEqual(2);
    expect(ageSeconds).toBeLessThan(10);
  }
});

test.concurrent('what was never known fails at once, beside what was', async () => {
  const { app, known } = await knowThenLoseDataspike();
  // Enough of them to open the breaker.
  for (let count = 0; count < 3; count += 1) await app.graphql('{ applicant(id: "unknown") { id } }');
  app.simulator.control.clearRequests();
  const startedAt = performance.now();
  const { data, errors, extensions } = await app.graphql(
    'query ($id: ID!) { known: applicant(id: $id) { id } unknown: applicant(id: "nobody") { id } }',
    { id: known.applicantId },
  );
  expect(performance.now() - startedAt).toBeLessThan(250);
  expect(data).toEqual({ known: { id: known.applicantId }, unknown: null });
  expect(errors).toMatchObject([{ path: ['unknown'], extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true } }]);
  expect(extensions?.stale).toMatchObject([{ path: ['known'] }]);
  expect(app.simulator.requests().length).toBeLessThanOrEqual(1);
});

test.concurrent('once Dataspike is back, answers are fresh and say nothing of age', async () => {
  const { app, known } = await knowThenLoseDataspike();
  await app.graphql(QUERY, { ...known });
  await endFaults(app);
  const { errors, extensions } = await app.graphql(QUERY, { ...known });
  expect(errors).toBeUndefined();
  expect(extensions?.stale).toBeUndefined();
});

test.concurrent('what a mutation changed is not served as it was before', async () => {
  const { app, known } = await open();
  expect((await app.graphql(QUERY, { ...known })).errors).toBeUndefined();
  app.simulator.control.addFault({ kind: 'reset', times: 0, match: { method: 'GET' } });
  const { data } = await app.graphql(
    'mutation ($id: ID!) { updateApplicant(input: { applicantId: $id, phone: "1" }) { applicant { id } userErrors { code } } }',
    { id: known.applicantId },
  );
  expect(data.updateApplicant).toEqual({ applicant: null, userErrors: [] });
  const { data: after, errors } = await app.graphql('query ($id: ID!) { applicant(id: $id) { id } }', {
    id: known.applicantId,
  });
  expect(after.applicant).toBeNull();
  expect(errors).toHaveLength(1);
});

test.concurrent('neither a mutation nor the snapshot of a subscription is given anything old', async () => {
  const { app, known } = await knowThenLoseDataspike();
  const { data, errors } = await app.graphql(
    'mutation ($id: ID!) { setVerificationCountry(input: { verificationId: $id, country: "DE" }) { userErrors { code } } }',
    { id: known.verificationId },
  );
  expect(data).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  const updates = subscribeTo(
    app.webSocketClient(),
    'subscription ($id: ID!) { verificationUpdated(verificationId: $id) { kind verification { id } } }',
    { id: known.verificationId },
  );
  await updates.ended;
  expect(updates.results.filter(({ data: update }) => update?.verificationUpdated)).toEqual([]);
});
