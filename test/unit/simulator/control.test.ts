import { createSimulator, type Simulator } from '../../../src/simulator/simulator';
import { createCaller, type SimulatorCaller } from './callSimulator';
import { startWebhookReceiver } from './webhookReceiver';

let simulator: Simulator;
let caller: SimulatorCaller;

beforeEach(async () => {
  simulator = await createSimulator();
  caller = createCaller(simulator);
});

afterEach(() => simulator.close());

test('the control route needs no key, and does not show in the journal', async () => {
  await caller.get('/api/v3/profiles');
  const response = await fetch(`${simulator.url}/_simulator/requests`);
  expect(await response.json()).toMatchObject([{ endpoint: 'listProfiles', status: 200 }]);
  await caller.remove('/_simulator/requests');
  expect((await caller.get('/_simulator/requests')).json).toEqual([]);
});

test('wrong control calls are refused with the name of what is wrong', async () => {
  const refused = [
    await caller.post('/_simulator/faults', { kind: 'earthquake' }),
    await caller.post('/_simulator/faults', { kind: 'reset', match: { path: '(' } }),
    await caller.post('/_simulator/clock', { advanceMs: -1 }),
    await caller.post('/_simulator/seed', { applicants: 1.5 }),
    await caller.post('/_simulator/deliveries/faults', { kind: 'drop', often: true }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
  expect(refused[0]?.json.message).toMatch(/^kind: /);
  expect(refused[1]?.json.message).toBe('match.path: is no regular expression');
  expect((await caller.post('/_simulator/verifications/nothing', { status: 'verified' })).status).toBe(404);
  expect((await caller.post('/_simulator/deliveries/replay', { eventId: 'nothing' })).status).toBe(404);
  expect((await caller.post('/_simulator/nothing')).status).toBe(404);
});

test('a forced outcome looks like one that the checks found', async () => {
  const { json: first } = await caller.post('/api/v3/verifications');
  await caller.post(`/_simulator/verifications/${first.id}`, { status: 'verified' });
  const { json: verified } = await caller.get(`/api/v3/verifications/${first.id}`);
  expect(verified).toMatchObject({
    status: 'verified',
    poi_data: { parsed_type: 'passport' },
    checks: { document_mrz: { status: 'verified', pending_documents: [] } },
  });
  const { json: second } = await caller.post('/api/v3/verifications');
  const errors = { face_comparison: [4000] };
  await caller.post(`/_simulator/verifications/${second.verification_url_id}`, { status: 'failed', errors });
  const { json: failed } = await caller.get(`/api/v3/verifications/${second.id}`);
  expect(failed.checks.face_comparison.errors).toMatchObject([{ code: 4000 }]);
  expect(failed.checks.document_mrz.status).toBe('verified');
  const { json: applicant } = await caller.get(`/api/v3/applicants/${second.applicant_id}`);
  expect(applicant.verification_status).toBe('failed');
});

test('a forced status that is not final is told only on demand', async () => {
  const receiver = await startWebhookReceiver();
  await caller.post('/api/v3/organization/webhooks', { webhook_url: receiver.url, event_types: ['DOCVER'] });
  const { json } = await caller.post('/api/v3/verifications');
  await caller.post(`/_simulator/verifications/${json.id}`, { status: 'in_progress' });
  await caller.post(`/_simulator/verifications/${json.id}`, { status: 'pending', notify: true });
  await caller.post(`/_simulator/verifications/${json.id}`, { status: 'verified' });
  const deliveries = await receiver.waitFor(2);
  expect(deliveries.map(({ envelope }) => envelope.payload.status).sort()).toEqual(['pending', 'verified']);
  await receiver.close();
});

test('advancing the clock ends checks that were under way, before it answers', async () => {
  const slow = await createSimulator({ checkDurationMs: 60_000 });
  const slowCaller = createCaller(slow);
  const { json } = await slowCaller.post('/api/v3/verifications');
  await slowCaller.upload(`/api/v3/upload/${json.applicant_id}`, 'passport', 'a');
  await slowCaller.upload(`/api/v3/upload/${json.applicant_id}`, 'selfie', 'b');
  await slowCaller.post(`/api/v3/verifications/${json.id}/proceed`);
  const statusNow = async () => (await slowCaller.get(`/api/v3/verifications/${json.id}`)).json;
  await slowCaller.post('/_simulator/clock', { advanceMs: 40_000 });
  expect(await statusNow()).toMatchObject({
    status: 'in_progress',
    checks: { document_mrz: { status: 'verified' }, face_comparison: { status: 'in_progress' } },
  });
  const { json: clock } = await slowCaller.post('/_simulator/clock', { advanceMs: 40_000 });
  expect(clock.now).toBeGreaterThanOrEqual(Date.now() + 79_000);
  expect((await statusNow()).status).toBe('verified');
  await slow.close();
});

test('seeding fills the lists with every status and tells nobody', async () => {
  const receiver = await startWebhookReceiver();
  await caller.post('/api/v3/organization/webhooks', { webhook_url: receiver.url, event_types: ['ALL'] });
  await caller.post('/_simulator/seed', { applicants: 10, verifications: 300 });
  for (const status of ['initial', 'pending', 'in_progress', 'verified', 'failed', 'canceled', 'expired']) {
    const { json } = await caller.get(`/api/v3/verifications?limit=100&status=${status}`);
    expect(json.data.length).toBeGreaterThan(0);
    expect(new Date(json.data[0].created_at).getTime()).toBeLessThanOrEqual(Date.now());
  }
  const { json: applicants } = await caller.get('/api/v3/applicants?limit=100');
  expect(applicants.data).toHaveLength(10);
  expect(applicants.data[0].email).toMatch(/@canary\.example$/);
  expect((await caller.get('/api/v3/notifications/webhook/history')).json.data).toEqual([]);
  expect(receiver.received).toHaveLength(0);
  await receiver.close();
});
