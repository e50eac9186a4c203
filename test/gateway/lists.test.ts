import { createCase } from '../support/simulatedPeople';
import { callSimulator, eventually, startGateway, type TestGateway } from '../support/startGateway';

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway();
});
afterAll(() => app.close());

test('what the applicant did is walked, too', async () => {
  const { verificationId: id } = await createCase(app);
  const { data } = await app.graphql('query ($id: ID!) { verification(id: $id) { shortId } }', { id });
  const { shortId } = data.verification;
  for (const country of ['DE', 'FR', 'GB', 'AT', 'CH']) {
    await callSimulator(app.simulator, 'POST', `/api/v3/sdk/${shortId}/set_country`, { country });
  }
  const events: string[] = [];
  let after: string | null = null;
  do {
    const answer: Awaited<ReturnType<TestGateway['graphql']>> = await app.graphql(
      `query ($id: ID!, $after: String) {
        verification(id: $id) { activity(first: 2, after: $after) { nodes { event httpStatus } pageInfo { hasNextPage endCursor } } }
      }`,
      { id, after },
    );
    const { nodes, pageInfo } = answer.data.verification.activity;
    events.push(...nodes.map(({ event }: { event: string }) => event));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  expect(events).toEqual(Array(5).fill('set_country'));
});

test('a delivery leads to its verification, and can be narrowed to one webhook', async () => {
  const { verificationId } = await createCase(app);
  app.simulator.control.forceVerification(verificationId, { status: 'expired', errors: {} });
  const isDelivered = async () => {
    const { data } = await app.graphql('{ webhookDeliveries { nodes { responseCode } } }');
    return data.webhookDeliveries.nodes.some(({ responseCode }: { responseCode: number }) => responseCode === 200);
  };
  await eventually(isDelivered);
  const { data } = await app.graphql(
    `{ webhookDeliveries(first: 1) { nodes { webhookId eventType attempts responseCode verification { id status } } }
       none: webhookDeliveries(webhookId: "nothing") { nodes { id } pageInfo { startCursor endCursor hasNextPage } } }`,
  );
  expect(data.webhookDeliveries.nodes).toEqual([
    {
      webhookId: expect.any(String),
      eventType: 'DOCVER',
      attempts: 1,
      responseCode: 200,
      verification: { id: verificationId, status: 'EXPIRED' },
    },
  ]);
  expect(data.none).toEqual({ nodes: [], pageInfo: { startCursor: null, endCursor: null, hasNextPage: false } });
});

test('the verifications of an applicant who is gone in between are none', async () => {
  const gone = await createCase(app);
  await app.graphql('query ($id: ID!) { applicant(id: $id) { id } }', { id: gone.applicantId });
  await callSimulator(app.simulator, 'DELETE', `/api/v3/applicants/${gone.applicantId}`, undefined);
  const { data, errors } = await app.graphql(
    'query ($id: ID!) { applicant(id: $id) { verifications { nodes { id } pageInfo { hasNextPage } } } }',
    { id: gone.applicantId },
  );
  expect(errors).toBeUndefined();
  expect(data.applicant.verifications).toEqual({ nodes: [], pageInfo: { hasNextPage: false } });
});
