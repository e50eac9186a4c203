import { createDataspikeClient } from '../../src/dataspike/client';
import { createTransport } from '../../src/dataspike/transport';
import { createLogger } from '../../src/logger';
import { startGateway, subscribeTo, type TestGateway } from '../support/startGateway';

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway();
});
afterAll(() => app.close());

test('the guide "First Document Verification" can be followed through GraphQL alone', async () => {
  const { graphql, simulator } = app;

  // 1. Create an applicant.
  const created = await graphql(
    `mutation ($input: CreateApplicantInput!) {
      createApplicant(input: $input) { applicant { id externalId providedInfo { firstName } } userErrors { code } }
    }`,
    {
      input: {
        externalId: 'customer-1',
        email: 'anna@example.com',
        info: { firstName: 'Anna', dateOfBirth: '1974-08-12' },
      },
    },
  );
  expect(created.data.createApplicant.userErrors).toEqual([]);
  const applicant = created.data.createApplicant.applicant;
  expect(applicant).toMatchObject({ externalId: 'customer-1', providedInfo: { firstName: 'Anna' } });

  // 2. Create a verification, and learn where the applicant finishes it.
  const started = await graphql(
    `mutation ($input: CreateVerificationInput!) {
      createVerification(input: $input) {
        verification { id status isFinal session { url widgetId widgetApiUrl pendingDocuments } applicant { id } }
        userErrors { code }
      }
    }`,
    { input: { applicantId: applicant.id, expirationMinutes: 60 } },
  );
  const verification = started.data.createVerification.verification;
  expect(verification).toMatchObject({ status: 'INITIAL', isFinal: false, applicant: { id: applicant.id } });
  expect(verification.session.url).toContain(verification.session.widgetId);
  expect(verification.session.widgetApiUrl).toBe(simulator.url);
  expect(verification.session.pendingDocuments.length).toBeGreaterThan(0);

  // 3. Watch it.
  const updates = subscribeTo(
    app.webSocketClient(),
    `subscription ($id: ID!) {
      verificationUpdated(verificationId: $id) { cursor kind source previousStatus verification { id status } }
    }`,
    { id: verification.id },
  );
  const [snapshot] = await updates.waitFor(1);
  expect(snapshot.data.verificationUpdated).toMatchObject({ kind: 'SNAPSHOT', verification: { status: 'INITIAL' } });

  // 4. Too early: something is missing, and the answer says what.
  const tooEarly = await proceed(verification.id);
  expect(tooEarly.userErrors).toEqual([
    expect.objectContaining({ code: 'DOCUMENTS_MISSING', pendingDocuments: verification.session.pendingDocuments }),
  ]);

  // 5. Upload what is missing, and submit.
  await upload(applicant.id, verification.session.pendingDocuments);
  const proceeded = await proceed(verification.id);
  expect(proceeded).toMatchObject({ userErrors: [], verification: { status: 'IN_PROGRESS', session: null } });

  // 6. The signed webhook arrives, the watcher hears of it, and a query then shows the result.
  const all = await waitForStatus(updates, 'VERIFIED');
  expect(all.at(-1)).toMatchObject({ kind: 'CHANGE', source: 'WEBHOOK', previousStatus: 'IN_PROGRESS' });
  const result = await graphql(
    `query ($id: ID!) {
      verification(id: $id) {
        status isFinal completedAt checks { step status errors { code } } documents { type contentType }
        identityDocument { number surname } applicant { verificationStatus systemInfo { lastName } }
      }
    }`,
    { id: verification.id },
  );
  expect(result.errors).toBeUndefined();
  expect(result.data.verification).toMatchObject({ status: 'VERIFIED', isFinal: true });
  expect(result.data.verification.checks.every((check: { status: string }) => check.status === 'VERIFIED')).toBe(true);
  expect(result.data.verification.documents).toHaveLength(verification.session.pendingDocuments.length);
  expect(result.data.verification.identityDocument.number).toEqual(expect.any(String));
  expect(result.data.verification.applicant.verificationStatus).toBe('PASSED');
});

async function proceed(verificationId: string) {
  const answer = await app.graphql(
    `mutation ($input: ProceedVerificationInput!) {
      proceedVerification(input: $input) {
        verification { status session { url } }
        userErrors { code message ... on DocumentsMissingError { pendingDocuments countryRequired } }
      }
    }`,
    { input: { verificationId } },
  );
  return answer.data.proceedVerification;
}

async function upload(applicantId: string, types: string[]): Promise<void> {
  const transport = createTransport({
    baseUrl: app.simulator.url,
    apiKey: app.simulator.apiKey,
    timeoutMs: 5_000,
    maxConcurrency: 4,
    logger: createLogger('silent'),
  });
  const client = createDataspikeClient({ transport });
  for (const documentType of types as 'PASSPORT'[]) {
    await client.uploadDocument(applicantId, {
      file: Buffer.from(`\xff\xd8\xff\xe0 ${documentType}`, 'latin1'),
      fileName: `${documentType.toLowerCase()}.jpg`,
      contentType: 'image/jpeg',
      documentType,
    });
  }
  transport.close();
}

async function waitForStatus(updates: ReturnType<typeof subscribeTo>, status: string) {
  for (let count = 1; ; count += 1) {
    const results = await updates.waitFor(count);
    const seen = results.map((result) => result.data.verificationUpdated);
    if (seen.at(-1).verification.status === status) return seen;
  }
}
