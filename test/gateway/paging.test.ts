import { createCase } from '../support/simulatedPeople';
import { callSimulator, eventually, startGateway, type TestGateway } from '../support/startGateway';

interface Connection {
  edges: { cursor: string; node: { id: string } }[];
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

const PAGE = 'edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

let app: TestGateway;
/** Has 25 verifications. */
let applicantId: string;
beforeAll(async () => {
  app = await startGateway();
  app.simulator.control.seed({ applicants: 30, verifications: 47 });
  ({ applicantId } = await createCase(app));
  for (let made = 1; made < 25; made += 1) {
    const { verificationId } = await createVerification();
    // Six deliveries for the history.
    if (made % 4 === 0) app.simulator.control.forceVerification(verificationId, { status: 'verified', errors: {} });
  }
  await eventually(async () => (await readPage('webhookDeliveries', { first: 100 })).nodes.length >= 6);
});
beforeEach(() => app.simulator.control.clearFaults());
afterAll(() => app.close());

async function createVerification(): Promise<{ verificationId: string }> {
  const body = { applicant_id: applicantId };
  const response = await callSimulator(app.simulator, 'POST', '/api/v3/verifications', body);
  return { verificationId: ((await response.json()) as { id: string }).id };
}

/** The ways to each connection of the schema; activity has nodes without an id and a test of its own. */
const lists = {
  applicants: (page: string) => ({ field: `applicants(${page}) { ${PAGE} }`, path: ['applicants'] }),
  verifications: (page: string) => ({ field: `verifications(${page}) { ${PAGE} }`, path: ['verifications'] }),
  'verifications of an applicant': (page: string) => ({
    field: `applicant(id: "${applicantId}") { verifications(${page}) { ${PAGE} } }`,
    path: ['applicant', 'verifications'],
  }),
  webhookDeliveries: (page: string) => ({
    field: `webhookDeliveries(${page}) { ${PAGE} }`,
    path: ['webhookDeliveries'],
  }),
} as const;
type List = keyof typeof lists;
const NAMES = Object.keys(lists) as List[];

function ask(list: List, page: { first?: number | null; after?: string | null }, more = '') {
  const { field } = lists[list](`first: $first, after: $after${more}`);
  return app.graphql(`query ($first: Int, $after: String) { ${field} }`, page);
}

async function readPage(
  list: List,
  page: { first?: number | null; after?: string | null },
  more = '',
): Promise<Connection> {
  const { data, errors } = await ask(list, page, more);
  expect(errors).toBeUndefined();
  return lists[list]('').path.reduce((value, name) => value[name], data);
}

/** Every id, page by page, with a new size for each page. */
async function walk(list: List, sizes: readonly number[], more = ''): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (let turn = 0; turn < 200; turn += 1) {
    const page: Connection = await readPage(list, { first: sizes[turn % sizes.length] ?? 20, after }, more);
    expect(page.edges.map(({ node }) => node)).toEqual(page.nodes);
    expect(page.pageInfo.hasPreviousPage).toBe(turn > 0);
    expect(page.pageInfo.startCursor).toBe(page.edges[0]?.cursor ?? null);
    ids.push(...page.nodes.map(({ id }) => id));
    if (!page.pageInfo.hasNextPage) return ids;
    after = page.pageInfo.endCursor;
  }
  throw new Error('The walk does not end');
}

test.each(
  NAMES.flatMap((list) => [[1], [7], [20], [100], [3, 10, 1, 7], [10, 3]].map((sizes) => [list, sizes] as const)),
)('a walk through %s in pages of %j gives each item once, in one order', async (list, sizes) => {
  const all = (await readPage(list, { first: 100 })).nodes.map(({ id }) => id);
  const least = { applicants: 31, verifications: 72, 'verifications of an applicant': 25, webhookDeliveries: 6 }[list];
  expect(all.length).toBeGreaterThanOrEqual(least);
  expect(new Set(all).size).toBe(all.length);
  expect(await walk(list, sizes)).toEqual(all);
});

test.each(NAMES)('%s continue behind any item, not only behind a page', async (list) => {
  const { edges } = await readPage(list, { first: 6 });
  for (const [index, { cursor }] of edges.slice(0, 4).entries()) {
    expect((await readPage(list, { first: 2, after: cursor })).nodes).toEqual(
      edges.slice(index + 1, index + 3).map(({ node }) => node),
    );
  }
});

test.each(NAMES)('%s have 20 items a page when nothing or null is asked for', async (list) => {
  const all = (await readPage(list, { first: 100 })).nodes.length;
  expect((await readPage(list, {})).nodes).toHaveLength(Math.min(20, all));
  expect((await readPage(list, { first: null, after: null })).nodes).toHaveLength(Math.min(20, all));
});

test.each(NAMES.flatMap((list) => [0, -1, 101, 200].map((first) => [list, first] as const)))(
  '%s take no first of %i',
  async (list, first) => {
    app.simulator.control.clearRequests();
    const { errors } = await ask(list, { first });
    expect(errors).toMatchObject([
      { message: '`first` must be from 1 to 100', extensions: { code: 'BAD_USER_INPUT', retryable: false } },
    ]);
    expect(app.simulator.requests().filter(({ path }) => path.includes('limit'))).toEqual([]);
  },
);

test.each(NAMES)('%s take no cursor that is not theirs', async (list) => {
  const others = await Promise.all(
    NAMES.filter((name) => name !== list).map(async (name) => (await readPage(name, { first: 1 })).pageInfo.endCursor),
  );
  const encoded = (text: string) => Buffer.from(text).toString('base64url');
  const garbage = [
    '',
    'x',
    '🙂',
    'null',
    encoded('12345678:1'),
    encoded('delivery:'),
    encoded('delivery:a/../b'),
    'A'.repeat(5_000),
  ];
  for (const after of [...others, ...garbage]) {
    const { errors } = await ask(list, { first: 1, after });
    expect(errors).toMatchObject([
      { message: 'The cursor is not one of this list', extensions: { code: 'CURSOR_INVALID', retryable: false } },
    ]);
  }
});

describe('filters', () => {
  test('hold on every page of a walk', async () => {
    const filter = ', filter: { statuses: [VERIFIED] }';
    const verified = await walk('verifications', [4], filter);
    const { data } = await app.graphql('{ verifications(first: 100) { nodes { id status } } }');
    const nodes = data.verifications.nodes as { id: string; status: string }[];
    expect(verified).toEqual(nodes.filter(({ status }) => status === 'VERIFIED').map(({ id }) => id));
    expect(verified.length).toBeGreaterThan(6);
  });

  test('belong to the cursor: with another filter it is refused', async () => {
    const { endCursor } = (await readPage('verifications', { first: 1 }, ', filter: { statuses: [VERIFIED] }'))
      .pageInfo;
    for (const other of ['', ', filter: { statuses: [FAILED] }', ', filter: { statuses: [VERIFIED], country: "DE" }']) {
      const { errors } = await ask('verifications', { first: 1, after: endCursor }, other);
      expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    }
  });

  test('reach Dataspike in its own words', async () => {
    app.simulator.control.clearRequests();
    await app.graphql(
      `query ($v: VerificationFilter!, $a: ApplicantFilter!) {
        verifications(first: 2, filter: $v) { nodes { id } } applicants(first: 3, filter: $a) { nodes { id } }
      }`,
      {
        v: {
          name: 'Anna',
          country: 'DE',
          createdFrom: '2025-03-01',
          createdTo: '2025-03-31',
          documentTypes: ['PASSPORT', 'ID_CARD'],
          profileIds: ['p1', 'p2'],
          statuses: ['IN_PROGRESS', 'VERIFIED'],
        },
        a: { name: 'Ltd', country: 'GB', dateOfBirth: '1990-02-28', type: 'COMPANY' },
      },
    );
    const queries = app.simulator
      .requests()
      .map(({ path }) => Object.fromEntries(new URL(path, 'http://s').searchParams));
    expect(queries).toEqual([
      {
        page: '0',
        limit: '2',
        name: 'Anna',
        country: 'DE',
        from: '2025-03-01',
        to: '2025-03-31',
        document_type: 'passport,id_card',
        profile: 'p1,p2',
        status: 'in_progress,verified',
      },
      { page: '0', limit: '3', name: 'Ltd', country: 'GB', dob: '1990-02-28', type: 'Organization' },
    ]);
  });

  test('that nothing can match ask nothing', async () => {
    app.simulator.control.clearRequests();
    expect(await walk('verifications', [5], ', filter: { statuses: [UNKNOWN] }')).toEqual([]);
    expect(app.simulator.requests()).toEqual([]);
  });
});

test('an item that makes no sense is left out, and no other item with it', async () => {
  const all = (await readPage('verifications', { first: 100 })).nodes.map(({ id }) => id);
  const page = async (query: string) => {
    const answer = await callSimulator(app.simulator, 'GET', `/api/v3/verifications?${query}`, undefined);
    return (await answer.json()) as { data: unknown[] };
  };
  for (const sizes of [[10], [10, 7]]) {
    const first = await page('page=0&limit=10');
    first.data[2] = 'no verification';
    const second = await page('page=1&limit=10');
    second.data.fill(null);
    const match = { endpoint: 'listVerifications' };
    for (const answer of sizes.length === 1 ? [first, second] : [first]) {
      app.simulator.control.addFault({ kind: 'status', status: 200, body: JSON.stringify(answer), match });
    }
    const left = all.filter((_, index) => index !== 2 && !(sizes.length === 1 && index >= 10 && index < 20));
    expect(await walk('verifications', sizes)).toEqual(left);
  }
});
