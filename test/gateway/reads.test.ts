import { setTimeout as sleep } from 'node:timers/promises';
import { createCase } from '../support/simulatedPeople';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway({ LIMIT_OPERATION_MS: '2000' });
  app.simulator.control.seed({ applicants: 30, verifications: 60 });
});
beforeEach(() => {
  app.simulator.control.clearRequests();
  app.simulator.control.clearFaults();
});
afterAll(() => app.close());

/** How often the gateway asked each endpoint. */
function asked(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { endpoint } of app.simulator.requests()) counts[endpoint ?? ''] = (counts[endpoint ?? ''] ?? 0) + 1;
  return counts;
}

const abandoned = (endpoint: string) =>
  app
    .logLines()
    .map((line) => JSON.parse(line))
    .filter((line) => line.endpoint === endpoint && line.status === null).length;

test('a page of verifications with applicant and profile costs one call, and one per distinct applicant and profile', async () => {
  const { data } = await app.graphql(
    '{ verifications(first: 50) { nodes { applicant { id email } profile { id name } } } }',
  );
  const { nodes } = data.verifications as { nodes: { applicant: { id: string }; profile: { id: string } }[] };
  expect(nodes).toHaveLength(50);
  const distinct = (of: 'applicant' | 'profile') => new Set(nodes.map((node) => node[of].id)).size;
  expect(distinct('applicant')).toBe(30);
  expect(asked()).toEqual({ listVerifications: 1, getApplicant: 30, getProfile: distinct('profile') });
});

test('an operation asks once for the same thing, under whatever alias and along whatever way', async () => {
  const { applicantId, verificationId } = await createCase(app);
  const { data } = await app.graphql(
    `query ($v: ID!, $a: ID!) {
      a: verification(id: $v) { id applicant { id } }
      b: verification(id: $v) { status applicant { email latestVerification { id } } }
      applicant(id: $a) { verifications { nodes { applicant { id } } } }
    }`,
    { v: verificationId, a: applicantId },
  );
  expect(data.b.applicant.latestVerification.id).toBe(verificationId);
  expect(asked()).toEqual({ getVerification: 1, getApplicant: 1, listVerificationsForApplicant: 1 });
});

test('20 operations at the same moment share one request', async () => {
  const { verificationId } = await createCase(app);
  app.simulator.control.addFault({ kind: 'delay', delayMs: 1_000, times: 0 });
  const ask = () =>
    app.graphql('query ($id: ID!) { verification(id: $id) { id } verifications(first: 3) { nodes { id } } }', {
      id: verificationId,
    });
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  expect(answers.map(({ data }) => data.verification.id)).toEqual(Array(20).fill(verificationId));
  expect(asked()).toEqual({ getVerification: 1, listVerifications: 1 });
});

test('a webhook makes the next query fresh at once', async () => {
  const { verificationId } = await createCase(app);
  const read = async () => {
    const query = 'query ($id: ID!) { verification(id: $id) { status applicant { verificationStatus } } }';
    return (await app.graphql(query, { id: verificationId })).data.verification;
  };
  expect(await read()).toEqual({ status: 'INITIAL', applicant: { verificationStatus: 'INITIAL' } });
  app.simulator.control.forceVerification(verificationId, { status: 'verified', errors: {} });
  // Sooner than the cache forgets by itself, which takes 2 s.
  await eventually(async () => (await read()).status === 'VERIFIED', 1_000);
  expect((await read()).applicant.verificationStatus).toBe('PASSED');
});

test('what takes longer than the operation may is UPSTREAM_TIMEOUT in its field, and its siblings are intact', async () => {
  const { applicantId, verificationId } = await createCase(app);
  app.simulator.control.addFault({ kind: 'delay', delayMs: 5_000, match: { endpoint: 'getApplicant' } });
  const startedAt = Date.now();
  const { data, errors } = await app.graphql(
    `query ($v: ID!, $a: ID!) { verification(id: $v) { id applicant { id } } slow: applicant(id: $a) { id } viewer { id } }`,
    { v: verificationId, a: applicantId },
  );
  expect(Date.now() - startedAt).toBeLessThan(4_000);
  expect(data).toEqual({ verification: { id: verificationId, applicant: null }, slow: null, viewer: { id: 'test' } });
  expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual(['slow', 'verification.applicant']);
  for (const { extensions } of errors ?? []) {
    expect(extensions).toEqual({ code: 'UPSTREAM_TIMEOUT', retryable: true, requestId: expect.any(String) });
  }
});

describe('a client that hangs up', () => {
  const query = 'query ($id: ID!) { verification(id: $id) { id } }';

  /** @returns what hangs up */
  function askAndHangUp(id: string): () => void {
    const controller = new AbortController();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
    const body = JSON.stringify({ query, variables: { id } });
    const { signal } = controller;
    fetch(`${app.gateway.url}/graphql`, { method: 'POST', headers, body, signal }).catch(() => undefined);
    return () => controller.abort();
  }

  test('cancels the upstream call that only it waited for, and that is no error', async () => {
    const { verificationId } = await createCase(app);
    app.simulator.control.addFault({ kind: 'delay', delayMs: 1_800, match: { endpoint: 'getVerification' } });
    const before = abandoned('getVerification');
    const hangUp = askAndHangUp(verificationId);
    await eventually(() => asked().getVerification === 1);
    hangUp();
    await eventually(() => abandoned('getVerification') === before + 1, 1_200);
    expect(app.logLines().filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  test('leaves the call to the others who wait for it', async () => {
    const { verificationId } = await createCase(app);
    app.simulator.control.addFault({ kind: 'delay', delayMs: 200, match: { endpoint: 'getVerification' } });
    const before = abandoned('getVerification');
    const hangUp = askAndHangUp(verificationId);
    await eventually(() => asked().getVerification === 1);
    const other = app.graphql(query, { id: verificationId });
    await sleep(30);
    hangUp();
    expect((await other).data).toEqual({ verification: { id: verificationId } });
    expect(asked()).toEqual({ getVerification: 1 });
    expect(abandoned('getVerification')).toBe(before);
  });
});

const NO_IDS = [
  '',
  '.',
  '..',
  '../profiles',
  'a/../../profiles',
  'a/cancel',
  'a?limit=1',
  'a#b',
  'a\\b',
  'a\u0000',
  'a\r\nhost: b',
  'a'.repeat(300),
];

test.each(NO_IDS.map((id) => [id.slice(0, 20), id]))(
  '%j is an id that nobody has: null, and no request',
  async (_, id) => {
    const answer = await app.graphql(
      `query ($id: ID!, $text: String!) {
      applicant(id: $id) { id } verification(id: $id) { id } profile(id: $id) { id }
      applicantByExternalId(externalId: $text) { id } verificationByShortId(shortId: $text) { id }
    }`,
      { id, text: id },
    );
    expect(answer.errors).toBeUndefined();
    expect(Object.values(answer.data)).toEqual([null, null, null, null, null]);
    expect(app.simulator.requests()).toEqual([]);
  },
);

test('other names of an entity find it, and what does not exist is null', async () => {
  const { verificationId } = await createCase(app);
  const first = await app.graphql('query ($id: ID!) { verification(id: $id) { shortId } }', { id: verificationId });
  const { data } = await app.graphql(
    `query ($short: String!) {
      verificationByShortId(shortId: $short) { id }
      applicantByExternalId(externalId: "seeded-1") { externalId }
      nobody: applicantByExternalId(externalId: "nobody") { id }
      nothing: verification(id: "0192f1c3-55aa-7b1f-a6d2-7c3e9f0b4d21") { id }
      noProfile: profile(id: "default") { id }
    }`,
    { short: first.data.verification.shortId },
  );
  expect(data).toEqual({
    verificationByShortId: { id: verificationId },
    applicantByExternalId: { externalId: 'seeded-1' },
    nobody: null,
    nothing: null,
    noProfile: null,
  });
});

test('the countries of the dictionary have codes and names', async () => {
  const { data } = await app.graphql('{ countries { code alpha3 name continent } }');
  expect(data.countries).toContainEqual({ code: 'DE', alpha3: 'DEU', name: 'Germany', continent: 'Europe' });
});

test('a country without a name is called by its code', async () => {
  const body = JSON.stringify([{ alpha_2: 'DE', alpha_3: 'DEU' }]);
  app.simulator.control.addFault({ kind: 'status', status: 200, body });
  const { data } = await app.graphql('{ countries { name continent } }');
  expect(data).toEqual({ countries: [{ name: 'DE', continent: null }] });
});
