import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openAccessLog } from '../../src/access/accessRecord';
import { parseConfig } from '../../src/config';
import { createGateway } from '../../src/gateway';
import { createLogger } from '../../src/logger';
import { eventually, postGraphql, startGateway, subscribeTo, type TestGateway, TOKEN } from '../support/startGateway';
import { createVerification, force } from '../support/verifications';

const READER = 'a-key-without-people';
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const CANARIES = /CANARY|CNRY|@canary\.example|\+999/i;

let app: TestGateway;
let people: { id: string; applicant: { id: string } }[];
beforeAll(async () => {
  app = await startGateway({
    AUTH_API_KEYS: [
      `all:${digest(TOKEN)}:kyc:read+kyc:pii+kyc:write+kyc:admin`,
      `reader:${digest(READER)}:kyc:read+kyc:write+kyc:admin`,
    ].join(),
  });
  app.simulator.control.seed({ applicants: 6, verifications: 12 });
  const { data } = await app.graphql(
    '{ verifications(first: 10, filter: { statuses: [VERIFIED, FAILED] }) { nodes { id applicant { id } } } }',
  );
  people = data.verifications.nodes;
});
beforeEach(() => {
  app.accessLines().length = 0;
});
afterAll(() => app.close());

const records = () => app.accessLines().map((line) => JSON.parse(line));

test('an operation that shows personal data is recorded: who, when, which document, about whom, which fields', async () => {
  const [first] = people;
  const query = `query Card($id: ID!) {
    verification(id: $id) {
      id checks { step data } identityDocument { number } documents { contentUrl }
      applicant { id email systemInfo { fullName residence { city } } }
    }
  }`;
  const answer = await app.graphql(query, { id: first?.id }, { 'x-request-id': 'mine-1' });
  expect(answer.errors).toBeUndefined();
  expect(JSON.stringify(answer.data)).toMatch(CANARIES);
  expect(records()).toEqual([
    {
      record: 'access',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      requestId: 'mine-1',
      caller: { id: 'all', kind: 'API_KEY' },
      operation: { name: 'Card', sha256: digest(query) },
      applicantIds: [first?.applicant.id],
      fields: expect.arrayContaining([
        ...['Check.data', 'Verification.identityDocument', 'IdentityDocument.number', 'Document.contentUrl'],
        ...['Applicant.email', 'Applicant.systemInfo', 'ApplicantInfo.fullName', 'ApplicantInfo.residence'],
      ]),
    },
  ]);
  expect(app.accessLines().join('')).not.toMatch(CANARIES);
});

test('a list names everybody it shows, and each field once', async () => {
  await app.graphql(
    '{ verifications(first: 10, filter: { statuses: [VERIFIED, FAILED] }) { nodes { checks { data } } } }',
  );
  const [record] = records();
  expect(record.operation.name).toBeNull();
  expect(record.fields).toEqual(['Check.data']);
  expect([...record.applicantIds].sort()).toEqual([...new Set(people.map(({ applicant }) => applicant.id))].sort());
});

test('the activity of a verification belongs to its applicant', async () => {
  const { id, shortId, applicantId } = await createVerification(app);
  await fetch(`${app.simulator.url}/api/v3/sdk/${shortId}`, {
    headers: { 'ds-api-token': app.simulator.apiKey },
  });
  const { data } = await app.graphql(
    `{ verification(id: "${id}") { activity { nodes { event ipAddress } edges { node { country } } } } }`,
  );
  expect(data.verification.activity.nodes.length).toBeGreaterThan(0);
  expect(records()).toEqual([
    expect.objectContaining({
      applicantIds: [applicantId],
      fields: ['VerificationActivity.country', 'VerificationActivity.ipAddress'],
    }),
  ]);
});

test('what shows nobody is not recorded', async () => {
  const [first] = people;
  const query = `{ verification(id: "${first?.id}") { id status identityDocument { number } applicant { email } } }`;
  await postGraphql(`${app.gateway.url}/graphql`, query, {}, { authorization: `Bearer ${READER}` });
  await app.graphql(`{ verification(id: "${first?.id}") { id status applicant { id } } }`);
  expect(records()).toEqual([]);
});

test('each update of a subscription is recorded, over the same document', async () => {
  const { data } = await app.graphql(
    'mutation { createVerification(input: {}) { verification { id applicant { id } } } }',
  );
  const { id, applicant } = data.createVerification.verification;
  const query = `subscription Watch { verificationUpdated(verificationId: "${id}") { verification { status identityDocument { number } } } }`;
  const subscribed = subscribeTo(app.webSocketClient(), query);
  await subscribed.waitFor(1);
  force(app, id, 'pending');
  await subscribed.waitFor(2);
  subscribed.stop();
  expect(records()).toEqual(
    Array.from({ length: 2 }, () =>
      expect.objectContaining({
        caller: { id: 'all', kind: 'API_KEY' },
        operation: { name: 'Watch', sha256: digest(query) },
        applicantIds: [applicant.id],
        fields: ['Verification.identityDocument'],
      }),
    ),
  );
});

test('no name, number, address or telephone gets into a log line, an error or the record, whatever happens', async () => {
  const errors: string[] = [];
  const ask = async (query: string, variables = {}, token = TOKEN) => {
    const answer = await postGraphql(`${app.gateway.url}/graphql`, query, variables, {
      authorization: `Bearer ${token}`,
    });
    errors.push(JSON.stringify([answer.errors, [...answer.headers]]));
    return answer;
  };
  const everybody = `{ applicants(first: 6) { nodes { id email phone providedInfo { fullName dateOfBirth } systemInfo { address }
    verifications(first: 3) { nodes { id identityDocument { number other } checks { data } } } } } }`;
  expect(JSON.stringify((await ask(everybody)).data)).toMatch(CANARIES);
  await ask(everybody, {}, READER);
  await ask('{ applicants(filter: { name: "CANARY" }) { nodes { id } } }');
  await ask('{ applicants(filter: { name: "CANARY" }) { nodes { id } } }', {}, READER);
  await ask('{ applicant(id: "ANNACANARY/../x") { email } }');
  await ask('{ applicantByExternalId(externalId: "a@canary.example") { id } }');
  await ask(
    'mutation ($input: CreateApplicantInput!) { createApplicant(input: $input) { applicant { id email } userErrors { code } } }',
    {
      input: {
        email: 'who@canary.example',
        phone: '+999123',
        info: { fullName: 'ANNA CANARY', dateOfBirth: '1990-01-01' },
      },
    },
  );
  await ask(`{ viewer { id } }`, {}, 'CANARY-token');
  for (const kind of ['status', 'not-json', 'wrong-type', 'truncate', 'reset'] as const) {
    app.simulator.control.addFault({
      match: { endpoint: 'listApplicants' },
      kind,
      times: 3,
      ...(kind === 'status' && { status: 500 }),
    });
    await ask('{ applicants(first: 50, filter: { name: "CANARY" }) { nodes { email } } }');
    app.simulator.control.clearFaults();
  }
  for (const { id } of people) force(app, id, 'verified');
  for (const body of [
    '{"CANARY":',
    '"+999"',
    JSON.stringify({ id: 'CNRY1', event_type: 'CANARY', payload: { name: 'CANARY' } }),
  ]) {
    await fetch(`${app.gateway.url}/webhooks/dataspike`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).then(async (response) => errors.push(await response.text()));
  }
  const shown = [...app.logLines(), ...app.accessLines()].join('\n');
  expect(shown.length).toBeGreaterThan(1000);
  expect(shown.match(CANARIES)).toBeNull();
  expect(errors.join('\n').match(CANARIES)).toBeNull();
  const metrics = await fetch(`${app.gateway.url}/metrics`);
  expect(await metrics.text()).not.toMatch(CANARIES);
});

describe('ACCESS_LOG names a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'access-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('which is appended to, line by line, and readable by its owner alone', () => {
    const file = path.join(folder, 'access.log');
    for (const text of ['one', 'two']) {
      const log = openAccessLog(file);
      log.write(`${text}\n`);
      // Before anything is closed: a process that dies has lost nothing.
      expect(readFileSync(file, 'utf8')).toContain(text);
      log.close();
    }
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('and a gateway whose file cannot be written does not start', async () => {
    const config = parseConfig({
      DATASPIKE_API_KEY: 'key',
      WEBHOOK_ALLOW_UNSIGNED: 'true',
      AUTH_API_KEYS: `all:${digest(TOKEN)}:kyc:read`,
      HOST: '127.0.0.1',
      PORT: '0',
      ACCESS_LOG: path.join(folder, 'missing', 'access.log'),
    });
    await expect(createGateway(config, { logger: createLogger('silent') })).rejects.toThrow(/ENOENT/);
  });
});

test('the log is reached through the gateway as it runs', async () => {
  const [first] = people;
  await app.graphql(`{ verification(id: "${first?.id}") { applicant { email } } }`);
  await eventually(() => app.accessLines().length === 1);
  expect(app.accessLines()[0]).toMatch(/^\{.*\}\n$/);
});
