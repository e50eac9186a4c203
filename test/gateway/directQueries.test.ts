import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApolloServer } from '@apollo/server';
import { createCase, type SimulatedCase } from '../support/simulatedPeople';
import { endFaults, startGateway, type TestGateway, TOKEN } from '../support/startGateway';

const READER = 'a-token-that-may-read-but-sees-no-person';
const DETAILS = `query Details($id: ID!, $first: Int) {
  verification(id: $id) { id status createdAt checks { step errors { code } } ...Who }
  verifications(first: $first) { nodes { id isFinal } pageInfo { hasNextPage } }
}
fragment Who on Verification { applicant { id email providedInfo { fullName } verifications(first: 2) { nodes { id } } } }`;
const PERSISTED = 'query Persisted($id: ID!) { applicant(id: $id) { id email } }';
const HASH = createHash('sha256').update(PERSISTED).digest('hex');

let app: TestGateway;
let people: SimulatedCase;

beforeAll(async () => {
  const manifest = path.join(tmpdir(), `manifest-${process.pid}.json`);
  await writeFile(manifest, JSON.stringify({ [HASH]: PERSISTED }));
  const hash = (token: string) => createHash('sha256').update(token).digest('hex');
  app = await startGateway({
    PERSISTED_OPERATIONS: manifest,
    AUTH_API_KEYS: `test:${hash(TOKEN)}:kyc:read+kyc:pii,reader:${hash(READER)}:kyc:read`,
    LIMIT_COST: '500',
  });
  people = await createCase(app);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => app.close());

interface Answered {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly accesses: object[];
  /** Whether Apollo Server was asked. */
  readonly isByApollo: boolean;
}

async function ask(body: object, headers: Record<string, string>): Promise<Answered> {
  const apollo = jest.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest');
  const before = app.accessLines().length;
  const response = await fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${TOKEN}`,
      'x-request-id': 'the-same',
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const { date: _date, ratelimit = '', ...others } = Object.fromEntries(response.headers);
  const text = await response.text();
  const isByApollo = apollo.mock.calls.length > 0;
  apollo.mockRestore();
  const accesses = app
    .accessLines()
    .slice(before)
    .map((line) => ({ ...JSON.parse(line), time: null }));
  return {
    status: response.status,
    headers: { ...others, ratelimit: ratelimit.replace(/\d+/g, 'n') },
    body: text,
    accesses,
    isByApollo,
  };
}

/** Five times the same: the first ones through Apollo Server. @returns the last one */
async function askAgainAndAgain(body: object, headers: Record<string, string> = {}): Promise<Answered> {
  const { isByApollo, ...first } = await ask(body, headers);
  expect(isByApollo).toBe(true);
  let last: Answered = { ...first, isByApollo };
  for (let times = 0; times < 4; times += 1) {
    last = await ask(body, headers);
    expect({ ...last, isByApollo: null }).toEqual({ ...first, isByApollo: null });
  }
  return last;
}

const ACCEPTS = [
  '*/*',
  'application/json',
  'application/graphql-response+json, application/json;q=0.9',
  'text/html, application/graphql-response+json',
];

test.each(ACCEPTS)(
  'a query that comes again is answered past Apollo Server with the same bytes, accepting %s',
  async (accept) => {
    const body = { query: DETAILS, operationName: 'Details', variables: { id: people.verificationId, first: 2 } };
    const last = await askAgainAndAgain({ ...body, query: `${DETAILS} # ${accept}` }, { accept });
    expect(last).toMatchObject({ status: 200, isByApollo: false });
    expect(last.accesses).toHaveLength(1);
    expect(last.body).toContain('anna@example.com');
  },
);

test('what a caller may not see stays hidden on the short way', async () => {
  const body = { query: DETAILS, variables: { id: people.verificationId } };
  const last = await askAgainAndAgain(body, { authorization: `Bearer ${READER}` });
  expect(last).toMatchObject({ status: 200, isByApollo: false, accesses: [] });
  expect(JSON.parse(last.body).extensions.redacted).toContainEqual(['verification', 'applicant', 'email']);
  expect(last.body).not.toContain('anna');
});

test('a scope that is missing is refused on the short way', async () => {
  const query = 'query Webhooks($first: Int) { webhookDeliveries(first: $first) { nodes { id } } }';
  const last = await askAgainAndAgain({ query }, { authorization: `Bearer ${READER}` });
  expect(last.isByApollo).toBe(false);
  expect(JSON.parse(last.body)).toMatchObject({ data: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
});

test('failures of Dataspike are told alike on the short way', async () => {
  const nobodyKnows = await createCase(app);
  app.simulator.control.addFault({ kind: 'status', status: 503, times: 0, match: { endpoint: 'getApplicant' } });
  const last = await askAgainAndAgain({
    query: `${DETAILS} # in vain`,
    variables: { id: nobodyKnows.verificationId, first: 3 },
  });
  expect(last.isByApollo).toBe(false);
  expect(JSON.parse(last.body)).toMatchObject({
    data: { verification: { id: nobodyKnows.verificationId, applicant: null } },
    errors: [{ path: ['verification', 'applicant'], extensions: { requestId: 'the-same' } }],
  });
  await endFaults(app);
});

test('a persisted operation takes the short way', async () => {
  const last = await askAgainAndAgain({ documentId: HASH, variables: { id: people.applicantId } });
  expect(last).toMatchObject({ status: 200, isByApollo: false });
  expect(last.accesses).toMatchObject([{ operation: { sha256: HASH } }]);
});

const TWO = 'query One($id: ID!) { applicant(id: $id) { id } } query Two { viewer { id } }';

test.each<[string, (ids: SimulatedCase) => object, Record<string, string>]>([
  ['wrong variables', () => ({ query: DETAILS, variables: { id: 1.5, first: 'x' } }), {}],
  ['variables that lack one', () => ({ query: DETAILS }), {}],
  ['variables that are a list', () => ({ query: DETAILS, variables: ['x'] }), {}],
  [
    'variables that cost too much',
    (ids) => ({ query: DETAILS, variables: { id: ids.verificationId, first: 9_999 } }),
    {},
  ],
  ['an operation name that is none', () => ({ query: TWO, operationName: 'Three' }), {}],
  ['no operation name where one is needed', () => ({ query: TWO }), {}],
  ['an operation name that is no text', () => ({ query: TWO, operationName: 7 }), {}],
  [
    'an answer nobody accepts',
    (ids) => ({ query: DETAILS, variables: { id: ids.verificationId } }),
    { accept: 'image/png' },
  ],
  ['extensions', (ids) => ({ query: DETAILS, variables: { id: ids.verificationId }, extensions: { x: 1 } }), {}],
  [
    'another charset',
    (ids) => ({ query: DETAILS, variables: { id: ids.verificationId } }),
    { 'content-type': 'application/json; charset=latin1' },
  ],
])('Apollo Server answers to %s, every time', async (_name, bodyOf, headers) => {
  expect((await askAgainAndAgain(bodyOf(people), headers)).isByApollo).toBe(true);
});
