import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, type GraphQLUnionType, parse } from 'graphql';
import { createSchema } from '../../src/graphql/schema';
import { type GraphqlAnswer, postGraphql, startGateway, type TestGateway } from '../support/startGateway';
import { createVerification } from '../support/verifications';

const KEYS = { all: 'kyc:read+kyc:pii+kyc:write', reader: 'kyc:read', writer: 'kyc:write' };
const entries = Object.entries(KEYS).map(
  ([key, scopes]) => `${key}:${createHash('sha256').update(key).digest('hex')}:${scopes}`,
);
const FEDERATION = { FEDERATION: 'true', AUTH_API_KEYS: entries.join(), LIMIT_COST: '1000' };

const PAGE = readFileSync(path.join(__dirname, '../../docs/federation.md'), 'utf8');
/** Another team's subgraph, and what a router sends, as the page shows them. */
const [CRM = '', ENTITIES = ''] = [...PAGE.matchAll(/^```gql\n(.*?)^```/gms)].map(([, source]) => source);

let app: TestGateway;
let applicantId: string;
let verificationId: string;
beforeAll(async () => {
  app = await startGateway(FEDERATION);
  const answer = await ask(
    'all',
    'mutation { createApplicant(input: { externalId: "c-1", email: "anna@example.com" }) { applicant { id } } }',
  );
  applicantId = answer.data.createApplicant.applicant.id;
  ({ id: verificationId } = await createVerification(
    { ...app, graphql: (query, variables) => ask('all', query, variables) },
    { applicantId },
  ));
});
afterAll(() => app.close());
beforeEach(() => app.simulator.control.clearRequests());

function ask(key: keyof typeof KEYS, query: string, variables = {}): Promise<GraphqlAnswer> {
  return postGraphql(`${app.gateway.url}/graphql`, query, variables, { authorization: `Bearer ${key}` });
}

const entitiesOf = (key: keyof typeof KEYS, ...representations: unknown[]) => ask(key, ENTITIES, { representations });

test('the schema composes with that of another subgraph', async () => {
  const { data } = await ask('reader', '{ _service { sdl } }');
  const { errors, supergraphSdl } = composeServices([
    { name: 'kyc', typeDefs: parse(data._service.sdl), url: `${app.gateway.url}/graphql` },
    { name: 'crm', typeDefs: parse(CRM), url: 'http://crm.example.com/graphql' },
  ]);
  expect(errors).toBeUndefined();
  for (const type of ['Applicant', 'Verification', 'Profile']) {
    expect(supergraphSdl).toMatch(new RegExp(`type ${type}\\b[^{]*@join__type\\(graph: KYC, key: "id"\\)`));
  }
  expect(supergraphSdl).toContain('accountManager: String @join__field(graph: CRM)');
});

test('the fields for routers are those that the library of Apollo would add', async () => {
  const { data } = await ask('reader', '{ _service { sdl } }');
  const theirs = buildSubgraphSchema(parse(data._service.sdl));
  const ours = createSchema({ federation: true });
  for (const name of ['_entities', '_service']) {
    const [field, model] = [ours, theirs].map((schema) => schema.getQueryType()?.getFields()[name]);
    const signature = (of: typeof field) => [String(of?.type), of?.args.map((arg) => `${arg.name}: ${arg.type}`)];
    expect(signature(field)).toEqual(signature(model));
  }
  const members = (schema: GraphQLSchema) =>
    schema
      .getPossibleTypes(schema.getType('_Entity') as GraphQLUnionType)
      .map(String)
      .sort();
  expect(members(ours)).toEqual(members(theirs));
});

test('references of other subgraphs are answered in their order, null where there is nothing', async () => {
  const profiles = await ask('reader', '{ profiles { id name } }');
  const [profile] = profiles.data.profiles;
  const { data, errors } = await entitiesOf(
    'all',
    { __typename: 'Verification', id: verificationId },
    { __typename: 'Applicant', id: 'no-such-applicant' },
    { __typename: 'Applicant', id: applicantId },
    { __typename: 'Profile', id: profile.id },
  );
  expect(errors).toBeUndefined();
  expect(data._entities).toEqual([
    { __typename: 'Verification', status: 'INITIAL', applicant: { id: applicantId } },
    null,
    { __typename: 'Applicant', id: applicantId, externalId: 'c-1', email: 'anna@example.com' },
    { __typename: 'Profile', name: profile.name },
  ]);
});

test('personal data needs its scope, and who saw it is recorded', async () => {
  const withheld = await entitiesOf('reader', { __typename: 'Applicant', id: applicantId });
  expect(withheld.data._entities).toEqual([
    { __typename: 'Applicant', id: applicantId, externalId: 'c-1', email: null },
  ]);
  expect(withheld.extensions?.redacted).toEqual([['_entities', 0, 'email']]);

  const before = app.accessLines().length;
  await entitiesOf('all', { __typename: 'Applicant', id: applicantId });
  const [line = ''] = app.accessLines().slice(before);
  expect(JSON.parse(line)).toMatchObject({ applicantIds: [applicantId], fields: ['Applicant.email'] });
});

test('nobody gets entities without kyc:read, and Dataspike is not asked', async () => {
  const refused = await entitiesOf('writer', { __typename: 'Applicant', id: applicantId });
  expect(refused.errors).toEqual([expect.objectContaining({ message: 'The scope kyc:read is required' })]);
  const watchToken = await ask(
    'reader',
    'mutation ($id: ID!) { createWatchToken(input: { verificationId: $id }) { token } }',
    { id: verificationId },
  );
  app.simulator.control.clearRequests();
  const watcher = await postGraphql(
    `${app.gateway.url}/graphql`,
    ENTITIES,
    { representations: [{ __typename: 'Verification', id: verificationId }] },
    { authorization: `Bearer ${watchToken.data.createWatchToken.token}` },
  );
  expect(watcher.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect(app.simulator.requests()).toEqual([]);
});

test('each entity is read once, however often it is referred to', async () => {
  app.simulator.control.seed({ applicants: 6, verifications: 6 });
  const unread = await fetch(`${app.simulator.url}/api/v3/verifications?page=0&limit=7`, {
    headers: { 'ds-api-token': app.simulator.apiKey },
  });
  const { data } = (await unread.json()) as { data: { id: string; applicant_id: string }[] };
  const others = data.filter((one) => one.applicant_id !== applicantId);
  app.simulator.control.clearRequests();

  const verifications = others.map(({ id }) => ({ __typename: 'Verification', id }));
  const applicants = others.map(({ applicant_id: id }) => ({ __typename: 'Applicant', id }));
  const none = { __typename: 'Applicant', id: 'none' };
  const batch = [...verifications, ...applicants, none, ...verifications, ...applicants, none];
  const answer = await entitiesOf('reader', ...batch);

  expect(answer.errors).toBeUndefined();
  expect(answer.data._entities.map((entity: unknown) => entity !== null)).toEqual(batch.map((one) => one !== none));
  const paths = app.simulator.requests().map(({ path: asked }) => asked);
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths).toHaveLength(new Set(batch.map(({ id }) => id)).size);
});

test('a reference that makes no sense, or cannot be read, is an error at its place', async () => {
  const { data, errors } = await entitiesOf(
    'reader',
    { __typename: 'Applicant', id: applicantId },
    { __typename: 'Check', id: 'a' },
    { __typename: 'constructor', id: 'a' },
    { __typename: 'Applicant', externalId: 'c-1' },
  );
  expect(data._entities).toEqual([expect.objectContaining({ id: applicantId }), null, null, null]);
  expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual(
    [1, 2, 3].map((index) => [['_entities', index], 'BAD_USER_INPUT']),
  );
});

test('a batch costs as much as its entities', async () => {
  const representations = Array.from({ length: 150 }, (_, index) => ({ __typename: 'Applicant', id: `${index}` }));
  const many = await entitiesOf('reader', ...representations);
  expect(many.errors?.[0]).toMatchObject({
    message: expect.stringContaining('LIMIT_COST'),
    extensions: { code: 'QUERY_TOO_COMPLEX' },
  });
  expect(app.simulator.requests()).toEqual([]);
});

test('`_service` is open where introspection is, and only there', async () => {
  const open = await askWithoutToken(app, '{ _service { sdl } }');
  expect(await open.text()).toContain('@key(fields: \\"id\\")');
  const more = await askWithoutToken(app, '{ _service { sdl } _entities(representations: []) { __typename } }');
  expect(more.status).toBe(401);

  const closed = await startGateway({ ...FEDERATION, INTROSPECTION: 'false' });
  try {
    expect((await askWithoutToken(closed, '{ _service { sdl } }')).status).toBe(401);
    const url = `${closed.gateway.url}/graphql`;
    const refused = await postGraphql(url, '{ _service { sdl } }', {}, { authorization: 'Bearer all' });
    expect(refused.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(refused.data).toBeUndefined();
  } finally {
    await closed.close();
  }
});

test('without FEDERATION=true the schema knows nothing of it', () => {
  const { _entities, _service } = createSchema().getQueryType()?.getFields() ?? {};
  expect([_entities, _service]).toEqual([undefined, undefined]);
  expect(createSchema().getType('_Entity')).toBeUndefined();
});

test('while Dataspike is down, entities that were known are served with their age, the others fail alone', async () => {
  const representations = [applicantId, 'never-read'].map((id) => ({ __typename: 'Applicant', id }));
  await entitiesOf('reader', ...representations.slice(0, 1));
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  app.simulator.control.addFault({ kind: 'reset', times: 0 });
  const { data, errors, extensions } = await entitiesOf('reader', ...representations);
  app.simulator.control.clearFaults();
  expect(data._entities).toEqual([expect.objectContaining({ id: applicantId }), null]);
  expect(errors?.map(({ path, extensions: { code } }) => [path, code])).toEqual([
    [['_entities', 1], 'UPSTREAM_UNAVAILABLE'],
  ]);
  expect(extensions?.stale).toEqual([{ path: ['_entities', 0], ageSeconds: expect.any(Number) }]);
});

function askWithoutToken({ gateway }: TestGateway, query: string): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
}
