import { createHash } from 'node:crypto';
import { exportSPKI } from 'jose';
import { createSchema } from '../../src/graphql/schema';
import { type IdentityProvider, leaveUnsigned, startIdentityProvider } from '../support/identityProvider';
import { openSocket, type ProtocolSocket } from '../support/protocolSocket';
import { type RootField, rootFieldsOf } from '../support/rootFields';
import { callSimulator, startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { createVerification } from '../support/verifications';

/** Which scope each root field needs. A field that is missing here, or here only, fails the first test. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  'kyc:read': [
    ...['viewer', 'eventCursor', 'countries', 'profile', 'profiles'],
    ...['applicant', 'applicantByExternalId', 'applicants'],
    ...['verification', 'verificationByShortId', 'verifications'],
    ...['createWatchToken', 'verificationUpdated'],
  ],
  'kyc:write': [
    ...['createApplicant', 'updateApplicant', 'linkApplicantTelegram', 'setApplicantScreening'],
    ...['createVerification', 'proceedVerification', 'cancelVerification', 'setVerificationCountry'],
    ...['createDocumentUpload'],
  ],
  'kyc:admin': [
    ...['deleteApplicant', 'createProfile', 'updateProfile', 'deleteProfile', 'setDefaultProfile'],
    ...['createProfileLink', 'archiveProfileLink', 'unarchiveProfileLink'],
    ...['webhooks', 'webhookDeliveries'],
    ...['createWebhook', 'updateWebhook', 'deleteWebhook', 'rotateWebhookSecret'],
  ],
};

/** What watch tokens get; FORBIDDEN for every other field. `null` is what somebody gets who asks for what does not exist. */
const WATCHERS: Readonly<Record<string, { readonly own: string; readonly other: string }>> = {
  viewer: { own: 'answered', other: 'answered' },
  eventCursor: { own: 'answered', other: 'answered' },
  verification: { own: 'answered', other: 'null' },
  verificationByShortId: { own: 'answered', other: 'null' },
  verificationUpdated: { own: 'answered', other: 'FORBIDDEN' },
};

/** Every kind of caller, and what they get of a field with a scope. */
const CALLERS: Readonly<Record<string, (field: string, scope: string) => string>> = {
  'no token': () => 'UNAUTHENTICATED',
  'an unknown key': () => 'UNAUTHENTICATED',
  expired: () => 'UNAUTHENTICATED',
  'wrong signature': () => 'UNAUTHENTICATED',
  'wrong audience': () => 'UNAUTHENTICATED',
  'wrong issuer': () => 'UNAUTHENTICATED',
  'alg none': () => 'UNAUTHENTICATED',
  'signed with the public key as a secret': () => 'UNAUTHENTICATED',
  'no scope': () => 'FORBIDDEN',
  'kyc:read': (_field, scope) => (scope === 'kyc:read' ? 'answered' : 'FORBIDDEN'),
  'kyc:pii': () => 'FORBIDDEN',
  'kyc:write': (_field, scope) => (scope === 'kyc:write' ? 'answered' : 'FORBIDDEN'),
  'kyc:admin': (_field, scope) => (scope === 'kyc:admin' ? 'answered' : 'FORBIDDEN'),
  'watch token of this one': (field) => WATCHERS[field]?.own ?? 'FORBIDDEN',
  'watch token of another one': (field) => WATCHERS[field]?.other ?? 'FORBIDDEN',
};

let provider: IdentityProvider;
let app: TestGateway;
let fields: RootField[];
const tokens: Record<string, string | null> = {};

beforeAll(async () => {
  provider = await startIdentityProvider();
  app = await startGateway({
    ...provider.environment,
    AUTH_API_KEYS: `all:${sha256(TOKEN)}:kyc:read+kyc:pii+kyc:write+kyc:admin`,
    LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE: '0',
    LIMIT_REQUESTS_PER_MINUTE: '0',
  });
  const applicant = await callSimulator(app.simulator, 'POST', '/api/v3/applicants', { external_id: 'ours-1' });
  const { id: applicantId } = (await applicant.json()) as { id: string };
  const own = await createVerification(app, { applicantId });
  const other = await createVerification(app);
  const { data } = await app.graphql('{ profiles { id } }');
  fields = rootFieldsOf(createSchema(), {
    'applicant.id': `"${applicantId}"`,
    'applicantByExternalId.externalId': '"ours-1"',
    'profile.id': `"${data.profiles[0].id}"`,
    'verification.id': `"${own.id}"`,
    'verificationByShortId.shortId': `"${own.shortId}"`,
    'verificationUpdated.verificationId': `"${own.id}"`,
    'createWatchToken.input': `{ verificationId: "${own.id}" }`,
  });
  const stranger = await startIdentityProvider();
  Object.assign(tokens, {
    'no token': null,
    'an unknown key': 'nobody',
    expired: await provider.sign({ scope: 'kyc:read', expiresIn: -61 }),
    'wrong signature': await stranger.sign({ scope: 'kyc:read' }),
    'wrong audience': await provider.sign({ scope: 'kyc:read', aud: 'another' }),
    'wrong issuer': await provider.sign({ scope: 'kyc:read', iss: 'https://another.example.com/' }),
    'alg none': leaveUnsigned({ scope: 'kyc:read' }),
    'signed with the public key as a secret': await provider.sign(
      { scope: 'kyc:read' },
      { alg: 'HS256', key: Buffer.from(await exportSPKI(provider.publicKey())) },
    ),
    'no scope': await provider.sign({ scope: 'openid profile' }),
    'kyc:read': await provider.sign({ scope: 'openid kyc:read' }),
    'kyc:pii': await provider.sign({ scp: ['kyc:pii'] }),
    'kyc:write': await provider.sign({ permissions: ['kyc:write', 'other'] }),
    'kyc:admin': await provider.sign({ scp: 'kyc:admin' }),
    'watch token of this one': await watchToken(own.id),
    'watch token of another one': await watchToken(other.id),
  });
  await stranger.close();
});
afterAll(async () => {
  await app.close();
  await provider.close();
});

test('the table names every root field of the schema, once', () => {
  const named = Object.values(FIELDS).flat();
  expect([...named].sort()).toEqual(fields.map(({ name }) => name).sort());
});

describe.each(Object.entries(CALLERS))('with %s every root field answers as the table says', (caller, expected) => {
  const table = (isAsked: (field: RootField) => boolean) =>
    Object.fromEntries(
      fields
        .filter(isAsked)
        .map(({ name }) => [
          name,
          expected(name, Object.keys(FIELDS).find((scope) => FIELDS[scope]?.includes(name)) ?? ''),
        ]),
    );
  const token = () => tokens[caller] ?? null;

  /** Asks one after another, and makes sure that what is refused is asked of nobody. */
  async function outcomes(ask: (field: RootField) => Promise<string>, isAsked: (field: RootField) => boolean) {
    const found: Record<string, string> = {};
    for (const field of fields.filter(isAsked)) {
      app.simulator.control.clearRequests();
      const outcome = await ask(field);
      found[field.name] = outcome;
      if (outcome !== 'answered') expect([field.name, app.simulator.requests()]).toEqual([field.name, []]);
    }
    return found;
  }

  test('over HTTP', async () => {
    const isAsked = ({ type }: RootField) => type !== 'subscription';
    expect(await outcomes((field) => askOverHttp(field, token()), isAsked)).toEqual(table(isAsked));
  });

  test('over Server-Sent Events', async () => {
    const all = () => true;
    expect(await outcomes((field) => askOverSse(field, token()), all)).toEqual(table(all));
  });

  test('over WebSocket', async () => {
    const socket = await openSocket(app.gateway.url);
    socket.send({ type: 'connection_init', payload: token() === null ? {} : { authorization: `Bearer ${token()}` } });
    if (expected('viewer', 'kyc:read') === 'UNAUTHENTICATED') {
      expect(await socket.closed).toEqual({ code: 4403, reason: 'Forbidden' });
      return;
    }
    await socket.receive();
    expect(
      await outcomes(
        (field) => askOverWebSocket(field, socket),
        () => true,
      ),
    ).toEqual(table(() => true));
    socket.socket.close();
    await socket.closed;
  });
});

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

function outcomeOf(field: RootField, { data, errors }: Answer): string {
  if (errors) return errors.map(({ extensions }) => extensions.code).join();
  return data?.[field.name] === null ? 'null' : 'answered';
}

async function askOverHttp(field: RootField, token: string | null): Promise<string> {
  const response = await post(field, token, 'application/json');
  const answer = (await response.json()) as Answer;
  const outcome = outcomeOf(field, answer);
  expect(response.status).toBe(outcome === 'UNAUTHENTICATED' ? 401 : 200);
  return outcome;
}

async function askOverSse(field: RootField, token: string | null): Promise<string> {
  const response = await post(field, token, 'text/event-stream');
  if (response.status === 401) return outcomeOf(field, (await response.json()) as Answer);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk);
    const data = /^data: (.+)\n/m.exec(text)?.[1];
    if (data !== undefined) return outcomeOf(field, JSON.parse(data) as Answer);
  }
  throw new Error('The stream ended without a result');
}

async function askOverWebSocket(field: RootField, socket: ProtocolSocket): Promise<string> {
  socket.send({ id: field.name, type: 'subscribe', payload: { query: field.document } });
  const { type, payload } = await socket.receive(field.name);
  if (type === 'error') return outcomeOf(field, { errors: payload });
  if (field.type === 'subscription') socket.send({ id: field.name, type: 'complete' });
  return outcomeOf(field, payload as Answer);
}

function post({ document }: RootField, token: string | null, accept: string): Promise<Response> {
  return fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: document }),
  });
}

async function watchToken(verificationId: string): Promise<string> {
  const { data } = await app.graphql(
    `mutation { createWatchToken(input: { verificationId: "${verificationId}" }) { token } }`,
  );
  return data.createWatchToken.token;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
