import { createHash } from 'node:crypto';
import { isObjectType } from 'graphql';
import { createSchema } from '../../src/graphql/schema';
import { createCase, uploadDocuments } from '../support/simulatedPeople';
import { eventually, postGraphql, startGateway, subscribeTo, type TestGateway, TOKEN } from '../support/startGateway';

const READER = 'a-key-without-people';
const entry = (name: string, key: string, scopes: string) =>
  `${name}:${createHash('sha256').update(key).digest('hex')}:${scopes}`;
const ALL = 'kyc:read+kyc:pii+kyc:write+kyc:admin';

let app: TestGateway;
let verificationId: string;
let applicantId: string;
beforeAll(async () => {
  app = await startGateway({
    AUTH_API_KEYS: [entry('all', TOKEN, ALL), entry('reader', READER, 'kyc:read+kyc:write+kyc:admin')].join(),
  });
  ({ applicantId, verificationId } = await createCase(app, { sandboxStatus: 'verified' }));
  await uploadDocuments(app, applicantId);
  await app.graphql(
    `mutation { proceedVerification(input: { verificationId: "${verificationId}" }) { userErrors { code } } }`,
  );
  app.simulator.control.forceVerification(verificationId, { status: 'verified', errors: {} }, true);
  await eventually(async () => {
    const { data } = await app.graphql(`{ verification(id: "${verificationId}") { identityDocument { number } } }`);
    return data.verification.identityDocument !== null;
  });
});
afterAll(() => app.close());

const asReader = async (query: string, variables = {}) =>
  (await postGraphql(`${app.gateway.url}/graphql`, query, variables, {
    authorization: `Bearer ${READER}`,
  })) as Awaited<ReturnType<typeof postGraphql>> & { extensions?: { redacted: unknown } };

test('every field beside personal data is declared as such or as harmless', () => {
  const schema = createSchema();
  const guarded = [
    ...['Applicant', 'ApplicantInfo', 'Address', 'IdentityDocument', 'Check', 'Document'],
    ...['VerificationActivity', 'WebhookDelivery', 'Verification'],
  ];
  const undeclared = guarded.flatMap((name) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no object type`);
    const fields = Object.values(type.getFields()).filter(
      (field) => typeof field.extensions.personalData !== 'boolean',
    );
    return fields.map((field) => `${name}.${field.name}`);
  });
  expect(undeclared).toEqual([]);
});

test('what is declared personal is exactly this', () => {
  const types = Object.values(createSchema().getTypeMap()).filter((type) => isObjectType(type));
  const personal = types.flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => field.extensions.personalData === true)
      .map((field) => `${type.name}.${field.name}`),
  );
  const fields = (type: string, names: string) => names.split(' ').map((name) => `${type}.${name}`);
  expect(personal.sort()).toEqual(
    [
      ...fields('Address', 'country city postalCode street'),
      ...fields('Applicant', 'email phone providedInfo systemInfo telegramProfile duplicateOf'),
      ...fields('ApplicantInfo', 'fullName firstName lastName dateOfBirth gender citizenship country address'),
      ...fields('ApplicantInfo', 'residence customFields'),
      ...fields('Check', 'data'),
      ...fields('Document', 'contentUrl previewUrl'),
      ...fields('IdentityDocument', 'number fullName name surname dateOfBirth sex nationality issuingCountry issuedOn'),
      ...fields('IdentityDocument', 'expiresOn personalNumber other'),
      ...fields('Verification', 'identityDocument duplicateApplicants'),
      ...fields('VerificationActivity', 'country ipAddress'),
    ].sort(),
  );
});

const EVERYTHING = `{
  id
  checks { step data }
  identityDocument { number }
  documents { id contentUrl }
  duplicateApplicants { id }
  applicant { id externalId email phone telegramProfile providedInfo { fullName } systemInfo { lastName } duplicateOf { id } }
  activity(first: 2) { nodes { event ipAddress country } }
}`;

test('without kyc:pii personal data is null or empty, its paths are listed in order, and the rest is there', async () => {
  const { data, errors, extensions } = await asReader(`{ verification(id: "${verificationId}") ${EVERYTHING} }`);
  expect(errors).toBeUndefined();
  const { verification } = data;
  expect(verification).toMatchObject({
    id: verificationId,
    identityDocument: null,
    duplicateApplicants: [],
    applicant: {
      ...{ id: applicantId, email: null, phone: null, telegramProfile: null, providedInfo: null },
      ...{ systemInfo: null, duplicateOf: [] },
    },
  });
  for (const check of verification.checks) expect(check).toEqual({ step: expect.any(String), data: null });
  const paths = ((extensions?.redacted ?? []) as (string | number)[][]).map((path) => path.slice(1).join('.'));
  // By name, and by number within lists.
  expect(paths.slice(0, 2)).toEqual(['activity.nodes.0.country', 'activity.nodes.0.ipAddress']);
  expect(paths.filter((path) => path.startsWith('checks.'))).toEqual(
    verification.checks.map((_check: unknown, index: number) => `checks.${index}.data`),
  );
  expect(paths).toEqual(
    expect.arrayContaining(['identityDocument', 'duplicateApplicants', 'applicant.email', 'applicant.duplicateOf']),
  );
  expect(new Set(paths).size).toBe(paths.length);
  const personal = await app.graphql(`{ verification(id: "${verificationId}") ${EVERYTHING} }`);
  expect(personal.data.verification.identityDocument.number).toMatch(/CNRY/);
  expect((personal as unknown as { extensions?: unknown }).extensions).toBeUndefined();
});

test('an answer from the cache that somebody else filled is held back all the same', async () => {
  const query = `{ verification(id: "${verificationId}") { identityDocument { number } } }`;
  const [first, second] = [await app.graphql(query), await asReader(query)];
  expect(first.data.verification.identityDocument).not.toBeNull();
  expect(second.data.verification.identityDocument).toBeNull();
  expect(second.extensions).toEqual({ redacted: [['verification', 'identityDocument']] });
});

test('lists, aliases and fragments lead around nothing', async () => {
  const { data, extensions } = await asReader(`
    { verifications(first: 1) { edges { node { ...people } } nodes { who: applicant { mail: email } } } }
    fragment people on Verification { paper: identityDocument { number } }
  `);
  expect(data.verifications).toEqual({ edges: [{ node: { paper: null } }], nodes: [{ who: { mail: null } }] });
  expect(extensions?.redacted).toEqual(
    expect.arrayContaining([
      ['verifications', 'edges', 0, 'node', 'paper'],
      ['verifications', 'nodes', 0, 'who', 'mail'],
    ]),
  );
});

test('what a mutation answers is held back too', async () => {
  const { data, errors, extensions } = await asReader(
    `mutation { createApplicant(input: { email: "new@canary.example" }) { applicant { id email } userErrors { code } } }`,
  );
  expect(errors).toBeUndefined();
  expect(data.createApplicant).toEqual({ applicant: { id: expect.any(String), email: null }, userErrors: [] });
  expect(extensions?.redacted).toEqual([['createApplicant', 'applicant', 'email']]);
});

test.each([
  ['applicants', '{ name: "CANARY" }'],
  ['applicants', '{ dateOfBirth: "1990-01-01" }'],
  ['applicants', '{ name: "" }'],
  ['verifications', '{ name: "CANARY", statuses: [VERIFIED] }'],
])('%s cannot be narrowed by %s without kyc:pii, and Dataspike is not asked', async (list, filter) => {
  app.simulator.control.clearRequests();
  const query = `{ ${list}(first: 1, filter: ${filter}) { nodes { id } } }`;
  const { errors } = await asReader(query);
  expect(errors).toEqual([
    expect.objectContaining({
      message: 'The scope kyc:pii is required',
      extensions: expect.objectContaining({ code: 'FORBIDDEN' }),
    }),
  ]);
  expect(app.simulator.requests()).toEqual([]);
  expect((await app.graphql(query)).errors).toBeUndefined();
});

test('filters that tell nothing of people, and personal ones that are null, are free', async () => {
  const { errors } = await asReader(`{
    applicants(filter: { name: null, type: PERSON }) { nodes { id } }
    verifications(filter: { statuses: [VERIFIED] }) { nodes { id } }
    applicantByExternalId(externalId: "none") { id }
  }`);
  expect(errors).toBeUndefined();
});

test('updates, replayed and live, over WebSocket and Server-Sent Events, are held back one by one', async () => {
  const { data } = await asReader('{ eventCursor }');
  const query = `subscription { verificationUpdated(verificationId: "${verificationId}", after: "${data.eventCursor}") {
    kind verification { status identityDocument { number } } } }`;
  const extensions = { redacted: [['verificationUpdated', 'verification', 'identityDocument']] };
  app.simulator.control.forceVerification(verificationId, { status: 'canceled', errors: {} }, true);
  await eventually(async () => {
    const { data: now } = await asReader(`{ verification(id: "${verificationId}") { status } }`);
    return now.verification.status === 'CANCELED';
  });
  const update = { kind: 'CHANGE', verification: { status: 'CANCELED', identityDocument: null } };
  const client = app.webSocketClient({ authorization: `Bearer ${READER}` });
  const subscribed = subscribeTo(client, query);
  expect(await subscribed.waitFor(1)).toEqual([{ data: { verificationUpdated: update }, extensions }]);
  subscribed.stop();
  const response = await fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${READER}` },
    body: JSON.stringify({ query }),
  });
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (/^data: .+\n/m.test(text)) break;
  }
  expect(JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? '')).toEqual({
    data: { verificationUpdated: update },
    extensions,
  });
});
