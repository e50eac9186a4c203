import { createClient } from 'graphql-sse';
import { createWatchTokens } from '../../src/access/watchTokens';
import { invalid, mutate, notFound } from '../support/mutate';
import { openSocket } from '../support/protocolSocket';
import { createCase, uploadDocuments } from '../support/simulatedPeople';
import { eventually, postGraphql, startGateway, subscribeTo, type TestGateway } from '../support/startGateway';
import { createVerification, force } from '../support/verifications';

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway();
});
afterAll(() => app.close());

const create = (input: object) => mutate(app, 'createWatchToken', input, 'token expiresAt');
const tokenFor = async (verificationId: string): Promise<string> => (await create({ verificationId })).token;
const ask = (token: string, query: string, variables = {}) =>
  postGraphql(`${app.gateway.url}/graphql`, query, variables, { authorization: `Bearer ${token}` });

test('a watch token ends after 15 minutes, or after as many as are asked for', async () => {
  const { id } = await createVerification(app);
  for (const [expiresInMinutes, minutes] of [
    [undefined, 15],
    [1, 1],
    [60, 60],
  ]) {
    const { token, expiresAt, userErrors } = await create({ verificationId: id, expiresInMinutes });
    expect(userErrors).toEqual([]);
    const leftMinutes = (Date.parse(expiresAt) - Date.now()) / 60_000;
    expect(Math.abs(leftMinutes - (minutes ?? 0))).toBeLessThan(0.1);
    const { data } = await ask(token, '{ viewer { id kind scopes expiresAt } }');
    expect(data.viewer).toEqual({ id: expect.any(String), kind: 'WATCHER', scopes: ['kyc:read'], expiresAt });
  }
});

test('a token is made for what exists, and for no longer than an hour', async () => {
  const { id } = await createVerification(app);
  expect(await create({ verificationId: 'none' })).toEqual({
    token: null,
    expiresAt: null,
    userErrors: [notFound(['input', 'verificationId'])],
  });
  for (const expiresInMinutes of [0, 61, -1]) {
    const { token, userErrors } = await create({ verificationId: id, expiresInMinutes });
    expect(token).toBeNull();
    expect(userErrors).toEqual([invalid('expiresInMinutes must be from 1 to 60', ['input', 'expiresInMinutes'])]);
  }
});

test('its holder reads the verification, without people and without what it is linked to', async () => {
  const { applicantId, verificationId } = await createCase(app);
  await uploadDocuments(app, applicantId);
  const answer = await ask(
    await tokenFor(verificationId),
    `query ($id: ID!) {
      eventCursor
      verification(id: $id) {
        id status shortId session { url }
        checks { step status data }
        identityDocument { number }
        applicant { id }
        profile { id }
        duplicateApplicants { id }
        activity { nodes { event } edges { cursor } pageInfo { hasNextPage endCursor } }
      }
    }`,
    { id: verificationId },
  );
  expect(answer.errors).toBeUndefined();
  const { verification } = answer.data;
  expect(verification).toMatchObject({
    id: verificationId,
    session: { url: expect.any(String) },
    identityDocument: null,
    applicant: null,
    profile: null,
    duplicateApplicants: [],
    activity: { nodes: [], edges: [], pageInfo: { hasNextPage: false, endCursor: null } },
  });
  expect(verification.checks.map(({ data }: { data: unknown }) => data)).toEqual(verification.checks.map(() => null));
  const { redacted } = (answer as unknown as { extensions: { redacted: unknown[][] } }).extensions;
  for (const field of ['identityDocument', 'applicant', 'profile', 'duplicateApplicants', 'activity']) {
    expect(redacted).toContainEqual(['verification', field]);
  }
  const read = app.simulator.requests().map(({ path }) => path);
  expect(read.filter((path) => /applicants|profiles|events/.test(path))).toEqual([]);
});

test('whatever else there is does not exist for its holder, and nobody is asked', async () => {
  const own = await createVerification(app);
  const other = await createVerification(app);
  const token = await tokenFor(own.id);
  app.simulator.control.clearRequests();
  const { data, errors } = await ask(
    token,
    '{ other: verification(id: "OTHER") { id } byShortId: verificationByShortId(shortId: "SHORT") { id } none: verification(id: "none") { id } }'
      .replace('OTHER', other.id)
      .replace('SHORT', other.shortId),
  );
  expect(errors).toBeUndefined();
  expect(data).toEqual({ other: null, byShortId: null, none: null });
  expect(app.simulator.requests()).toEqual([]);
  const byShortId = await ask(token, `{ verificationByShortId(shortId: "${own.shortId}") { id } }`);
  expect(byShortId.data.verificationByShortId).toEqual({ id: own.id });
});

test('a watch token makes no other', async () => {
  const { id } = await createVerification(app);
  const answer = await ask(
    await tokenFor(id),
    `mutation { createWatchToken(input: { verificationId: "${id}" }) { token } }`,
  );
  expect(answer.errors).toEqual([expect.objectContaining({ message: 'A watch token does not allow this' })]);
});

describe('over WebSocket', () => {
  test('its holder hears of the verification, named or not, and of no other', async () => {
    const own = await createVerification(app);
    const other = await createVerification(app);
    const client = app.webSocketClient({ authorization: `Bearer ${await tokenFor(own.id)}` });
    const query = (id: string) => `subscription { verificationUpdated${id} {
      kind verification { id status identityDocument { number } applicant { id } } } }`;
    const named = subscribeTo(client, query(`(verificationId: "${own.id}")`));
    const unnamed = subscribeTo(client, query(''));
    await Promise.all([named.waitFor(1), unnamed.waitFor(1)]);
    force(app, other.id, 'pending');
    force(app, own.id, 'pending');
    for (const subscribed of [named, unnamed]) {
      const results = await subscribed.waitFor(2);
      expect(results.map(({ data }) => data.verificationUpdated)).toEqual([
        { kind: 'SNAPSHOT', verification: { id: own.id, status: 'INITIAL', identityDocument: null, applicant: null } },
        { kind: 'CHANGE', verification: { id: own.id, status: 'PENDING', identityDocument: null, applicant: null } },
      ]);
      // In the order in which they were resolved, which nobody promises.
      expect(results[1].extensions.redacted.toSorted()).toEqual([
        ['verificationUpdated', 'verification', 'applicant'],
        ['verificationUpdated', 'verification', 'identityDocument'],
      ]);
      subscribed.stop();
    }
  });

  test.each([
    ['another verification', (id: string) => `verificationId: "${id}"`],
    ['an applicant', (_id: string, applicantId: string) => `applicantId: "${applicantId}"`],
  ])('to ask for %s is refused', async (_what, argument) => {
    const own = await createVerification(app);
    const other = await createVerification(app);
    const client = app.webSocketClient({ authorization: `Bearer ${await tokenFor(own.id)}` });
    const subscribed = subscribeTo(
      client,
      `subscription { verificationUpdated(${argument(other.id, own.applicantId)}) { cursor } }`,
    );
    expect(await subscribed.ended).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN' }) }),
    ]);
  });
});

test('a token of another gateway, or one that has ended, opens nothing on any way in', async () => {
  const { id } = await createVerification(app);
  const foreign = createWatchTokens(Buffer.from('the secret of another gateway, as long'));
  const ours = createWatchTokens(Buffer.from('of the tests, and long enough for them'));
  const watched = { verificationId: id, shortId: null };
  const valid = (await ours.issue(watched, 1)).token;
  expect((await ask(valid, '{ viewer { kind } }')).status).toBe(200);
  // No tolerance: it was our own clock that wrote the time.
  for (const { token } of [await foreign.issue(watched, 1), await ours.issue(watched, 0)]) {
    expect((await ask(token, '{ viewer { kind } }')).status).toBe(401);
    const socket = await openSocket(app.gateway.url);
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    expect((await socket.closed).code).toBe(4403);
    const stream = createClient({
      url: `${app.gateway.url}/graphql`,
      headers: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });
    const updates = stream.iterate({ query: 'subscription { verificationUpdated { cursor } }' });
    await expect(updates.next()).rejects.toThrow(/401|Unauthorized/i);
    stream.dispose();
  }
  await eventually(() => app.gateway.watcherCount() === 0);
});

test('processes that share the secret accept the tokens of each other, others do not', async () => {
  const { id } = await createVerification(app);
  const token = await tokenFor(id);
  const alone = await startGateway({ WATCH_TOKEN_SECRET: '' });
  const together = await startGateway();
  try {
    const url = (of: TestGateway) => `${of.gateway.url}/graphql`;
    const headers = { authorization: `Bearer ${token}` };
    expect((await postGraphql(url(together), '{ viewer { kind } }', {}, headers)).data.viewer.kind).toBe('WATCHER');
    expect((await postGraphql(url(alone), '{ viewer { kind } }', {}, headers)).status).toBe(401);
  } finally {
    await alone.close();
    await together.close();
  }
});
