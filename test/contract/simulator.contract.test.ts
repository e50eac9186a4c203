import { setTimeout as sleep } from 'node:timers/promises';
import { createSimulator, type Simulator } from '../../src/simulator/simulator';
import { startWebhookReceiver, type WebhookReceiver } from '../unit/simulator/webhookReceiver';
import { type Answer, readContract } from './contract';

const contract = readContract();
/** `operationId status` of every answer that was given and found good. */
const exercised = new Set<string>();

let simulator: Simulator;
let receiver: WebhookReceiver;

beforeAll(async () => {
  simulator = await createSimulator({ checkDurationMs: 5 });
  receiver = await startWebhookReceiver();
});

afterAll(async () => {
  await simulator.close();
  await receiver.close();
});

interface Details {
  readonly query?: string;
  readonly json?: unknown;
  readonly form?: FormData;
  /** Null sends none */
  readonly key?: string | null;
}

/** Calls an operation with its path parameters in order, and holds the answer against the contract. */
async function call(operationId: string, parameters: string[], status: number, details: Details = {}) {
  const operation = contract.operations.get(operationId);
  if (!operation) throw new Error(`The contract has no core operation ${operationId}`);
  const rest = [...parameters];
  const path = operation.path.replace(/\{[^}]+\}/g, () => encodeURIComponent(rest.shift() ?? ''));
  const key = details.key === undefined && operation.needsKey ? simulator.apiKey : details.key;
  const response = await fetch(`${simulator.url}${path}${details.query ?? ''}`, {
    method: operation.method,
    headers: {
      ...(key ? { 'ds-api-token': key } : {}),
      ...(details.json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: details.form ?? (details.json === undefined ? undefined : JSON.stringify(details.json)),
  });
  const answer: Answer = {
    status: response.status,
    contentType: response.headers.get('content-type'),
    body: Buffer.from(await response.arrayBuffer()),
  };
  expect({ operationId, status: answer.status, text: answer.body.toString('latin1').slice(0, 300) }).toMatchObject({
    operationId,
    status,
  });
  expect({ operationId, faults: contract.findFaults(operation, answer) }).toEqual({ operationId, faults: [] });
  exercised.add(`${operationId} ${status}`);
  const isJson = answer.contentType?.startsWith('application/json') && answer.body.length > 0;
  return { ...answer, headers: response.headers, json: isJson ? JSON.parse(answer.body.toString('utf8')) : null };
}

function makeForm(
  parts: Record<string, string>,
  fileName = 'passport.jpg',
  content = `bytes ${Math.random()}`,
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) form.append(name, value);
  form.append('file', new File([content], fileName, { type: 'image/jpeg' }));
  return form;
}

async function createApplicant(json: object = {}): Promise<string> {
  return (await call('createApplicant', [], 201, { json })).json.id;
}

async function createVerification(json: object = {}) {
  return (await call('createVerification', [], 201, { json })).json as {
    id: string;
    applicant_id: string;
    verification_url_id: string;
    profile_id: string;
  };
}

async function waitForStatus(id: string, status: string) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { json } = await call('getVerification', [id], 200);
    if (json.status === status) return json;
    await sleep(5);
  }
  throw new Error(`Verification did not become ${status}`);
}

test('applicants are made, read, changed and deleted as the contract says', async () => {
  const id = await createApplicant({
    external_id: 'crm/42',
    email: 'a@canary.example',
    applicant_type: 'Person',
    info: { first_name: 'Anna', last_name: 'Example', dob: '1974-08-12', gender: 'F', citizenship: 'DE' },
  });
  await call('createApplicant', [], 400, { json: { info: { gender: 'unclear' } } });
  await call('createApplicant', [], 401, { json: {}, key: null });
  const read = await call('getApplicant', [id], 200);
  expect(read.json).toMatchObject({ applicant_id: id, external_id: 'crm/42', verification_status: 'initial' });
  await call('getApplicant', ['nobody'], 404);
  await call('getApplicant', [id], 401, { key: 'wrong' });
  expect((await call('getApplicantByExternalId', ['crm/42'], 200)).json.applicant_id).toBe(id);
  expect((await call('getApplicantByExternalId', ['nobody'], 404)).body).toHaveLength(0);
  await call('getApplicantByExternalId', ['crm/42'], 401, { key: null });
  await call('updateApplicantInfo', [id], 200, {
    json: { address: 'Example Street 1', phone: '+9990000', gender: null },
  });
  await call('updateApplicantInfo', [id], 400, { json: { dob: 'yesterday' } });
  await call('updateApplicantInfo', ['nobody'], 404, { json: {} });
  await call('updateApplicantInfo', [id], 401, { json: {}, key: null });
  await call('linkApplicantTelegram', [id], 200, { json: { tg_profile: '1234567890' } });
  await call('linkApplicantTelegram', [id], 400, { json: { tg_profile: 'name' } });
  await call('linkApplicantTelegram', ['nobody'], 404, { json: { tg_profile: '1' } });
  await call('linkApplicantTelegram', [id], 401, { json: {}, key: null });
  await call('changeApplicantSearchOptions', [id], 200, { json: { fuzziness_level: 0.5, mode: 1, tags: ['PEP'] } });
  await call('changeApplicantSearchOptions', [id], 400, { json: { fuzziness_level: 2 } });
  await call('changeApplicantSearchOptions', ['nobody'], 404, { json: {} });
  await call('changeApplicantSearchOptions', [id], 401, { json: {}, key: null });
  await call('changeApplicantAmlScreening', [id], 200, { json: { aml_screening_enabled: true } });
  await call('changeApplicantAmlScreening', [id], 400, { json: {} });
  await call('changeApplicantAmlScreening', ['nobody'], 404, { json: { aml_screening_enabled: true } });
  await call('changeApplicantAmlScreening', [id], 401, { json: {}, key: null });
  const { json: changed } = await call('getApplicant', [id], 200);
  expect(changed).toMatchObject({
    phone: '+9990000',
    tg_profile: '1234567890',
    aml_screening_enabled: true,
    search_options: { mode: 1 },
    provided_info: { first_name: 'Anna', address: 'Example Street 1' },
  });
  expect(changed.provided_info).not.toHaveProperty('gender');
  expect((await call('listApplicants', [], 200, { query: '?name=anna%20ex' })).json.data).toHaveLength(1);
  await call('listApplicants', [], 401, { key: null });
  await call('deleteApplicant', [id], 401, { key: null });
  await call('deleteApplicant', [id], 200);
  await call('deleteApplicant', [id], 404);
});

test('a verification goes its whole way and its webhooks fit their schemas', async () => {
  const webhook = await call('createWebhook', [], 200, {
    json: { webhook_url: receiver.url, event_types: ['ALL'], is_sandbox: true },
  });
  const applicantId = await createApplicant({ external_id: 'whole-way', aml_screening_enabled: true });
  const { json: profiles } = await call('listProfiles', [], 200, { query: '?page=0&limit=10' });
  const strict = profiles.data.find((profile: { name: string }) => profile.name === 'Strict');
  const { id, verification_url_id: shortId } = await createVerification({
    applicant_id: applicantId,
    profile_id: strict.profile_id,
    expiration_minutes: 30,
    redirect_url: 'https://example.com/done',
  });
  await call('createVerification', [], 400, { json: { expiration_minutes: 0 } });
  await call('createVerification', [], 401, { json: {}, key: null });
  await call('createVerification', [], 404, { json: { profile_id: 'nothing' } });
  await call('createVerification', [], 404, { json: { applicant_id: 'nobody' } });
  expect((await call('sdkGetVerification', [shortId], 200)).json).toMatchObject({ id: shortId, status: 'active' });
  await call('sdkGetVerification', ['V0000000'], 404);
  const unknownCountry = await call('proceedVerification', [id], 400);
  expect(unknownCountry.json).toMatchObject({
    error: 'country_unknown',
    pending_documents: ['poi', 'liveness_photo', 'poa'],
  });
  await call('sdkSetCountry', [shortId], 400, { json: { country: 'XX' } });
  await call('sdkSetCountry', [shortId], 200, { json: { country: 'DE' } });
  expect((await call('sdkProceedVerification', [shortId], 400)).json.error).toBe('documents_missing');
  const front = await call('uploadDocument', [applicantId], 201, {
    form: makeForm({ document_type: 'poi', issued_country: 'DEU' }, 'id_card.jpg'),
  });
  expect(front.json).toMatchObject({
    detected_document_type: 'id_card',
    detected_document_side: 'front',
    detected_two_side_document: true,
    detected_country: 'DE',
  });
  expect((await call('getVerification', [id], 200)).json.checks.document_mrz.pending_documents).toEqual([
    'id_card_back',
  ]);
  await call('uploadDocument', [applicantId], 400, { form: makeForm({ document_type: 'photo of a cat' }) });
  await call('uploadDocument', ['nobody'], 404, { form: makeForm({ document_type: 'passport' }) });
  await call('uploadDocument', [applicantId], 401, { form: makeForm({ document_type: 'passport' }), key: null });
  await call('sdkUploadDocument', [shortId], 200, { form: makeForm({ document_type: 'id_card', side: 'back' }) });
  const blurry = await call('sdkUploadDocument', [shortId], 200, {
    form: makeForm({ document_type: 'liveness_photo' }, 'blurry.jpg'),
  });
  expect(blurry.json.errors).toEqual([{ code: 1001, message: 'document parsing failed' }]);
  await call('sdkUploadDocument', [shortId], 200, { form: makeForm({ document_type: 'liveness_photo' }) });
  await call('sdkUploadDocument', [shortId], 200, { form: makeForm({ document_type: 'poa_utility_bill' }) });
  await call('sdkUploadDocument', ['V0000000'], 400, { form: makeForm({ document_type: 'poa' }) });
  await call('sdkSetFields', [shortId], 200, {
    json: { full_name: 'Anna Example', custom_fields: { colour: 'blue' } },
  });
  await call('sdkSetFields', [shortId], 400, { json: { custom_fields: 7 } });
  await call('sdkUploadManualFile', [shortId], 200, { form: makeForm({ type: 'ownership_document' }) });
  await call('sdkUploadManualFile', [shortId], 400, { form: makeForm({}) });
  expect((await call('sdkProceedVerification', [shortId], 200)).json.status).toBe('completed');
  const verified = await waitForStatus(id, 'verified');
  expect(verified.poi_data).toMatchObject({ parsed_type: 'id_card', country: 'DEU' });
  expect(verified.poi_data.full_name).toContain('CANARY');
  expect(verified.checks.document_mrz.data.doc_number).toMatch(/^CNRY/);
  expect((await call('getApplicant', [applicantId], 200)).json).toMatchObject({
    verification_status: 'passed',
    system_info: { country: 'DE' },
    last_verification_id: id,
  });

  const deliveries = await receiver.waitFor(7);
  const types = deliveries.map(({ envelope }) => envelope.event_type);
  expect(types.filter((type) => type === 'DOCVER_CHECKS')).toHaveLength(5);
  expect(types.slice(-2).sort()).toEqual(['AML_SCREENING', 'DOCVER']);
  const schemas: Record<string, string> = {
    DOCVER: 'DocverEvent',
    DOCVER_CHECKS: 'DocverChecksEvent',
    AML_SCREENING: 'AmlScreeningEvent',
  };
  for (const { envelope, signature } of deliveries) {
    expect(contract.findSchemaFaults(schemas[envelope.event_type] ?? '', envelope)).toEqual([]);
    expect(envelope.webhook_id).toBe(webhook.json.id);
    expect(signature).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
  }
  expect(deliveries.find(({ envelope }) => envelope.event_type === 'DOCVER')?.envelope.payload).toMatchObject({
    id,
    status: 'verified',
    external_id: 'whole-way',
    details: {},
  });
});

test('verifications are read and listed in every documented way', async () => {
  const { id, applicant_id: applicantId, verification_url_id: shortId } = await createVerification();
  await call('getVerification', ['nothing'], 404);
  await call('getVerification', [id], 401, { key: null });
  expect((await call('getVerificationByShortId', [shortId], 200)).json.id).toBe(id);
  await call('getVerificationByShortId', ['V0000000'], 404);
  await call('getVerificationByShortId', [shortId], 401, { key: null });
  expect((await call('listVerificationsForApplicant', [applicantId], 200)).json.data[0].id).toBe(id);
  await call('listVerificationsForApplicant', ['nobody'], 404);
  await call('listVerificationsForApplicant', [applicantId], 401, { key: null });
  expect((await call('listVerifications', [], 200, { query: '?page=0&limit=1' })).json).toMatchObject({
    data: [{ id, documents: null }],
    has_next: true,
  });
  await call('listVerifications', [], 401, { key: null });
  await call('sdkGetVerification', [shortId], 200);
  expect((await call('listVerificationEvents', [id], 200)).json.data).toMatchObject([{ event: 'open' }]);
  await call('listVerificationEvents', ['nothing'], 404);
  await call('listVerificationEvents', [id], 401, { key: null });
});

test('proceed and cancel refuse what is over, each in its own words', async () => {
  const { id, applicant_id: applicantId, verification_url_id: shortId } = await createVerification();
  await call('proceedVerification', ['nothing'], 404);
  await call('proceedVerification', [id], 401, { key: null });
  await call('sdkProceedVerification', ['V0000000'], 400);
  await call('uploadDocument', [applicantId], 201, { form: makeForm({ document_type: 'passport' }) });
  await call('uploadDocument', [applicantId], 201, { form: makeForm({ document_type: 'selfie' }) });
  await call('proceedVerification', [id], 200);
  await call('proceedVerification', [id], 400);
  await waitForStatus(id, 'verified');
  await call('cancelVerification', [id], 400);
  await call('cancelVerificationGoSdkVariant', [id], 400);
  await call('cancelVerification', ['nothing'], 404);
  await call('cancelVerificationGoSdkVariant', ['nothing'], 404);
  await call('cancelVerification', [id], 401, { key: null });
  await call('sdkUploadDocument', [shortId], 400, { form: makeForm({ document_type: 'selfie' }) });
  const first = await createVerification();
  expect((await call('cancelVerification', [first.id], 200)).json).toEqual({ id: first.id });
  const second = await createVerification();
  await call('cancelVerificationGoSdkVariant', [second.id], 200);
  await waitForStatus(second.id, 'canceled');
});

test('documents come back as they were uploaded', async () => {
  const applicantId = await createApplicant();
  const { json } = await call('uploadDocument', [applicantId], 201, {
    form: makeForm({ document_type: 'driver_license', side: 'back' }, 'licence.jpg', 'picture'),
  });
  const whole = await call('downloadDocument', [json.document_id], 200);
  expect(whole.body.toString()).toBe('picture');
  expect(whole.headers.get('x-document-type')).toBe('driver_license_back');
  expect((await call('downloadDocumentPreview', [json.document_id], 200)).contentType).toBe('image/png');
  for (const operation of ['downloadDocument', 'downloadDocumentPreview']) {
    expect((await call(operation, ['nothing'], 404)).body).toHaveLength(0);
    await call(operation, [json.document_id], 401, { key: null });
  }
});

test('profiles and links are kept as the contract says', async () => {
  const settings = { poi_required: true, poi_allowed_documents: ['visa'] };
  const { id } = (await call('createProfile', [], 200, { json: { name: 'Visa only', settings } })).json;
  await call('createProfile', [], 400, { json: { name: 'Visa only' } });
  await call('createProfile', [], 401, { json: {}, key: null });
  await call('listProfiles', [], 401, { key: null });
  await call('updateProfile', [id], 200, { json: { description: 'changed' } });
  await call('updateProfile', [id], 400, { json: { name: '' } });
  await call('updateProfile', ['nothing'], 404, { json: {} });
  await call('updateProfile', [id], 401, { json: {}, key: null });
  await call('setDefaultProfile', [id], 200);
  await call('setDefaultProfile', ['nothing'], 404);
  expect((await createVerification()).profile_id).toBe(id);
  const link = (await call('createVerificationLink', [id], 200, { json: { expiration_in_minutes: 60 } })).json.link_id;
  await call('createVerificationLink', [id], 400, { json: { expiration_in_minutes: 0 } });
  await call('createVerificationLink', ['nothing'], 404, { json: {} });
  await call('changeVerificationLink', [link], 200, { json: { expiration_in_minutes: 90 } });
  await call('changeVerificationLink', ['nothing'], 404, { json: {} });
  expect((await call('sdkGetLink', [link], 200)).json.profile_id).toBe(id);
  await call('archiveVerificationLink', [link], 200);
  await call('archiveVerificationLink', ['nothing'], 404);
  await call('sdkGetLink', [link], 404);
  await call('unarchiveVerificationLink', [link], 200);
  await call('unarchiveVerificationLink', ['nothing'], 404);
  const profile = await call('getProfile', [id], 200);
  expect(profile.json).toMatchObject({ is_default: true, description: 'changed', link: { expiration_minutes: 90 } });
  await call('getProfile', ['nothing'], 404);
  await call('getProfile', [id], 401, { key: null });
  await call('archiveProfile', [id], 200);
  await call('archiveProfile', ['nothing'], 404);
  await call('createVerification', [], 400, { json: { profile_id: id } });
});

test('webhooks are kept, and their history shows what was sent', async () => {
  const json = { webhook_url: 'https://example.com/hook', event_types: ['DOCVER'], enabled: false };
  const { id } = (await call('createWebhook', [], 200, { json })).json;
  await call('createWebhook', [], 400, { json: { ...json, webhook_url: 'ftp://example.com' } });
  await call('createWebhook', [], 401, { json, key: null });
  await call('updateWebhook', [id], 200, { json: { ...json, event_types: ['ALL'] } });
  await call('updateWebhook', [id], 400, { json: { ...json, event_types: ['NEWS'] } });
  await call('updateWebhook', ['nothing'], 404, { json });
  const listed = await call('listWebhooks', [], 200);
  expect(listed.json.webhooks[0]).toMatchObject({ webhook_id: id, event_types: ['ALL'], enabled: false });
  expect(listed.body.toString()).not.toContain('whsec_');
  await call('listWebhooks', [], 401, { key: null });
  await call('rotateWebhookSecret', [id], 200);
  await call('rotateWebhookSecret', ['nothing'], 404);
  await call('rotateWebhookSecret', [id], 401, { key: null });
  await call('deleteWebhook', [id], 204);
  await call('deleteWebhook', [id], 404);
  const history = await call('listWebhookHistory', [], 200, { query: '?limit=3' });
  expect(history.json).toMatchObject({ data: [{ attempts: 1, response_code: 200 }, {}, {}], has_next: true });
  await call('listWebhookHistory', [], 401, { key: null });
});

test('the country dictionary is long, and open to everybody', async () => {
  const { json } = await call('listCountries', [], 200);
  expect(json.length).toBeGreaterThanOrEqual(60);
  expect(json).toContainEqual({ alpha_2: 'DE', alpha_3: 'DEU', name: 'Germany', continent: 'Europe' });
  for (const country of json) expect(country.alpha_3).toMatch(/^[A-Z]{3}$/);
});

test('a path outside the core is not found, and a wrong method is not allowed', async () => {
  const headers = { 'ds-api-token': simulator.apiKey };
  const outside = await fetch(`${simulator.url}/api/v3/aml/search`, { method: 'POST', headers });
  expect(outside.status).toBe(404);
  const wrongMethod = await fetch(`${simulator.url}/api/v3/applicants`, { method: 'DELETE', headers });
  expect(wrongMethod.status).toBe(405);
  expect(wrongMethod.headers.get('allow')).toBe('POST, GET');
});

test('the contract finds what is wrong with an answer', () => {
  const operation = contract.operations.get('getVerification');
  if (!operation) throw new Error('getVerification is missing');
  const judge = (status: number, contentType: string, body: string) =>
    contract.findFaults(operation, { status, contentType, body: Buffer.from(body) });
  expect(judge(200, 'application/json', '{"id":1}')).toEqual(
    expect.arrayContaining([
      " must have required property 'applicant_id'",
      " must have required property 'settings'",
      '/id must be string',
    ]),
  );
  expect(judge(200, 'text/html', '<p>')).toEqual(['content type text/html is not listed']);
  expect(judge(200, 'application/json', '')).toEqual(['body is empty']);
  expect(judge(418, 'application/json', '{}')).toEqual(['status 418 is not listed']);
  const check = { status: 'verified', errors: [], pending_documents: [], data: null };
  expect(contract.findSchemaFaults('MrzCheck', check)).toEqual([]);
  expect(contract.findSchemaFaults('MrzCheck', { ...check, errors: [{ code: '7000' }] })).not.toEqual([]);
});

/** What the vendor's own contract leaves open, or what nothing here can bring about. */
const neverAnswered = new Set(['uploadDocument 200', 'deleteWebhook 200', 'listCountries 400']);

test('every core operation was called, and gave each answer that the contract lists', () => {
  const listed = [...contract.operations.values()].flatMap((operation) =>
    operation.statuses.filter((status) => status !== 429).map((status) => `${operation.id} ${status}`),
  );
  expect(contract.operations.size).toBeGreaterThan(40);
  expect(listed.filter((answer) => !exercised.has(answer) && !neverAnswered.has(answer))).toEqual([]);
});
