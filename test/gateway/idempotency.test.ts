import { createHash } from 'node:crypto';
import { mutate } from '../support/mutate';
import { createCase } from '../support/simulatedPeople';
import { endFaults, eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';

const OTHER_TOKEN = 'a-token-of-somebody-else';
/** Long enough for an answer on a busy machine. */
const TIMEOUT_MS = 800;
const digest = (token: string) => createHash('sha256').update(token).digest('hex');

let app: TestGateway;
beforeAll(async () => {
  const scopes = 'kyc:read+kyc:pii+kyc:write+kyc:admin';
  app = await startGateway({
    DATASPIKE_TIMEOUT_MS: String(TIMEOUT_MS),
    AUTH_API_KEYS: `test:${digest(TOKEN)}:${scopes},other:${digest(OTHER_TOKEN)}:${scopes}`,
  });
});
beforeEach(() => endFaults(app));
afterAll(() => app.close());

let count = 0;
const newKey = () => `key ${++count} at ${Date.now()}`;
const posts = () => app.simulator.requests().filter(({ method }) => method === 'POST');
/** A creation whose answer was lost has settled after twice the timeout. */
const settling = () => new Promise((resolve) => setTimeout(resolve, 2 * TIMEOUT_MS + 100));

const creations: readonly [name: string, selection: string, input: () => Promise<object>][] = [
  ['createApplicant', 'applicant { id }', async () => ({ email: 'anna@example.com' })],
  ['createVerification', 'verification { id }', async () => ({})],
  ['createProfile', 'profile { id }', async () => ({ name: newKey() })],
  ['createProfileLink', 'link { id }', async () => ({ profileId: (await createCase(app)).profileId })],
  ['createWebhook', 'webhook { id }', async () => ({ url: 'https://kyc.example.com/', eventTypes: ['DOCVER'] })],
];

test.each(creations)(
  '%s with the same key and input, again and at once, makes one thing',
  async (name, made, input) => {
    const given = { ...(await input()), idempotencyKey: newKey() };
    app.simulator.control.clearRequests();
    const answers = await Promise.all(Array.from({ length: 5 }, () => mutate(app, name, given, made)));
    answers.push(await mutate(app, name, given, made));
    expect(posts()).toHaveLength(1);
    expect(answers[0].userErrors).toEqual([]);
    const idOf = (answer: Record<string, { id: string }>) => Object.values(answer).find((value) => value?.id)?.id;
    expect(idOf(answers[0])).toEqual(expect.any(String));
    expect(new Set(answers.map(idOf)).size).toBe(1);
  },
);

test.each(creations)('%s with a key of something else is a conflict', async (name, _made, input) => {
  const idempotencyKey = newKey();
  await mutate(app, 'createApplicant', { externalId: newKey(), idempotencyKey });
  app.simulator.control.clearRequests();
  expect((await mutate(app, name, { ...(await input()), idempotencyKey })).userErrors).toEqual([
    {
      __typename: 'IdempotencyConflictError',
      code: 'IDEMPOTENCY_CONFLICT',
      message: 'The idempotencyKey stands for something else',
      path: ['input', 'idempotencyKey'],
    },
  ]);
  expect(posts()).toHaveLength(0);
});

test('the secret of a webhook is shown to who made it first, and never again', async () => {
  const input = { url: 'https://kyc.example.com/', eventTypes: ['DOCVER'], idempotencyKey: newKey() };
  expect((await mutate(app, 'createWebhook', input, 'secret')).secret).toMatch(/^whsec_/);
  expect(await mutate(app, 'createWebhook', input, 'secret webhook { url }')).toEqual({
    userErrors: [],
    secret: null,
    webhook: { url: 'https://kyc.example.com/' },
  });
});

test('the same key of another caller is another key', async () => {
  const query = `mutation { createApplicant(input: { idempotencyKey: "${newKey()}" }) { applicant { id } } }`;
  const mine = await app.graphql(query);
  const theirs = await app.graphql(query, {}, { authorization: `Bearer ${OTHER_TOKEN}` });
  expect(mine.data.createApplicant.applicant.id).not.toBe(theirs.data.createApplicant.applicant.id);
});

test.each(['', 'x'.repeat(256), 'line\nbreak'])('%j is no key', async (idempotencyKey) => {
  expect((await mutate(app, 'createApplicant', { idempotencyKey })).userErrors).toMatchObject([
    { __typename: 'ValidationError', code: 'INVALID', path: ['input', 'idempotencyKey'] },
  ]);
});

test('what was refused, or never sent, leaves the key free', async () => {
  const input = { idempotencyKey: newKey() };
  for (const status of [429, 503, 400]) {
    app.simulator.control.addFault({ kind: 'status', status, match: { endpoint: 'createApplicant' } });
    await app.graphql(
      'mutation ($input: CreateApplicantInput!) { createApplicant(input: $input) { userErrors { code } } }',
      {
        input,
      },
    );
  }
  expect(await mutate(app, 'createApplicant', input, 'applicant { id }')).toEqual({
    userErrors: [],
    applicant: { id: expect.any(String) },
  });
});

describe('a lost answer', () => {
  const lost = { kind: 'delay', delayMs: TIMEOUT_MS + 150, when: 'after' } as const;

  test.each([newKey(), null])(
    'of createApplicant with an external id is found out (key %j)',
    async (idempotencyKey) => {
      const externalId = newKey();
      app.simulator.control.addFault({ ...lost, match: { endpoint: 'createApplicant' } });
      const input = { externalId, email: 'anna@example.com', idempotencyKey };
      const answer = await mutate(app, 'createApplicant', input, 'applicant { externalId }');
      expect(answer).toEqual({ userErrors: [], applicant: { externalId } });
      expect(posts()).toHaveLength(1);
    },
  );

  test.each([newKey(), null])(
    'of createVerification for an applicant is found out (key %j)',
    async (idempotencyKey) => {
      const { applicantId, verificationId } = await createCase(app);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      app.simulator.control.addFault({ ...lost, match: { endpoint: 'createVerification' } });
      const answer = await mutate(app, 'createVerification', { applicantId, idempotencyKey }, 'verification { id }');
      expect(answer.userErrors).toEqual([]);
      expect(answer.verification.id).toEqual(expect.any(String));
      expect(answer.verification.id).not.toBe(verificationId);
      expect(posts()).toHaveLength(1);
    },
  );

  test('of a verification that nobody can tell from another is uncertain', async () => {
    const { applicantId } = await createCase(app);
    app.simulator.control.addFault({ ...lost, match: { endpoint: 'createVerification' } });
    const answer = await mutate(app, 'createVerification', { applicantId, idempotencyKey: newKey() });
    // The case's own verification is as young as the lost one.
    expect(answer.userErrors).toMatchObject([{ code: 'UNCERTAIN_OUTCOME' }]);
  });

  test('of an applicant who has no external id stays uncertain, and the key never makes another', async () => {
    app.simulator.control.addFault({ ...lost, match: { endpoint: 'createApplicant' } });
    const input = { idempotencyKey: newKey() };
    for (let asked = 0; asked < 2; asked += 1) {
      expect((await mutate(app, 'createApplicant', input)).userErrors).toMatchObject([{ code: 'UNCERTAIN_OUTCOME' }]);
      await settling();
    }
    expect(posts()).toHaveLength(1);
  });

  test('that hides an applicant of the same external id from before is not taken for him', async () => {
    const externalId = newKey();
    expect((await mutate(app, 'createApplicant', { externalId, email: 'berta@example.com' })).userErrors).toEqual([]);
    app.simulator.control.addFault({ ...lost, when: 'before', match: { endpoint: 'createApplicant' } });
    const answer = await mutate(app, 'createApplicant', { externalId, email: 'anna@example.com' });
    expect(answer.userErrors).toMatchObject([{ code: 'UNCERTAIN_OUTCOME' }]);
  });

  test('of something that was never made is made by the same key, once that has settled', async () => {
    const input = { externalId: newKey(), idempotencyKey: newKey() };
    app.simulator.control.addFault({ ...lost, when: 'before', match: { endpoint: 'createApplicant' } });
    expect((await mutate(app, 'createApplicant', input)).userErrors).toMatchObject([{ code: 'UNCERTAIN_OUTCOME' }]);
    expect((await mutate(app, 'createApplicant', input)).userErrors).toMatchObject([{ code: 'UNCERTAIN_OUTCOME' }]);
    expect(posts()).toHaveLength(1);
    await settling();
    expect((await mutate(app, 'createApplicant', input, 'applicant { externalId }')).applicant).toEqual({
      externalId: input.externalId,
    });
    expect(posts()).toHaveLength(2);
  });
});

test('a client who hangs up in the middle finds what was made when he comes back', async () => {
  const input = { idempotencyKey: newKey() };
  app.simulator.control.addFault({ kind: 'delay', delayMs: 150, match: { endpoint: 'createApplicant' } });
  const leaving = new AbortController();
  const query = 'mutation ($input: CreateApplicantInput!) { createApplicant(input: $input) { applicant { id } } }';
  const asked = fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ query, variables: { input } }),
    signal: leaving.signal,
  });
  await eventually(() => posts().length === 1);
  leaving.abort();
  await expect(asked).rejects.toThrow();
  expect((await mutate(app, 'createApplicant', input, 'applicant { id }')).applicant.id).toEqual(expect.any(String));
  expect(posts()).toHaveLength(1);
});
