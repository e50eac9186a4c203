import { compareCursors } from '../../src/events/cursor';
import { deliver, readSample } from '../support/deliver';
import { openAcknowledged, type ProtocolSocket } from '../support/protocolSocket';
import { uploadDocuments } from '../support/simulatedPeople';
import { eventually, type Subscribed, startGateway, subscribeTo, type TestGateway } from '../support/startGateway';
import { createVerification, force, seedVerifications } from '../support/verifications';

const UPDATE = 'cursor kind source previousStatus verification { id status }';
const WATCH = `subscription ($verificationId: ID, $applicantId: ID, $statuses: [VerificationStatus!], $after: String) {
  verificationUpdated(verificationId: $verificationId, applicantId: $applicantId, statuses: $statuses, after: $after) {
    ${UPDATE}
  }
}`;

interface Update {
  readonly cursor: string;
  readonly kind: string;
  readonly source: string;
  readonly previousStatus: string | null;
  readonly verification: { readonly id: string; readonly status: string };
}

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway();
});
afterEach(async () => {
  app.simulator.control.clearFaults();
  for (const subscribed of subscriptions.splice(0)) subscribed.stop();
  await eventually(() => app.gateway.watcherCount() === 0);
});
afterAll(() => app.close());

const subscriptions: Subscribed[] = [];

/** @returns once the gateway watches, so that nothing which happens from now on is missed */
async function watch(variables: Record<string, unknown> = {}, of = app): Promise<Subscribed> {
  const before = of.gateway.watcherCount();
  const subscribed = subscribeTo(of.webSocketClient(), WATCH, variables);
  subscriptions.push(subscribed);
  await eventually(() => of.gateway.watcherCount() > before);
  return subscribed;
}

function updatesOf({ results }: Subscribed): Update[] {
  return results.map((result) => result.data.verificationUpdated);
}

async function waitForUpdates(subscribed: Subscribed, count: number): Promise<Update[]> {
  await subscribed.waitFor(count);
  return updatesOf(subscribed);
}

async function headCursor(of = app): Promise<string> {
  return (await of.graphql('{ eventCursor }')).data.eventCursor;
}

/** Resolves when the update with this verification and status came. */
async function waitForState(subscribed: Subscribed, id: string, status: string): Promise<Update[]> {
  await eventually(() =>
    updatesOf(subscribed).some(({ verification }) => verification.id === id && verification.status === status),
  );
  return updatesOf(subscribed);
}

/** Makes one more change and waits for it: what came until then is all there is. The verification must be canceled. */
async function waitForMarker(subscribed: Subscribed, id = ''): Promise<Update[]> {
  force(app, id, 'expired');
  return waitForState(subscribed, id, 'EXPIRED');
}

function expectIncreasing(updates: readonly Update[]): void {
  for (const [index, { cursor }] of updates.entries()) {
    const before = updates[index - 1];
    if (before && compareCursors(before.cursor, cursor) >= 0) throw new Error(`${before.cursor} came before ${cursor}`);
  }
}

describe('filters', () => {
  test.each([
    ['nothing', () => ({}), ['mine PENDING', 'mine CANCELED', 'sibling CANCELED', 'stranger CANCELED']],
    ['one verification', ({ mine }: Ids) => ({ verificationId: mine }), ['mine PENDING', 'mine CANCELED']],
    [
      'an applicant',
      ({ applicantId }: Ids) => ({ applicantId }),
      ['mine PENDING', 'mine CANCELED', 'sibling CANCELED'],
    ],
    ['a status', () => ({ statuses: ['CANCELED'] }), ['mine CANCELED', 'sibling CANCELED', 'stranger CANCELED']],
    ['two statuses', () => ({ statuses: ['PENDING', 'VERIFIED'] }), ['mine PENDING']],
    ['no status at all', () => ({ statuses: [] }), []],
    [
      'an applicant and a status',
      ({ applicantId }: Ids) => ({ applicantId, statuses: ['CANCELED'] }),
      ['mine CANCELED', 'sibling CANCELED'],
    ],
    [
      'everything',
      ({ mine, applicantId }: Ids) => ({ verificationId: mine, applicantId, statuses: ['CANCELED'] }),
      ['mine CANCELED'],
    ],
    [
      'a verification of somebody else',
      ({ stranger, applicantId }: Ids) => ({ verificationId: stranger, applicantId }),
      [],
    ],
  ] as const)('%s: what matches comes, and nothing else', async (_name, variablesFor, expected) => {
    const { applicantId, id: mine } = await createVerification(app);
    const { id: sibling } = await createVerification(app, { applicantId });
    const { id: stranger } = await createVerification(app);
    const names = new Map([
      [mine, 'mine'],
      [sibling, 'sibling'],
      [stranger, 'stranger'],
    ]);
    const subscribed = await watch({ ...variablesFor({ applicantId, mine, stranger }), after: await headCursor() });
    const everything = await watch();

    force(app, mine, 'pending');
    await waitForState(everything, mine, 'PENDING');
    for (const id of [mine, sibling, stranger]) {
      force(app, id, 'canceled');
      await waitForState(everything, id, 'CANCELED');
    }
    await eventually(() => updatesOf(subscribed).length >= expected.length);
    expect(updatesOf(subscribed).map(({ verification: { id, status } }) => `${names.get(id)} ${status}`)).toEqual(
      expected,
    );
  });
});

interface Standing {
  readonly id: string;
  readonly applicantId: string;
  readonly after: string;
}

interface Ids {
  readonly applicantId: string;
  readonly mine: string;
  readonly stranger: string;
}

describe('the first update', () => {
  test('one verification begins with where it stands', async () => {
    const { id } = await createVerification(app);
    const subscribed = await watch({ verificationId: id });
    const [snapshot] = await waitForUpdates(subscribed, 1);
    expect(snapshot).toEqual({
      cursor: await headCursor(),
      kind: 'SNAPSHOT',
      source: 'SNAPSHOT',
      previousStatus: null,
      verification: { id, status: 'INITIAL' },
    });
  });

  test.each([
    ['everything', () => ({})],
    ['an applicant', ({ applicantId }: Standing) => ({ applicantId })],
    ['a status', () => ({ statuses: ['INITIAL', 'CANCELED'] })],
    ['one verification after a cursor', ({ id, after }: Standing) => ({ verificationId: id, after })],
    ['one verification that stands elsewhere', ({ id }: Standing) => ({ verificationId: id, statuses: ['CANCELED'] })],
  ])('%s: the first update is a change', async (_name, variablesFor) => {
    const standing = await createVerification(app);
    const subscribed = await watch(variablesFor({ ...standing, after: await headCursor() }));
    const snapshotted = await watch({ verificationId: standing.id });
    await snapshotted.waitFor(1);
    force(app, standing.id, 'canceled');
    expect((await waitForUpdates(subscribed, 1))[0]).toMatchObject({
      kind: 'CHANGE',
      verification: { id: standing.id, status: 'CANCELED' },
    });
  });

  test('a verification that Dataspike does not know yet is awaited in silence', async () => {
    const sample = JSON.parse(readSample('docver_verified'));
    const verificationId = sample.payload.id;
    const unknown = await watch({ verificationId });
    const known = await watch({ verificationId: (await createVerification(app)).id });
    await known.waitFor(1);
    expect(unknown.results).toEqual([]);
    await deliver(app, sample);
    expect(await waitForUpdates(unknown, 1)).toEqual([
      expect.objectContaining({ kind: 'CHANGE', verification: { id: verificationId, status: 'VERIFIED' } }),
    ]);
  });
});

describe('cursors', () => {
  test('nothing falls between the cursor of a query and the subscription after it', async () => {
    const ids = await seedVerifications(app, 60);
    const after = await headCursor();
    for (const id of ids.slice(0, 30)) force(app, id, 'canceled');
    const early = subscribeTo(app.webSocketClient(), WATCH, { after });
    subscriptions.push(early);
    for (const id of ids.slice(30)) force(app, id, 'canceled');
    await waitForUpdates(early, 60);
    const updates = (await waitForMarker(early, ids[0])).slice(0, -1);
    expect(updates.map(({ verification }) => verification.id).sort()).toEqual([...ids].sort());
    expect(new Set(updates.map(({ kind }) => kind))).toEqual(new Set(['CHANGE']));
    expectIncreasing(updates);
  });

  test('a replay joins the live stream without gap or repeat while events keep coming', async () => {
    const ids = await seedVerifications(app, 650);
    const reference = await watch();
    const after = await headCursor();
    // More than one read of the log brings.
    for (const id of ids.slice(0, 550)) force(app, id, 'canceled');
    await waitForUpdates(reference, 520);
    const joining: Subscribed[] = [];
    for (const start of [550, 575, 600, 625]) {
      joining.push(await watch({ after }));
      // While it reads what came before: both ways lead to these.
      for (const id of ids.slice(start, start + 25)) force(app, id, 'canceled');
    }
    await waitForUpdates(reference, 650);
    const expected = (await waitForMarker(reference, ids[0])).map(({ cursor }) => cursor);
    expect(expected).toHaveLength(651);
    for (const subscribed of joining) {
      await eventually(() => updatesOf(subscribed).at(-1)?.cursor === expected.at(-1));
      expect(updatesOf(subscribed).map(({ cursor }) => cursor)).toEqual(expected);
      expect(updatesOf(subscribed).filter(({ kind }) => kind !== 'CHANGE')).toEqual([]);
    }
    expectIncreasing(updatesOf(reference));
  });

  test('a long replay holds nobody up', async () => {
    const ids = await seedVerifications(app, 400);
    const reference = await watch();
    const after = await headCursor();
    for (const id of ids) force(app, id, 'canceled');
    await waitForUpdates(reference, 400);
    const replaying = subscribeTo(app.webSocketClient(), WATCH, { after });
    subscriptions.push(replaying);
    await replaying.waitFor(1);
    expect((await app.graphql('{ __typename }')).status).toBe(200);
    expect(replaying.results.length).toBeLessThan(400);
    await waitForUpdates(replaying, 400);
  });

  test('a reader that comes back with the cursor of any update gets exactly what followed', async () => {
    const ids = await seedVerifications(app, 20);
    const all = await watch();
    for (const id of ids) force(app, id, 'canceled');
    const updates = await waitForUpdates(all, 20);
    for (const [index, { cursor }] of updates.slice(0, -1).entries()) {
      const again = await watch({ after: cursor });
      const rest = await waitForUpdates(again, updates.length - index - 1);
      expect(rest).toEqual(updates.slice(index + 1));
      again.stop();
      await eventually(() => app.gateway.watcherCount() === 1);
    }
  });

  test('a cursor that is none ends the subscription with CURSOR_INVALID, and the socket lives on', async () => {
    const socket = await openAcknowledged(app.gateway.url);
    for (const [index, after] of ['', 'garbage', '1', '1-', '-1', '1-2-3', '１-１', '9'.repeat(40)].entries()) {
      socket.send({ id: String(index), type: 'subscribe', payload: { query: WATCH, variables: { after } } });
      expect(await socket.receive(String(index))).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'CURSOR_INVALID', retryable: false, requestId: expect.any(String) } }],
      });
    }
    socket.send({ id: 'x', type: 'subscribe', payload: { query: '{ __typename }' } });
    expect(await socket.receive('x')).toMatchObject({ type: 'next' });
    socket.socket.terminate();
  });
});

describe('a cursor that is too old', () => {
  test.each(['beyond retention', 'from before a restart'])('%s: the current state, then changes', async (reason) => {
    const small = await startGateway({ EVENT_RETENTION: '10' });
    try {
      const ids = await seedVerifications(small, 130);
      const old = reason === 'beyond retention' ? await headCursor(small) : '1700000000000-5';
      const all = await watch({}, small);
      for (const id of ids.slice(0, 15)) force(small, id, 'canceled');
      await all.waitFor(15);

      const resumed = await watch({ after: old }, small);
      const states = await waitForUpdates(resumed, 130);
      expect(new Set(states.map(({ kind, source, previousStatus }) => `${kind} ${source} ${previousStatus}`))).toEqual(
        new Set(['RESYNC SNAPSHOT null']),
      );
      expect(states.map(({ verification }) => verification.id).sort()).toEqual([...ids].sort());
      for (const { verification } of states) {
        expect(verification.status).toBe(ids.indexOf(verification.id) < 15 ? 'CANCELED' : 'EXPIRED');
      }

      force(small, ids[20] as string, 'canceled');
      const change = (await waitForUpdates(resumed, 131)).at(-1);
      expect(change).toMatchObject({ kind: 'CHANGE', verification: { id: ids[20], status: 'CANCELED' } });
      // Only the last one tells where to go on: whoever is cut off before it starts over.
      expect(new Set(states.slice(0, -1).map(({ cursor }) => cursor))).toEqual(new Set([old]));
      const continued = await watch({ after: states.at(-1)?.cursor }, small);
      expect(await waitForUpdates(continued, 1)).toEqual([change]);
    } finally {
      await small.close();
    }
  });

  test('a filter holds for the current state, too', async () => {
    const ids = await seedVerifications(app, 3);
    const { applicantId, id } = await createVerification(app);
    const { id: sibling } = await createVerification(app, { applicantId });
    force(app, sibling, 'canceled');
    const after = '1700000000000-5';
    const [one, ofApplicant, canceled] = await Promise.all([
      watch({ after, verificationId: ids[0] }),
      watch({ after, applicantId }),
      watch({ after, applicantId, statuses: ['CANCELED'] }),
    ]);
    expect((await waitForUpdates(one, 1)).map(({ verification }) => verification.id)).toEqual([ids[0]]);
    expect((await waitForUpdates(ofApplicant, 2)).map(({ verification }) => verification.id).sort()).toEqual(
      [id, sibling].sort(),
    );
    expect((await waitForUpdates(canceled, 1)).map(({ verification }) => verification.id)).toEqual([sibling]);
    for (const subscribed of [one, ofApplicant, canceled]) expect(updatesOf(subscribed).at(-1)?.kind).toBe('RESYNC');
  });
});

test('on receiving an update a query shows the new state at once', async () => {
  const { id } = await createVerification(app);
  const subscribed = await watch({ verificationId: id });
  await subscribed.waitFor(1);
  const query = 'query ($id: ID!) { verification(id: $id) { status } }';
  for (let round = 1; round <= 50; round += 1) {
    const status = round % 2 === 0 ? 'INITIAL' : 'PENDING';
    // Reads under way when the change arrives must not bring the old state back.
    const reading = app.graphql(query, { id });
    force(app, id, status === 'INITIAL' ? 'initial' : 'pending');
    const updates = await waitForUpdates(subscribed, round + 1);
    expect(updates.at(-1)?.verification.status).toBe(status);
    expect((await app.graphql(query, { id })).data.verification.status).toBe(status);
    await reading;
    expect((await app.graphql(query, { id })).data.verification.status).toBe(status);
  }
});

test('a whole life tells each step and the one before it, from whoever caused it', async () => {
  // Its own gateway, which does not poll for what is watched since a moment ago.
  const own = await startGateway();
  try {
    const everything = await watch({}, own);
    const { id, applicantId } = await createVerification(own);
    await uploadDocuments(own, applicantId);
    force(own, id, 'pending');
    await waitForState(everything, id, 'PENDING');
    await uploadDocuments(own, applicantId);
    const { data } = await own.graphql(
      'mutation ($id: ID!) { proceedVerification(input: { verificationId: $id }) { userErrors { message } } }',
      { id },
    );
    expect(data.proceedVerification.userErrors).toEqual([]);
    const steps = (await waitForState(everything, id, 'VERIFIED'))
      .filter(({ verification }) => verification.id === id)
      .map(({ previousStatus, verification, source }) => `${previousStatus} > ${verification.status} by ${source}`);
    expect(steps[0]).toBe('null > INITIAL by MUTATION');
    // On a busy machine a poll can be there before the delivery.
    expect(steps[1]).toMatch(/^INITIAL > PENDING by (WEBHOOK|POLL)$/);
    expect(steps.find((step) => step.startsWith('PENDING > IN_PROGRESS'))).toMatch(/MUTATION$/);
    // A check that ends before the others is an update, too: the status stays.
    const changes = steps.filter((step) => !/(\w+) > \1 /.test(step));
    expect(changes).toHaveLength(4);
    expect(changes[3]).toMatch(/^IN_PROGRESS > VERIFIED by (WEBHOOK|POLL)$/);
  } finally {
    await own.close();
  }
});

test('an outage while an update is resolved nulls that field only, and the next update is whole again', async () => {
  const [id = ''] = await seedVerifications(app, 1);
  const subscribed = subscribeTo(
    app.webSocketClient(),
    `subscription ($id: ID) {
      verificationUpdated(verificationId: $id) { verification { id status applicant { id } } }
    }`,
    { id },
  );
  subscriptions.push(subscribed);
  const [snapshot] = await subscribed.waitFor(1);
  const { applicant } = snapshot.data.verificationUpdated.verification;
  expect(applicant).toEqual({ id: expect.any(String) });
  app.simulator.control.addFault({ kind: 'html', times: 0, match: { path: '/applicants/' } });
  force(app, id, 'canceled');
  const [, broken] = await subscribed.waitFor(2);
  expect(broken.data.verificationUpdated.verification).toEqual({ id, status: 'CANCELED', applicant: null });
  expect(broken.errors).toEqual([
    {
      message: expect.any(String),
      locations: expect.any(Array),
      path: ['verificationUpdated', 'verification', 'applicant'],
      extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, requestId: expect.any(String) },
    },
  ]);
  expect(JSON.stringify(broken)).not.toMatch(/html|127\.0\.0\.1/);
  app.simulator.control.clearFaults();
  force(app, id, 'expired');
  const [, , whole] = await subscribed.waitFor(3);
  expect(whole.errors).toBeUndefined();
  expect(whole.data.verificationUpdated.verification).toEqual({ id, status: 'EXPIRED', applicant });
});

test('a thousand subscriptions that come and go leave no watcher', async () => {
  const { id } = await createVerification(app);
  for (let client = 0; client < 10; client += 1) {
    const socket = await openAcknowledged(app.gateway.url);
    for (let round = 0; round < 100; round += 1) {
      const variables = round % 2 === 0 ? {} : { verificationId: id };
      socket.send({ id: String(round), type: 'subscribe', payload: { query: WATCH, variables } });
      socket.send({ id: String(round), type: 'complete' });
    }
    socket.send({ id: 'last', type: 'subscribe', payload: { query: '{ __typename }' } });
    expect(await socket.receive('last')).toMatchObject({ type: 'next' });
    await eventually(() => app.gateway.watcherCount() === 0);
    socket.socket.terminate();
  }
});

test('unsubscribing while the first read hangs ends it at once, at Dataspike too', async () => {
  const [verificationId] = await seedVerifications(app, 1);
  app.simulator.control.addFault({ kind: 'stall', times: 0, match: { endpoint: 'getVerification' } });
  const socket = await openAcknowledged(app.gateway.url);
  socket.send({ id: '1', type: 'subscribe', payload: { query: WATCH, variables: { verificationId } } });
  await eventually(() => app.simulator.requests().some(({ endpoint }) => endpoint === 'getVerification'));
  const leftAt = Date.now();
  socket.send({ id: '1', type: 'complete' });
  await eventually(() => app.gateway.watcherCount() === 0);
  // Who asks for the same now does not wait for the read that was given up.
  app.simulator.control.clearFaults();
  const query = `{ verification(id: "${verificationId}") { id } }`;
  socket.send({ id: '2', type: 'subscribe', payload: { query } });
  expect(await socket.receive('2')).toMatchObject({ payload: { data: { verification: { id: verificationId } } } });
  expect(Date.now() - leftAt).toBeLessThan(2_000);
  expect(socket.messages.filter(({ id }) => id === '1')).toEqual([]);
  socket.socket.terminate();
});

test('a reader that stops reading hurts only itself, and sees the newest state when it is back', async () => {
  const ids = await seedVerifications(app, 200);
  const other = await watch();
  const slow = await openAcknowledged(app.gateway.url);
  slow.send({ id: 'slow', type: 'subscribe', payload: { query: LARGE_WATCH } });
  await eventually(() => app.gateway.watcherCount() === 2);
  slow.socket.pause();
  for (const [status, told] of [
    ['pending', 'PENDING'],
    ['in_progress', 'IN_PROGRESS'],
  ] as const) {
    for (const id of ids) force(app, id, status);
    await settled(other, ids, told);
  }
  slow.socket.resume();
  await eventually(() => updatesOfSocket(slow).at(-1)?.cursor === updatesOf(other).at(-1)?.cursor);
  const seen = updatesOfSocket(slow);
  expect(seen.length).toBeLessThan(updatesOf(other).length);
  for (const { kind, previousStatus, verification } of seen) {
    if (kind !== 'CHANGE') expect([kind, previousStatus, verification.status]).toEqual(['RESYNC', null, 'IN_PROGRESS']);
  }
  expect(seen.some(({ kind }) => kind === 'RESYNC')).toBe(true);
  for (const id of ids) {
    expect(seen.findLast(({ verification }) => verification.id === id)?.verification.status).toBe('IN_PROGRESS');
  }
  expect(updatesOf(other).every(({ kind }) => kind === 'CHANGE')).toBe(true);
  expectIncreasing(seen);
  slow.socket.terminate();
});

/** Waits until the newest update of each verification has the status. */
async function settled(subscribed: Subscribed, ids: readonly string[], status: string): Promise<Update[]> {
  await eventually(() => {
    const newest = new Map(updatesOf(subscribed).map(({ verification }) => [verification.id, verification.status]));
    return ids.every((id) => newest.get(id) === status);
  });
  return updatesOf(subscribed);
}

function updatesOfSocket({ messages }: ProtocolSocket): Update[] {
  return messages.filter(({ type }) => type === 'next').map(({ payload }) => payload.data.verificationUpdated);
}

/** Some 40 KB for each update, so that the buffers on the way to a reader are soon full. */
const LARGE_WATCH = `
  subscription { verificationUpdated { ${UPDATE} ${Array.from({ length: 40 }, (_, index) => `copy${index}: verification { ...Large }`).join(' ')} } }
  fragment Large on Verification {
    id shortId status rawStatus isFinal isSandbox createdAt completedAt expiresAt country documentType
    checks { step rawStep status pendingDocuments livenessScore errors { code } }
    session { url widgetId widgetApiUrl expiresAt pendingDocuments }
  }
`;
