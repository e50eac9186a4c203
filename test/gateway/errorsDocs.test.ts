import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UserErrorCode } from '../../src/graphql/enums';
import { createSchema } from '../../src/graphql/schema';
import type { Fault } from '../../src/simulator/http/faults';
import { startGateway, type TestGateway } from '../support/startGateway';
import { createVerification } from '../support/verifications';

const ROOT = path.join(__dirname, '../..');
const PAGE = readFileSync(path.join(ROOT, 'docs/errors.md'), 'utf8');
const [CODES = '', USER_ERRORS = ''] = PAGE.split(/^## (?:Codes|User errors|When a socket closes)$/m).slice(1);
const rows = (section: string) =>
  [...section.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \|/gm)].map(([, code = '', second = '', third = '']) => ({
    code,
    second: second.trim(),
    third: third.trim(),
  }));

const KEYS = ['reader:kyc:read', 'busy:kyc:read', 'all:kyc:read+kyc:write'].map((entry) => {
  const [name = '', ...scope] = entry.split(':');
  return `${name}:${createHash('sha256').update(name).digest('hex')}:${scope.join(':')}`;
});
const READ = '{ verification(id: "v") { id } }';

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway({
    AUTH_API_KEYS: KEYS.join(),
    LIMIT_REQUESTS_PER_MINUTE: '60',
    DATASPIKE_TIMEOUT_MS: '1000',
  });
});
afterAll(() => app.close());
afterEach(() => app.simulator.control.clearFaults());

test('the page lists every code that a client can meet, and no other', () => {
  const inCode = sourcesIn('src').flatMap((text) => [
    ...[...text.matchAll(/requestError\(\s*'([A-Z_]+)'/g)].map(([, code]) => code),
    ...[...text.matchAll(/\bcode(?: =|:) '([A-Z_]+)'/g)].map(([, code]) => code),
    ...(/REQUEST_CODES = new Set\(\[(.*?)\]\)/s.exec(text)?.[1]?.match(/[A-Z_]+/g) ?? []),
  ]);
  expect(inCode.length).toBeGreaterThan(20);
  expect(
    rows(CODES)
      .map(({ code }) => code)
      .sort(),
  ).toEqual([...new Set(inCode)].sort());
});

test('the page lists every user error with its type', () => {
  const types = createSchema()
    .getPossibleTypes(createSchema().getType('UserError') as never)
    .map(String);
  expect(rows(USER_ERRORS).map(({ code }) => code)).toEqual(Object.keys(UserErrorCode));
  expect(new Set(rows(USER_ERRORS).map(({ second }) => second.replaceAll('`', '')))).toEqual(new Set(types));
});

test('the example of a user error answers what the page promises', async () => {
  const graphql = async (query: string, variables?: Record<string, unknown>) => ask('all', { query, variables });
  const { id } = await createVerification({ ...app, graphql } as TestGateway);
  const [, example = ''] = /^```gql\n(.*?)^```/ms.exec(PAGE) ?? [];
  const { data } = await graphql(example, { id });
  expect(data.proceedVerification.userErrors).toEqual([
    expect.objectContaining({ code: 'DOCUMENTS_MISSING', countryRequired: false }),
  ]);
  expect(data.proceedVerification.userErrors[0].pendingDocuments.length).toBeGreaterThan(0);
});

const MET: Record<string, { body?: Record<string, unknown>; key?: string; faults?: Fault; again?: number }> = {
  UNAUTHENTICATED: { key: 'nobody' },
  FORBIDDEN: { body: { query: '{ webhooks { id } }' } },
  BAD_USER_INPUT: { body: { query: '{ verifications(first: 0) { nodes { id } } }' } },
  CURSOR_INVALID: { body: { query: '{ verifications(after: "none") { nodes { id } } }' } },
  RATE_LIMITED: { body: { query: '{ viewer { id } }' }, key: 'busy', again: 60 },
  QUERY_TOO_COMPLEX: { body: { query: `{ ${'a '.repeat(2_000)}}` } },
  UPSTREAM_UNAVAILABLE: { faults: { kind: 'not-json', times: 3 } },
  UPSTREAM_TIMEOUT: { faults: { kind: 'delay', delayMs: 10_000, times: 3 } },
  UPSTREAM_RATE_LIMITED: { faults: { kind: 'status', status: 429, headers: { 'retry-after': '60' } } },
  UPSTREAM_REJECTED: { faults: { kind: 'status', status: 401 } },
  PERSISTED_QUERY_NOT_FOUND: {
    body: { extensions: { persistedQuery: { version: 1, sha256Hash: createHash('sha256').digest('hex') } } },
  },
  GRAPHQL_PARSE_FAILED: { body: { query: '{' } },
  GRAPHQL_VALIDATION_FAILED: { body: { query: '{ nothing }' } },
  OPERATION_RESOLUTION_FAILURE: { body: { query: 'query A { __typename } query B { __typename }' } },
  BAD_REQUEST: { body: { query: 'subscription { verificationUpdated { cursor } }' } },
};
// The pause that it asks for would meet the others.
const LAST = 'UPSTREAM_RATE_LIMITED';

test.each([...Object.keys(MET).filter((code) => code !== LAST), LAST])('%s comes as the page says', async (code) => {
  const { body = { query: READ }, key = 'reader', faults, again = 0 } = MET[code] ?? {};
  if (faults) app.simulator.control.addFault({ match: { endpoint: 'getVerification' }, ...faults });
  for (let count = 0; count < again; count += 1) await ask(key, body);
  const { status, errors } = await ask(key, body);
  const row = rows(CODES).find((one) => one.code === code);
  expect({ code: errors?.[0]?.extensions.code, retryable: errors?.[0]?.extensions.retryable ? 'yes' : 'no' }).toEqual({
    code,
    retryable: row?.third,
  });
  // A document of a subscription is the one bad request that has a status of its own here.
  expect(String(status)).toBe(code === 'BAD_REQUEST' ? '405' : row?.second);
  expect(errors?.[0]?.extensions.requestId).toEqual(expect.any(String));
});

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  data?: any;
  errors?: { extensions: Record<string, unknown> }[];
}

async function ask(key: string, body: Record<string, unknown>): Promise<Answer> {
  const response = await fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
}

function sourcesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('simulator'))
    .map((name) => readFileSync(path.join(ROOT, folder, name), 'utf8'));
}
