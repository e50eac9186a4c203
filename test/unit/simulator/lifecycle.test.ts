import { createSimulator, type Simulator } from '../../../src/simulator/simulator';
import { createCaller, type SimulatorCaller } from './callSimulator';
import { startWebhookReceiver, type WebhookReceiver } from './webhookReceiver';

let simulator: Simulator;
let caller: SimulatorCaller;
let receiver: WebhookReceiver;

beforeEach(async () => {
  simulator = await createSimulator({ checkDurationMs: 1000 });
  caller = createCaller(simulator);
  receiver = await startWebhookReceiver();
});

afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

async function open(details: object = {}) {
  return (await caller.post('/api/v3/verifications', details)).json;
}

async function read(id: string) {
  return (await caller.get(`/api/v3/verifications/${id}`)).json;
}

/** Lets the checks end, and reads. */
async function readEnded(id: string, status: string) {
  simulator.control.advanceClock(1000);
  const verification = await read(id);
  expect(verification.status).toBe(status);
  return verification;
}

/** Uploads what the standard profile wants; the contents are the applicant's own unless given. */
async function uploadAll(
  verification: { applicant_id: string },
  passport = `passport of ${verification.applicant_id}`,
) {
  const path = `/api/v3/upload/${verification.applicant_id}`;
  await caller.upload(path, 'passport', passport);
  await caller.upload(path, 'selfie', `selfie of ${verification.applicant_id}`);
}

function proceed(id: string) {
  return caller.post(`/api/v3/verifications/${id}/proceed`);
}

test('a verification goes from initial over pending and in_progress to verified', async () => {
  const verification = await open();
  expect(verification.status).toBe('initial');
  await uploadAll(verification);
  expect((await read(verification.id)).status).toBe('pending');
  expect((await proceed(verification.id)).status).toBe(200);
  expect((await read(verification.id)).status).toBe('in_progress');
  const { json: queued } = await caller.get(`/api/v3/applicants/${verification.applicant_id}`);
  expect(queued.verification_status).toBe('queued');
  const verified = await readEnded(verification.id, 'verified');
  expect(verified.completed_at).not.toBeNull();
  expect(verified.documents).toHaveLength(2);
});

test('pending documents shrink as documents arrive', async () => {
  const { id, applicant_id: applicantId } = await open();
  const pending = async () => {
    const { checks } = await read(id);
    return [checks.document_mrz.pending_documents, checks.face_comparison.pending_documents];
  };
  expect(await pending()).toEqual([['poi'], ['poi', 'selfie']]);
  await caller.upload(`/api/v3/upload/${applicantId}`, 'id_card_front', 'front');
  expect(await pending()).toEqual([['id_card_back'], ['id_card_back', 'selfie']]);
  await caller.upload(`/api/v3/upload/${applicantId}`, 'poi', 'back', 'id-card-back.png');
  expect(await pending()).toEqual([[], ['selfie']]);
  expect((await proceed(id)).json).toEqual({
    id,
    error: 'documents_missing',
    message: 'documents are missing',
    pending_documents: ['selfie'],
  });
});

test('a document of no use leaves the verification as it was', async () => {
  const { id, applicant_id: applicantId } = await open();
  await caller.upload(`/api/v3/upload/${applicantId}`, 'visa', 'not in this profile');
  expect(await read(id)).toMatchObject({ status: 'initial', documents: null, document_ids: [] });
});

test('a new verification picks up the documents that its applicant already has', async () => {
  const first = await open();
  await uploadAll(first);
  const second = await open({ applicant_id: first.applicant_id });
  expect(second).toMatchObject({ status: 'initial', document_type: 'passport' });
  expect(second.document_ids).toHaveLength(2);
  expect((await proceed(second.id)).status).toBe(200);
});

test('the text "reject" in a file fails its check as tampered', async () => {
  const verification = await open();
  await uploadAll(verification, 'please reject me');
  await proceed(verification.id);
  const failed = await readEnded(verification.id, 'failed');
  expect(failed.checks.document_mrz).toMatchObject({
    status: 'failed',
    errors: [{ code: 500, message: 'tampered file' }],
    data: null,
  });
  expect(failed.checks.face_comparison.status).toBe('verified');
  expect(failed).not.toHaveProperty('poi_data');
});

test('sandbox_result decides over status and codes', async () => {
  const errors = { document_mrz: [1001], face_comparison: [], poa: [4500], liveness: [5014] };
  const verification = await open({ sandbox_result: { status: 'failed', errors } });
  await uploadAll(verification);
  await proceed(verification.id);
  const { checks } = await readEnded(verification.id, 'failed');
  expect(checks.document_mrz.errors).toEqual([{ code: 1001, message: 'document parsing failed' }]);
  expect(checks.face_comparison.status).toBe('verified');
  expect(Object.keys(checks)).toEqual(['document_mrz', 'face_comparison']);
});

test('the second applicant with the same passport fails as a duplicate of the first', async () => {
  const first = await open();
  const second = await open();
  await uploadAll(first, 'the same passport');
  await uploadAll(second, 'the same passport');
  await proceed(first.id);
  await proceed(second.id);
  expect(await readEnded(first.id, 'verified')).not.toHaveProperty('duplicated_applicant_ids');
  const failed = await readEnded(second.id, 'failed');
  expect(failed.duplicated_applicant_ids).toEqual([first.applicant_id]);
  expect(failed.checks.document_mrz.errors).toMatchObject([{ code: 7000 }]);
  expect(failed.checks.face_comparison.errors).toMatchObject([{ code: 7002 }]);
  const { json: applicant } = await caller.get(`/api/v3/applicants/${second.applicant_id}`);
  expect(applicant.cross_check_duplicated_applicant_ids).toEqual([first.applicant_id]);
});

test('time running out expires what was not submitted, and tells subscribers', async () => {
  await caller.post('/api/v3/organization/webhooks', { webhook_url: receiver.url, event_types: ['DOCVER'] });
  const { id, verification_url_id: shortId } = await open({ expiration_minutes: 1 });
  simulator.control.advanceClock(50_000);
  expect((await read(id)).status).toBe('initial');
  simulator.control.advanceClock(10_001);
  const [delivery] = await receiver.waitFor(1);
  expect(delivery?.envelope.payload).toMatchObject({ id, status: 'expired', completed_at: null });
  expect((await caller.get(`/api/v3/sdk/${shortId}`)).json.status).toBe('expired');
  const refused = await caller.upload(`/api/v3/upload/sdk/${shortId}`, 'passport', 'late');
  expect(refused).toMatchObject({ status: 400, json: { errors: [{ code: 8000 }] } });
});

test('expiry shows on reading even when no timer could fire', async () => {
  let nowMs = Date.UTC(2025, 2, 14);
  const still = await createSimulator({ now: () => nowMs });
  const stillCaller = createCaller(still);
  const { json } = await stillCaller.post('/api/v3/verifications', { expiration_minutes: 1 });
  nowMs += 60_000;
  const { json: listed } = await stillCaller.get('/api/v3/verifications?status=expired');
  expect(listed.data).toMatchObject([{ id: json.id }]);
  await still.close();
});

test('in_progress does not expire, yet it can be canceled', async () => {
  const verification = await open({ expiration_minutes: 1, sandbox_result: { status: 'in_progress' } });
  await uploadAll(verification);
  await proceed(verification.id);
  simulator.control.advanceClock(120_000);
  expect((await read(verification.id)).status).toBe('in_progress');
  const { json } = await caller.post(`/api/v3/verifications/${verification.id}/cancel`);
  expect(json).toEqual({ id: verification.id });
  expect((await read(verification.id)).status).toBe('canceled');
});

test('the eleventh upload to one verification is one too many', async () => {
  const { verification_url_id: shortId } = await open();
  const upload = () => caller.upload(`/api/v3/upload/sdk/${shortId}`, 'selfie', 'again');
  for (let attempt = 1; attempt <= 10; attempt += 1) expect((await upload()).status).toBe(200);
  expect(await upload()).toMatchObject({
    status: 400,
    json: { errors: [{ code: 9000, message: 'too many attempts' }] },
  });
});

test('checks finish one after another, each with a delivery of its own', async () => {
  await caller.post('/api/v3/organization/webhooks', { webhook_url: receiver.url, event_types: ['DOCVER_CHECKS'] });
  const verification = await open();
  await uploadAll(verification);
  await proceed(verification.id);
  simulator.control.advanceClock(500);
  await receiver.waitFor(1);
  expect((await read(verification.id)).status).toBe('in_progress');
  simulator.control.advanceClock(500);
  const deliveries = await receiver.waitFor(2);
  expect(deliveries.map(({ envelope }) => envelope.payload.step)).toEqual(['document_mrz', 'face_comparison']);
  expect(deliveries[0]?.envelope.payload).toMatchObject({
    verification_id: verification.id,
    applicant_id: verification.applicant_id,
    result: { status: 'verified', errors: [] },
  });
});
