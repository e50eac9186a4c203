import { createHash } from 'node:crypto';
import { createClient } from 'graphql-sse';
import { openAcknowledged, type ProtocolSocket } from '../support/protocolSocket';
import { createCase, uploadDocuments } from '../support/simulatedPeople';
import { endFaults, eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';
import { force } from '../support/verifications';

const KEYS = {
  all: { key: TOKEN, scopes: 'kyc:read+kyc:pii+kyc:write+kyc:admin' },
  twin: { key: 'a-key-of-one-who-may-do-the-same', scopes: 'kyc:pii+kyc:read+kyc:write+kyc:admin' },
  reader: { key: 'a-key-without-people', scopes: 'kyc:read' },
};
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const WATCH = `subscription Watch($id: ID!, $activity: Int = 1) {
  verificationUpdated(verificationId: $id) {
    kind verification {
      status identityDocument { number } applicant { id email } documents { id contentUrl }
      activity(first: $activity) { nodes { event } }
    }
  }
}`;

let app: TestGateway;
let id: string;
let applicantId: string;
const sockets: ProtocolSocket[] = [];
beforeAll(async () => {
  const entries = Object.entries(KEYS).map(([name, { key, scopes }]) => `${name}:${digest(key)}:${scopes}`);
  app = await startGateway({ AUTH_API_KEYS: entries.join() });
  ({ applicantId, verificationId: id } = await createCase(app));
  await uploadDocuments(app, applicantId);
  await change();
});
afterEach(async () => {
  for (const { socket } of sockets.splice(0)) socket.close();
  await eventually(() => app.gateway.watcherCount() === 0);
});
afterAll(() => app.close());

interface Told {
  next(): Promise<{ data: { verificationUpdated: { kind: string; verification: Shown } }; [key: string]: unknown }>;
}

interface Shown {
  readonly status: string;
  readonly applicant: { readonly id: string; readonly email: string | null } | null;
  readonly documents: readonly { readonly contentUrl: string | null }[];
}

/** Subscribes and takes the snapshot. */
async function watch(token: string, { operation = 'one', query = WATCH, ...variables } = {}): Promise<Told> {
  const socket = await openAcknowledged(app.gateway.url, { token });
  sockets.push(socket);
  const next = async () => {
    const message = await socket.receive();
    expect(message).toMatchObject({ id: operation, type: 'next' });
    return message.payload;
  };
  socket.send({ id: operation, type: 'subscribe', payload: { query, variables: { id, ...variables } } });
  await next();
  return { next };
}

let changes = 0;

/** These two may replace each other for ever. */
async function change(): Promise<void> {
  changes += 1;
  const status = changes % 2 === 0 ? 'canceled' : 'expired';
  force(app, id, status);
  const query = `{ verification(id: "${id}") { status } }`;
  await eventually(async () => (await app.graphql(query)).data.verification.status === status.toUpperCase());
}

async function watchToken(): Promise<string> {
  const { data } = await app.graphql(`mutation { createWatchToken(input: { verificationId: "${id}" }) { token } }`);
  return data.createWatchToken.token;
}

test('callers with different rights are never told the same, whoever comes first', async () => {
  const holder = await watchToken();
  const tokens = [KEYS.reader.key, TOKEN, holder, KEYS.twin.key, KEYS.reader.key, TOKEN, holder];
  const everyone = await Promise.all(tokens.map((token, index) => watch(token, { operation: `"${index}" ü` })));
  await change();
  const answers = await Promise.all(everyone.map(({ next }) => next()));
  const shownTo = (key: string) =>
    answers.filter((_answer, index) => tokens[index] === key).map(({ data }) => data.verificationUpdated.verification);
  for (const { applicant, documents } of shownTo(KEYS.reader.key)) {
    expect(applicant).toEqual({ id: applicantId, email: null });
    expect(new Set(documents.map(({ contentUrl }) => contentUrl))).toEqual(new Set([null]));
  }
  for (const { applicant } of shownTo(holder)) expect(applicant).toBeNull();
  for (const { applicant } of [...shownTo(TOKEN), ...shownTo(KEYS.twin.key)]) {
    expect(applicant).toEqual({ id: applicantId, email: 'anna@example.com' });
  }
  // Links are made for one request each, so that such an answer belongs to who asked for it.
  const links = [...shownTo(TOKEN), ...shownTo(KEYS.twin.key)].flatMap(({ documents }) =>
    documents.map(({ contentUrl }) => contentUrl),
  );
  expect(links.length).toBeGreaterThanOrEqual(6);
  expect(new Set(links).size).toBe(links.length);
  expect(answers.map(({ extensions }) => JSON.stringify(extensions ?? {}).includes('email'))).toEqual(
    tokens.map((token) => token === KEYS.reader.key),
  );
});

test('over WebSocket and Server-Sent Events, who may see the same is told the same, each in a record of its own', async () => {
  const query = WATCH.replace('contentUrl', 'type');
  const overWebSocket = await Promise.all([TOKEN, KEYS.twin.key].map((token) => watch(token, { query })));
  const client = createClient({
    url: `${app.gateway.url}/graphql`,
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const events = client.iterate({ query, variables: { id } });
  await events.next();
  app.accessLines().length = 0;
  await change();
  const told = await Promise.all([
    ...overWebSocket.map(({ next }) => next()),
    events.next().then(({ value }) => value),
  ]);
  expect(told[0]).toMatchObject({ data: { verificationUpdated: { kind: 'CHANGE' } } });
  expect(told).toEqual([told[0], told[0], told[0]]);
  const records = app.accessLines().map((line) => JSON.parse(line));
  expect(records.map(({ caller }) => caller.id).sort()).toEqual(['all', 'all', 'twin']);
  expect(new Set(records.map(({ requestId }) => requestId)).size).toBe(3);
  for (const record of records) {
    expect(record).toMatchObject({ operation: { name: 'Watch', sha256: digest(query) }, applicantIds: [applicantId] });
  }
  client.dispose();
});

test('what fails for many is told to each with a request id of its own', async () => {
  const query = WATCH.replace('contentUrl', '');
  const everyone = await Promise.all([TOKEN, TOKEN, KEYS.twin.key].map((token) => watch(token, { query })));
  app.simulator.control.addFault({ kind: 'reset', times: 0, match: { endpoint: 'listVerificationEvents' } });
  await change();
  const answers = await Promise.all(everyone.map(({ next }) => next()));
  const errors = answers.map((answer) => (answer.errors as { extensions: object }[])[0]?.extensions);
  expect(errors[0]).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', requestId: expect.any(String) });
  expect(new Set(errors.map((error) => (error as { requestId: string }).requestId)).size).toBe(3);
  await endFaults(app);
});

test('variables of the answer keep subscriptions apart', async () => {
  const query = WATCH.replace('contentUrl', '');
  const [none, some] = await Promise.all([0, 1].map((activity) => watch(TOKEN, { query, activity } as object)));
  await change();
  const [one, other] = await Promise.all([none?.next(), some?.next()]);
  expect(one?.errors).toEqual([expect.objectContaining({ message: expect.stringContaining('first') })]);
  expect(other?.errors).toBeUndefined();
});
