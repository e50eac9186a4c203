import { createHash } from 'node:crypto';
import { GraphQLObjectType, GraphQLSchema, GraphQLString, isNonNullType } from 'graphql';
import { createSchema } from '../../src/graphql/schema';
import { enforceScopes, scopeOf } from '../../src/graphql/scopes';
import { postGraphql, startGateway, type TestGateway } from '../support/startGateway';
import { askOver, WAYS } from '../support/threeWays';

const KEYS = { reader: ['kyc:read'], writer: ['kyc:write'], admin: ['kyc:admin'], nosy: ['kyc:pii'] };
const entry = ([name, scopes]: [string, string[]]) =>
  `${name}:${createHash('sha256').update(name).digest('hex')}:${scopes.join('+')}`;

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway({ AUTH_API_KEYS: Object.entries(KEYS).map(entry).join() });
});
afterAll(() => app.close());

const ask = (key: keyof typeof KEYS, query: string) =>
  postGraphql(`${app.gateway.url}/graphql`, query, {}, { authorization: `Bearer ${key}` });

test('every root field of the schema declares its scope and says so', () => {
  const schema = createSchema();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((root) => Object.values(root?.getFields() ?? {}));
  expect(fields.length).toBeGreaterThan(30);
  for (const field of fields) {
    const scope = scopeOf(field);
    expect([field.name, scope]).toEqual([field.name, expect.stringMatching(/^kyc:(read|write|admin)$/)]);
    expect(field.description?.match(/Scope kyc:\w+\./g)).toEqual([`Scope ${scope}.`]);
  }
});

test('a schema with a root field that declares none is not built', () => {
  const query = new GraphQLObjectType({ name: 'Query', fields: { open: { type: GraphQLString } } });
  expect(() => enforceScopes(new GraphQLSchema({ query }))).toThrow('The root field open declares no scope');
});

test('each update asks for the scope, and for a token that has not ended, anew', () => {
  const resolve = createSchema().getSubscriptionType()?.getFields().verificationUpdated?.resolve;
  const deliver = (scopes: string[], endedMs: number) => () => {
    const expiresAt = new Date(Date.now() - endedMs).toISOString();
    return resolve?.({}, {}, { caller: { id: 'a', kind: 'WATCHER', scopes: new Set(scopes), expiresAt } }, {} as never);
  };
  expect(deliver(['kyc:read'], 1)).toThrow('A valid token is required');
  expect(deliver(['kyc:write'], -60_000)).toThrow('The scope kyc:read is required');
  expect(deliver(['kyc:read'], -60_000)).not.toThrow();
});

test('a missing scope is an error of its field, and its siblings are answered', async () => {
  const answer = await ask('writer', '{ __typename applicant(id: "a") { id } mine: verification(id: "v") { id } }');
  expect(answer).toMatchObject({ status: 200, data: { __typename: 'Query', applicant: null, mine: null } });
  expect(answer.errors).toEqual([
    {
      message: 'The scope kyc:read is required',
      path: ['applicant'],
      locations: [{ line: 1, column: 14 }],
      extensions: { code: 'FORBIDDEN', retryable: false, requestId: expect.any(String) },
    },
    expect.objectContaining({ path: ['mine'] }),
  ]);
  expect(app.simulator.requests()).toEqual([]);
});

test('one scope does not imply another', async () => {
  expect((await ask('nosy', '{ verification(id: "v") { id } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await ask('admin', '{ verification(id: "v") { id } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await ask('reader', 'mutation { createVerification(input: {}) { userErrors { code } } }')).errors).toEqual([
    expect.objectContaining({ message: 'The scope kyc:write is required' }),
  ]);
  expect(app.simulator.requests()).toEqual([]);
});

const DELETE = 'deleteApplicant(input: { applicantId: "a" }) { userErrors { code } }';
const CREATE = 'createApplicant(input: {}) { userErrors { code } }';

describe.each(WAYS)('over %s', (way) => {
  const askAs = (key: keyof typeof KEYS, query: string, variables = {}) => askOver(way, app, { query, variables }, key);

  test.each([
    ['beside it', `mutation { ${CREATE} gone: ${DELETE} }`],
    ['before it', `mutation { gone: ${DELETE} ${CREATE} }`],
    ['in a fragment', `mutation { ${CREATE} ...F } fragment F on Mutation { ... { gone: ${DELETE} } }`],
    [
      'with @include and @skip',
      `mutation ($yes: Boolean!) { ${CREATE} gone: ${DELETE.replace(')', ') @include(if: $yes) @skip(if: false)')} }`,
    ],
  ])('a mutation that may not be done lets none run that stands %s', async (_where, query) => {
    app.simulator.control.clearRequests();
    const { data, errors } = await askAs('writer', query, { yes: true });
    expect(data).toBeNull();
    expect(errors).toEqual([
      {
        message: 'The scope kyc:admin is required',
        path: ['gone'],
        locations: [expect.anything()],
        extensions: { code: 'FORBIDDEN', retryable: false, requestId: expect.any(String) },
      },
    ]);
    expect(app.simulator.requests()).toEqual([]);
  });

  test('a mutation that is skipped, or of another operation, needs no scope', async () => {
    for (const query of [
      `mutation { ${CREATE} gone: ${DELETE.replace(')', ') @skip(if: true)')} }`,
      `mutation ($yes: Boolean = false) { ${CREATE} ... @include(if: $yes) { gone: ${DELETE} } }`,
    ]) {
      const { data, errors } = await askAs('writer', query);
      expect([data, errors]).toEqual([{ createApplicant: { userErrors: [] } }, undefined]);
    }
    const several = `mutation One { ${CREATE} } mutation Other { ${DELETE} }`;
    const { errors } = await askOver(way, app, { query: several, operationName: 'One' }, 'writer');
    expect(errors).toBeUndefined();
  });
});

test('what a mutation answers is readable by whoever may call it, personal data apart', async () => {
  const { data, errors } = await ask(
    'writer',
    `mutation { createVerification(input: {}) { verification { id status applicant { id email } } userErrors { code } } }`,
  );
  expect(errors).toBeUndefined();
  expect(data.createVerification.verification).toMatchObject({
    status: 'INITIAL',
    applicant: { id: expect.any(String), email: null },
  });
});

test('a field that may be refused can be null, unless the schema promises it', () => {
  const fields = Object.values(createSchema().getQueryType()?.getFields() ?? {});
  const promised = fields.filter(({ type }) => isNonNullType(type)).map(({ name }) => name);
  // Of these, a refusal takes the whole answer with it: the schema has promised them from the start.
  expect(promised.sort()).toEqual(
    [
      'applicants',
      'countries',
      'eventCursor',
      'profiles',
      'verifications',
      'viewer',
      'webhookDeliveries',
      'webhooks',
    ].sort(),
  );
});
