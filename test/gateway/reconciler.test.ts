import { setTimeout as sleep } from 'node:timers/promises';
import {
  callSimulator,
  eventually,
  type Subscribed,
  startGateway,
  subscribeTo,
  type TestGateway,
} from '../support/startGateway';

/** Promised to whoever watches, however many webhooks are lost. */
const PROMISED_MS = 35_000;

const opened: TestGateway[] = [];
afterAll(() => Promise.all(opened.map((app) => app.close())));

/** One for each test: they run at the same time, because most of it is waiting. */
async function openGateway(): Promise<TestGateway> {
  const app = await startGateway();
  opened.push(app);
  app.simulator.control.addDeliveryFault('drop', 0);
  return app;
}

/** Made behind the gateway's back, as an organisation's own server would. */
async function createVerification(app: TestGateway): Promise<{ id: string; applicantId: string }> {
  const answer = await callSimulator(app.simulator, 'POST', '/api/v3/verifications', {});
  const { id, applicant_id: applicantId } = (await answer.json()) as { id: string; applicant_id: string };
  return { id, applicantId };
}

function watch(app: TestGateway, filter: { verificationId?: string; applicantId?: string }): Subscribed {
  return subscribeTo(
    app.webSocketClient(),
    `subscription ($verificationId: ID, $applicantId: ID) {
      verificationUpdated(verificationId: $verificationId, applicantId: $applicantId) {
        kind source verification { id status }
      }
    }`,
    filter,
  );
}

function updatesOf({ results }: Subscribed) {
  return results.map(({ data }) => {
    const { kind, source, verification } = data.verificationUpdated;
    return `${kind} ${source} ${verification.id} ${verification.status}`;
  });
}

const endpointsOf = (app: TestGateway) => app.simulator.requests().map(({ endpoint }) => endpoint);

test.concurrent.each([
  ['the verification', 'getVerification', ({ id }: { id: string }) => ({ verificationId: id })],
  ['its applicant', 'listVerificationsForApplicant', ({ applicantId }: { applicantId: string }) => ({ applicantId })],
  ['everything', 'listVerifications', () => ({})],
])(
  'when every webhook is lost, who watches %s sees how it ends',
  async (_what, endpoint, filterFor) => {
    const app = await openGateway();
    const verification = await createVerification(app);
    app.simulator.control.clearRequests();
    const updates = watch(app, filterFor(verification));
    // The snapshot is read once; another read is a poll.
    await eventually(() => endpointsOf(app).filter((each) => each === endpoint).length >= 1);
    await eventually(() => updates.results.length > 0);
    app.simulator.control.forceVerification(verification.id, { status: 'verified', errors: {} });
    await eventually(() => updatesOf(updates).includes(`CHANGE POLL ${verification.id} VERIFIED`), PROMISED_MS);
    const asked = endpointsOf(app).length;

    // It is final, so nobody asks for it again.
    await sleep(3_500);
    const since = endpointsOf(app).slice(asked);
    expect(since.filter((each) => each === 'getVerification')).toEqual([]);
    expect(updatesOf(updates).filter((update) => update.includes('VERIFIED'))).toHaveLength(1);
  },
  PROMISED_MS + 10_000,
);

test.concurrent('a change that no webhook tells of, because it is not the end, is seen', async () => {
  const app = await openGateway();
  const { id } = await createVerification(app);
  const updates = watch(app, { verificationId: id });
  await updates.waitFor(1);
  app.simulator.control.forceVerification(id, { status: 'pending', errors: {} });
  await eventually(() => updatesOf(updates).includes(`CHANGE POLL ${id} PENDING`), PROMISED_MS);
}, 45_000);

test.concurrent('while nobody watches nobody asks', async () => {
  const app = await openGateway();
  const { id, applicantId } = await createVerification(app);
  const all = [watch(app, { verificationId: id }), watch(app, { applicantId }), watch(app, {})];
  await eventually(() => new Set(endpointsOf(app)).has('listVerifications'));
  for (const updates of all) updates.stop();
  await eventually(() => app.gateway.watcherCount() === 0);
  await sleep(1_000);
  app.simulator.control.clearRequests();
  await sleep(8_000);
  expect(endpointsOf(app)).toEqual([]);
});

test.concurrent('with the webhooks arriving, the end is told by them and not by a poll', async () => {
  const app = await openGateway();
  app.simulator.control.clearDeliveryFaults();
  const { id } = await createVerification(app);
  const updates = watch(app, { verificationId: id });
  await updates.waitFor(1);
  app.simulator.control.forceVerification(id, { status: 'failed', errors: {} });
  await eventually(() => updatesOf(updates).includes(`CHANGE WEBHOOK ${id} FAILED`));
  app.simulator.control.clearRequests();
  await sleep(3_500);
  expect(endpointsOf(app)).toEqual([]);
  expect(updatesOf(updates).filter((update) => update.includes('FAILED'))).toHaveLength(1);
});
