import { type GraphQLArgument, type GraphQLInputField, getNamedType, isInputObjectType, isNonNullType } from 'graphql';
import { deriveKey } from '../../src/access/deriveKey';
import { createFileTickets } from '../../src/access/fileTickets';
import { createSchema } from '../../src/graphql/schema';
import { deliver } from '../support/deliver';
import { fileOf, put } from '../support/files';
import { sendRaw } from '../support/rawHttp';
import { startGateway, subscribeTo, type TestGateway } from '../support/startGateway';

// An id is text that somebody made up. Whatever is in it, it names one thing at one endpoint, or nothing.

const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
let app: TestGateway;
beforeAll(async () => {
  app = await startGateway({ WATCH_TOKEN_SECRET: SECRET, LIMIT_REQUESTS_PER_MINUTE: '0' });
});
beforeEach(() => app.simulator.control.clearRequests());
afterAll(() => app.close());

/** Ids that could leave their place in a path, or are none: nothing may be asked for them. */
const IMPOSSIBLE: readonly (readonly [what: string, id: string])[] = [
  ['nothing', ''],
  ['a dot', '.'],
  ['two dots', '..'],
  ['traversal', '../../organization/webhooks'],
  ['traversal from inside', 'a/../../profiles'],
  ['traversal, half encoded', '..%2f..%2fprofiles'],
  ['a slash', 'a/b'],
  ['a leading slash', '/api/v3/profiles'],
  ['a host', '//evil.example/x'],
  ['a backslash', 'a\\b'],
  ['backward traversal', '..\\..\\profiles'],
  ['a query', 'a?limit=1'],
  ['a fragment', 'a#b'],
  ['a null character', 'a\u0000b'],
  ['a line break', 'a\r\nds-api-token: x'],
  ['a delete character', 'a\u007fb'],
  ['a C1 control', 'a\u0085b'],
  ['half of a surrogate pair', 'a\ud800b'],
  ['the other half', '\udc00'],
  ['10 KB', 'a'.repeat(10_240)],
];

/** Odd, but harmless once encoded: they may be asked for, as one segment of a path. */
const ODD: readonly (readonly [what: string, id: string])[] = [
  ['an encoded slash', 'a%2Fb'],
  ['a slash encoded twice', 'a%252fb'],
  ['an encoded dot', '%2e'],
  ['a fullwidth traversal', '．．／profiles'],
  ['a division slash', 'a∕b'],
  ['one dot leader', '․․'],
  ['a letter that only looks like one of ours', 'V4С81D2E6A0F39B75'],
  ['right-to-left override', 'a\u202eb'],
  ['an emoji', '🪪'],
  ['a prototype', '__proto__'],
  ['spaces', ' a b '],
  ['a semicolon', 'a;b=c'],
];

/** What goes into a body or a query, where nothing can leave its place. */
const NOT_IN_A_PATH = new Set([
  'createApplicant input.externalId',
  'createVerification input.applicantId',
  'createVerification input.profileId',
  'verifications filter.profileIds',
  'webhookDeliveries webhookId',
]);

/** Dataspike answers no single webhook, so these look for theirs in the list of all. */
const LOOKED_UP_IN_A_LIST: Readonly<Record<string, string>> = {
  'updateWebhook input.webhookId': '/api/v3/organization/webhooks',
};

/** What a field wants beside the id. */
const OTHER_VALUES: Readonly<Record<string, unknown>> = {
  country: 'DE',
  documentType: 'PASSPORT',
  telegramProfile: '1',
};
/** What it wants although the schema does not say so. */
const WANTED_TOO: Readonly<Record<string, object>> = { setApplicantScreening: { enabled: true } };

interface Place {
  /** For example `cancelVerification input.verificationId`. */
  readonly name: string;
  readonly field: string;
  readonly document: string;
  readonly variables: (id: string) => Record<string, unknown>;
}

const places = findPlaces();

/** Every argument and input field of Query and Mutation that takes an id, found in the schema itself. */
function findPlaces(): Place[] {
  const schema = createSchema();
  return [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {}).flatMap(({ name: field, args, type }) => {
      const place = (argument: GraphQLArgument, name: string, variables: Place['variables']): Place => {
        const operation = root === schema.getMutationType() ? 'mutation' : 'query';
        const selection = operation === 'mutation' ? 'userErrors { code }' : '__typename';
        const document = `${operation} ($value: ${argument.type}) { ${field}(${argument.name}: $value) { ${selection} } }`;
        if (isNonNullType(type) && operation === 'query' && !NOT_IN_A_PATH.has(name)) {
          throw new Error(`${name} cannot say that there is nothing`);
        }
        return { name, field, document, variables };
      };
      return args.flatMap((argument) => {
        const input = getNamedType(argument.type);
        if (!isInputObjectType(input)) {
          return takesId(argument) ? [place(argument, `${field} ${argument.name}`, (value) => ({ value }))] : [];
        }
        const members = Object.values(input.getFields());
        return members.filter(takesId).map((member) =>
          place(argument, `${field} ${argument.name}.${member.name}`, (id) => ({
            value: {
              ...required(members),
              ...WANTED_TOO[field],
              [member.name]: member.name.endsWith('Ids') ? [id] : id,
            },
          })),
        );
      });
    }),
  );
}

function takesId({ name }: GraphQLArgument | GraphQLInputField): boolean {
  return /^id$|Ids?$/.test(name);
}

function required(members: readonly GraphQLInputField[]): Record<string, unknown> {
  const names = members.filter((member) => isNonNullType(member.type) && !takesId(member)).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, OTHER_VALUES[name]]));
}

const requestedPaths = () => app.simulator.requests().map(({ path }) => path);

/** The codes of everything that went wrong, expected or not. */
async function ask({ document, variables, field }: Place, id: string) {
  const { status, data, errors = [] } = await app.graphql(document, variables(id));
  expect(status).toBe(200);
  const userErrors: { code: string }[] = data?.[field]?.userErrors ?? [];
  return {
    found: data?.[field] ?? null,
    codes: [...errors.map(({ extensions }) => extensions.code), ...userErrors.map(({ code }) => code)],
  };
}

test('the schema has the places that this test knows of, and none is forgotten', () => {
  expect(places.map(({ name }) => name)).toEqual(expect.arrayContaining([...NOT_IN_A_PATH]));
  expect(places.length).toBeGreaterThanOrEqual(28);
});

test.each(places.filter(({ name }) => !NOT_IN_A_PATH.has(name)).map((place) => [place.name, place] as const))(
  '%s finds nothing under an impossible id, and asks for nothing',
  async (_name, place) => {
    for (const [what, id] of IMPOSSIBLE) {
      const { found, codes } = await ask(place, id);
      const isRefused =
        codes.length > 0 && codes.every((code) => /^(NOT_FOUND|INVALID|BAD_USER_INPUT)$/.test(`${code}`));
      expect({ what, isNothing: isRefused || (found === null && codes.length === 0) }).toEqual({
        what,
        isNothing: true,
      });
    }
    const listed = LOOKED_UP_IN_A_LIST[place.name];
    expect(requestedPaths().filter((path) => path !== listed)).toEqual([]);
  },
);

test.each(places.filter(({ name }) => !NOT_IN_A_PATH.has(name)).map((place) => [place.name, place] as const))(
  '%s keeps an odd id in one segment of one path',
  async (_name, place) => {
    for (const [what, id] of ODD) {
      app.simulator.control.clearRequests();
      const { found, codes } = await ask(place, id);
      const isRefused =
        codes.length > 0 && codes.every((code) => /^(NOT_FOUND|INVALID|BAD_USER_INPUT)$/.test(`${code}`));
      expect({ what, isNothing: isRefused || (found === null && codes.length === 0) }).toEqual({
        what,
        isNothing: true,
      });
      for (const path of requestedPaths().filter((one) => one !== LOOKED_UP_IN_A_LIST[place.name])) {
        expect(path.split(/[/?]/).filter((segment) => segment === encodeURIComponent(id))).toHaveLength(1);
        expect(path.replace(encodeURIComponent(id), '')).toMatch(/^\/api\/v3\/[a-z_/]*(\?page=0&limit=\d+)?$/);
      }
    }
  },
);

test.each(places.filter(({ name }) => NOT_IN_A_PATH.has(name)).map((place) => [place.name, place] as const))(
  '%s takes any text, and no path knows of it',
  async (_name, place) => {
    for (const [, id] of [...IMPOSSIBLE, ...ODD]) {
      app.simulator.control.clearRequests();
      const { codes } = await ask(place, id);
      for (const code of codes) expect(code).toMatch(/^(NOT_FOUND|INVALID|REFUSED|BAD_USER_INPUT)$/);
      for (const path of requestedPaths()) {
        expect(path.split('?', 1)[0]).toMatch(
          /^\/api\/v3\/((applicants|verifications)(\/[\w-]+)?|notifications\/webhook\/history|organization\/webhooks)$/,
        );
      }
    }
  },
);

test('a subscription to an impossible id waits in vain, and asks for nothing', async () => {
  const client = app.webSocketClient();
  const subscribed = IMPOSSIBLE.flatMap(([, id]) =>
    ['verificationId', 'applicantId'].map((argument) =>
      subscribeTo(client, `subscription ($id: ID) { verificationUpdated(${argument}: $id) { cursor } }`, { id }),
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const { results } of subscribed) {
    for (const { errors = [] } of results) expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
  expect(requestedPaths().filter((path) => !path.startsWith('/api/v3/verifications?'))).toEqual([]);
  for (const { stop } of subscribed) stop();
});

test('a signed delivery about an impossible id is settled, and asks for nothing', async () => {
  for (const [what, id] of IMPOSSIBLE) {
    const response = await deliver(app, { event: 'DOCVER_EVENT', verification_id: id, status: 'approved' });
    expect({ what, status: response.status }).toEqual({ what, status: 200 });
  }
  expect(requestedPaths()).toEqual([]);
});

test('a ticket with an impossible id in it, which only Dataspike could have named, finds nothing', async () => {
  const tickets = createFileTickets({ key: deriveKey(Buffer.from(SECRET), 'file') });
  for (const [what, id] of IMPOSSIBLE) {
    const link = await tickets.issueDownload({ documentId: id, rendition: 'content', issuedFor: 'test' }, null);
    const recipient = { kind: 'verification' as const, verificationId: 'v', shortId: id };
    const permit = { recipient, documentType: 'PASSPORT' as const, side: null, issuedCountry: null };
    const upload = await tickets.issueUpload(permit, null);
    // A path that is longer than any ticket of ours could be is refused by its length alone.
    const statuses = [
      (await fetch(`${app.gateway.url}/documents/${link.ticket}`)).status,
      (await put(`${app.gateway.url}/uploads/${upload.ticket}`, new Uint8Array(fileOf('jpeg')))).status,
    ];
    expect({ what, statuses }).toEqual({ what, statuses: [404, 404] });
  }
  expect(requestedPaths()).toEqual([]);
});

test.each([
  '/documents/../../api/v3/profiles',
  '/documents/..%2f..%2fapi%2fv3%2fprofiles',
  '/documents/%252e%252e%252fprofiles',
  '/documents/a%00b',
  '/documents/a\\..\\b',
  '/documents/',
  '/documents//a',
  '/documents/%ff%fe',
  '/uploads/../documents/x',
  '/uploads/a/b',
  '/uploads/%2e%2e%2fx',
  '/uploads/;x=y',
  '//documents/a',
  'http://evil.example/documents/a',
])('%s is not found', (target) => expectNothingAt(target));

test('a path longer than any ticket is not found', async () => {
  await expectNothingAt(`/documents/${'a'.repeat(10_000)}`);
  await expectNothingAt(`/uploads/${'.'.repeat(4_096)}`);
});

async function expectNothingAt(target: string): Promise<void> {
  for (const method of ['GET', 'PUT']) {
    const request = `${method} ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
    expect([400, 404, 405]).toContain((await sendRaw(app.gateway.url, [request])).status);
  }
  expect(requestedPaths()).toEqual([]);
}

test('none of this was a failure of the gateway', () => {
  expect(app.logLines().filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});
