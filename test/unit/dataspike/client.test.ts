import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { createDataspikeClient, type DataspikeClient } from '../../../src/dataspike/client';
import { UpstreamRefused, UpstreamUnavailable } from '../../../src/dataspike/errors';
import { type ReceivedRequest, rejection, sendJson, withUpstream } from './upstream';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}

const openapi = parse(readFileSync(join(__dirname, '../../../dataspike/openapi.yaml'), 'utf8'));
const ajv = addFormats(new Ajv({ strict: false })).addSchema(openapi, 'openapi');

const operations = Object.entries<Record<string, Operation>>(openapi.paths).flatMap(([template, item]) =>
  Object.entries(item).flatMap(([method, operation]) =>
    operation.operationId ? [{ ...operation, template, method: method.toUpperCase(), shared: item.parameters }] : [],
  ),
);

/** Fails unless the request is the operation that the OpenAPI document has under this name: path, query and body. */
function expectDocumented(endpoint: string, request: ReceivedRequest): void {
  const operation = operations.find((candidate) => candidate.operationId === endpoint);
  const [address = '', query = ''] = request.url.split('?');
  const pattern = new RegExp(`^${operation?.template.replace(/\{\w+\}/g, '[^/]+')}$`);
  expect([endpoint, request.method, pattern.test(address)]).toEqual([endpoint, operation?.method, true]);
  const names = JSON.stringify((operation?.parameters ?? []).map((parameter) => resolve(parameter).name));
  for (const name of new URLSearchParams(query).keys()) expect(JSON.parse(names)).toContain(name);
  const schema = operation?.requestBody?.content['application/json']?.schema;
  if (!schema) return;
  const pointer = `openapi#/paths/${encodeURIComponent(operation.template.replaceAll('/', '~1'))}/${operation.method.toLowerCase()}/requestBody/content/application~1json/schema`;
  const validate = ajv.compile({ $ref: pointer });
  validate(JSON.parse(request.body));
  expect([endpoint, validate.errors]).toEqual([endpoint, null]);
}

function resolve(parameter: object): { name?: string } {
  const name = '$ref' in parameter ? String(parameter.$ref).split('/').at(-1) : undefined;
  return name ? openapi.components.parameters[name] : parameter;
}

const pages = { page: 2, limit: 10 };
const upload = {
  file: Buffer.from('x'),
  fileName: 'x.png',
  contentType: 'image/png',
  documentType: 'PASSPORT',
  side: 'front',
  issuedCountry: 'DE',
} as const;

/** Each method with everything that it can be given, and with as little as it needs. */
const CALLS: { readonly [M in keyof DataspikeClient]: (client: DataspikeClient) => Promise<unknown>[] } = {
  createApplicant: (client) => [
    client.createApplicant({}),
    client.createApplicant({
      externalId: 'c',
      type: 'PERSON',
      email: null,
      phone: '+49',
      info: {
        fullName: 'Anna',
        firstName: null,
        dateOfBirth: '1974-08-12',
        gender: 'FEMALE',
        citizenship: 'DE',
        residence: { city: 'Bonn', country: null },
        customFields: { a: 'b' },
      },
      amlScreeningEnabled: null,
      searchOptions: { riskScores: ['LOW'], tags: null, fuzzinessLevel: 0.5, mode: 'FULL_NAME_ONLY' },
    }),
  ],
  getApplicant: (client) => [client.getApplicant('a')],
  getApplicantByExternalId: (client) => [client.getApplicantByExternalId('customer 1')],
  listApplicants: (client) => [
    client.listApplicants(pages),
    client.listApplicants({
      ...pages,
      filter: { name: 'Anna', country: 'DE', dateOfBirth: '1974-08-12', type: 'COMPANY' },
    }),
  ],
  updateApplicantInfo: (client) => [
    client.updateApplicantInfo('a', {
      fullName: 'Anna',
      email: 'anna@example.com',
      phone: '+49',
      type: 'COMPANY',
      gender: null,
      residence: null,
    }),
  ],
  deleteApplicant: (client) => [client.deleteApplicant('a')],
  linkApplicantTelegram: (client) => [client.linkApplicantTelegram('a', '1234567890')],
  changeApplicantSearchOptions: (client) => [
    client.changeApplicantSearchOptions('a', {}),
    client.changeApplicantSearchOptions('a', {
      riskScores: null,
      tags: ['PEP'],
      sources: null,
      fuzziness: null,
      phonetics: true,
      mode: null,
    }),
  ],
  changeApplicantAmlScreening: (client) => [client.changeApplicantAmlScreening('a', false)],
  createVerification: (client) => [
    client.createVerification({}),
    client.createVerification({
      applicantId: 'a',
      profileId: 'p',
      applicantCountry: 'DE',
      expirationMinutes: 240,
      checksRequired: ['PASSPORT', 'SELFIE'],
      redirectUrl: 'https://example.com',
      sandboxResult: { status: 'FAILED', errors: { documentMrz: [1001], liveness: [] } },
    }),
    client.createVerification({ applicantId: null, profileId: null, checksRequired: null, sandboxResult: null }),
  ],
  getVerification: (client) => [client.getVerification('v')],
  getVerificationByShortId: (client) => [client.getVerificationByShortId('V4C81D2E6A0F39B75')],
  listVerifications: (client) => [
    client.listVerifications(pages),
    client.listVerifications({
      ...pages,
      filter: {
        name: 'ANNA',
        country: 'DE',
        createdFrom: '2025-01-01',
        createdTo: '2025-12-31',
        documentTypes: ['PASSPORT', 'VISA'],
        profileIds: ['p'],
        statuses: ['FAILED', 'IN_PROGRESS'],
      },
    }),
  ],
  listVerificationsForApplicant: (client) => [client.listVerificationsForApplicant('a', pages)],
  proceedVerification: (client) => [client.proceedVerification('v')],
  cancelVerification: (client) => [client.cancelVerification('v')],
  listVerificationEvents: (client) => [client.listVerificationEvents('v', pages)],
  uploadDocument: (client) => [client.uploadDocument('a', upload)],
  sdkUploadDocument: (client) => [client.sdkUploadDocument('V1', { ...upload, side: null, issuedCountry: null })],
  downloadDocument: (client) => [client.downloadDocument('d').then((download) => download && buffer(download.stream))],
  downloadDocumentPreview: (client) => [
    client.downloadDocumentPreview('d').then((download) => download && buffer(download.stream)),
  ],
  sdkGetVerification: (client) => [client.sdkGetVerification('V1')],
  sdkSetCountry: (client) => [client.sdkSetCountry('V1', 'DE')],
  sdkProceedVerification: (client) => [client.sdkProceedVerification('V1')],
  listCountries: (client) => [client.listCountries()],
  listProfiles: (client) => [client.listProfiles(pages)],
  getProfile: (client) => [client.getProfile('p')],
  createProfile: (client) => [
    client.createProfile({ name: 'Strict', description: 'All', settings: { poi_required: true, countries: ['DE'] } }),
  ],
  updateProfile: (client) => [client.updateProfile('p', { name: 'Lax', description: null })],
  archiveProfile: (client) => [client.archiveProfile('p')],
  setDefaultProfile: (client) => [client.setDefaultProfile('p')],
  createVerificationLink: (client) => [
    client.createVerificationLink('p', {}),
    client.createVerificationLink('p', { expirationMinutes: 60 }),
  ],
  archiveVerificationLink: (client) => [client.archiveVerificationLink('L1')],
  changeVerificationLink: (client) => [
    client.changeVerificationLink('L1', { expirationMinutes: 30 }),
    client.changeVerificationLink('L1', {}),
  ],
  unarchiveVerificationLink: (client) => [client.unarchiveVerificationLink('L1')],
  listWebhooks: (client) => [client.listWebhooks()],
  createWebhook: (client) => [client.createWebhook({ url: 'https://example.com/hook', eventTypes: ['DOCVER'] })],
  updateWebhook: (client) => [
    client.updateWebhook('w', {
      url: 'https://example.com/hook',
      eventTypes: ['DOCVER'],
      enabled: false,
      isSandbox: null,
    }),
  ],
  deleteWebhook: (client) => [client.deleteWebhook('w')],
  rotateWebhookSecret: (client) => [client.rotateWebhookSecret('w')],
  listWebhookHistory: (client) => [client.listWebhookHistory({ after: 'e', webhookId: 'w', limit: 100 })],
};

/** An answer that every call can take for its own. */
const ANY_ANSWER = {
  id: 'x',
  document_id: 'x',
  data: [],
  has_next: false,
  webhooks: [],
  hmac_signing_secret: 'whsec_00',
};

test.each(Object.entries(CALLS))('%s asks for what the OpenAPI document says', (name, call) =>
  withUpstream(
    (request, response) => sendJson(response, request.url.includes('/countries') ? [] : ANY_ANSWER),
    async ({ transport, received, reports }) => {
      const client = createDataspikeClient({ transport });
      expect(Object.keys(CALLS).sort()).toEqual(Object.keys(client).sort());
      await Promise.all(call(client));
      expect(received.length).toBeGreaterThan(0);
      for (const request of received) expectDocumented(name, request);
      for (const report of reports) expect(report).toMatchObject({ endpoint: name, status: 200, outcome: 'OK' });
    },
  ),
);

test.each(['OK', '', '"done"', '{}', '[]'])('changes that promise no body take %j for done', (body) =>
  withUpstream(
    (_request, response) => response.end(body),
    async ({ transport }) => {
      const client = createDataspikeClient({ transport });
      expect(await client.updateApplicantInfo('a', {})).toBeUndefined();
      expect(await client.deleteApplicant('a')).toBeUndefined();
      expect(await client.proceedVerification('v')).toBeUndefined();
      expect(await client.cancelVerification('v')).toBeUndefined();
      expect(await client.archiveProfile('p')).toBeUndefined();
      expect(await client.deleteWebhook('w')).toBeUndefined();
    },
  ),
);

test.each(['', '{}', '[]', '"done"', '7', 'null', '{"id":""}', '{"id":{}}'])(
  'an answer of %j makes no sense where a thing with an id is due',
  (body) =>
    withUpstream(
      (_request, response) => response.end(body),
      async ({ transport }) => {
        const client = createDataspikeClient({ transport });
        const calls = [
          client.createApplicant({}),
          client.getApplicant('a'),
          client.createVerification({}),
          client.getVerification('v'),
          client.sdkGetVerification('V1'),
          client.getProfile('p'),
          client.createProfile({}),
          client.createVerificationLink('p', {}),
          client.createWebhook({ url: 'https://example.com', eventTypes: [] }),
          client.rotateWebhookSecret('w'),
          client.uploadDocument('a', upload),
        ];
        for (const error of await Promise.all(calls.map(rejection))) {
          expect(error).toBeInstanceOf(UpstreamUnavailable);
          expect(error).toMatchObject({ reason: 'wrong shape' });
        }
      },
    ),
);

test.each(['', '{}', '[]', '{"data":{}}', '{"data":null}', '{"data":"x"}', '{"webhooks":null}'])(
  'an answer of %j makes no sense where a list is due',
  (body) =>
    withUpstream(
      (_request, response) => response.end(body),
      async ({ transport }) => {
        const client = createDataspikeClient({ transport });
        const calls: Promise<unknown>[] = [
          client.listApplicants(pages),
          client.listVerifications(pages),
          client.listVerificationsForApplicant('a', pages),
          client.listVerificationEvents('v', pages),
          client.listProfiles(pages),
          client.listWebhooks(),
          client.listWebhookHistory({ limit: 10 }),
        ];
        if (body !== '[]') calls.push(client.listCountries());
        for (const error of await Promise.all(calls.map(rejection)))
          expect(error).toMatchObject({ reason: 'wrong shape' });
      },
    ),
);

test('an empty list that came as null is empty where has_next says so', () =>
  withUpstream(
    (_request, response) => sendJson(response, { data: null, has_next: false }),
    async ({ transport }) => {
      expect(await createDataspikeClient({ transport }).listApplicants(pages)).toEqual({ items: [], hasNext: false });
    },
  ));

test('odd items are left out and counted in the log, without a word of what was in them', () =>
  withUpstream(
    (request, response) =>
      request.url.includes('/countries')
        ? sendJson(response, [
            { alpha_2: 'DE', alpha_3: 'DEU', name: 'Germany' },
            { alpha_2: 'UTO' },
            null,
            { alpha_3: 'FRA' },
          ])
        : sendJson(response, {
            data: [{ applicant_id: 'a' }, { email: 'anna@example.com' }, 'odd', null],
            has_next: true,
          }),
    async ({ transport, logged }) => {
      const client = createDataspikeClient({ transport });
      expect(await client.listApplicants(pages)).toMatchObject({ items: [{ id: 'a' }], hasNext: true });
      expect(await client.listCountries()).toEqual([
        { code: 'DE', alpha3: 'DEU', name: 'Germany', continent: null },
        { code: 'FR', alpha3: 'FRA', name: null, continent: null },
      ]);
      const warnings = logged.map((line) => JSON.parse(line)).filter((line) => line.level === 40);
      expect(warnings).toMatchObject([
        { endpoint: 'listApplicants', count: 3 },
        { endpoint: 'listCountries', count: 2 },
      ]);
      expect(logged.join()).not.toContain('anna');
    },
  ));

test('a proceed that is refused says what is missing', () =>
  withUpstream(
    (_request, response) => sendJson(response, { error: 'country_unknown', pending_documents: ['selfie'] }, 400),
    async ({ transport }) => {
      const error = await rejection(createDataspikeClient({ transport }).proceedVerification('v'));
      expect(error).toBeInstanceOf(UpstreamRefused);
      expect(error).toMatchObject({ status: 400, refusal: { error: 'country_unknown', pendingDocuments: ['selfie'] } });
    },
  ));

test('an upload that was stored can name errors, one that was not is refused even with a 2xx', async () => {
  const errors = [{ code: 1001, message: 'document parsing failed' }];
  const answers: object[] = [
    { document_id: 'd', detected_two_side_document: true, errors },
    { document_id: null, errors },
  ];
  await withUpstream(
    (_request, response) => sendJson(response, answers.shift()),
    async ({ transport }) => {
      const client = createDataspikeClient({ transport });
      expect(await client.uploadDocument('a', upload)).toEqual({
        documentId: 'd',
        detectedType: null,
        detectedSide: null,
        twoSided: true,
        detectedCountry: null,
        errors: [{ ...errors[0], category: 'OCR' }],
      });
      expect(await rejection(client.uploadDocument('a', upload))).toMatchObject({
        status: 400,
        refusal: { checkErrors: errors },
      });
    },
  );
});

test('an upload of a kind or a country that nobody knows is refused before it leaves', () =>
  withUpstream(
    (_request, response) => sendJson(response, { document_id: 'd' }),
    async ({ transport, received }) => {
      const client = createDataspikeClient({ transport });
      for (const wrong of [{ documentType: 'UNKNOWN' as const }, { issuedCountry: 'UTO' }])
        expect(await rejection(client.uploadDocument('a', { ...upload, ...wrong }))).toBeInstanceOf(UpstreamRefused);
      expect(received).toHaveLength(0);
    },
  ));

test('a document comes with the kind that Dataspike states, and null when there is none', () =>
  withUpstream(
    (request, response) =>
      request.url.endsWith('/preview')
        ? response.writeHead(404).end()
        : response.writeHead(200, { 'X-Document-Type': 'moon_card' }).end('bytes'),
    async ({ transport }) => {
      const client = createDataspikeClient({ transport });
      const download = await client.downloadDocument('d');
      expect(download?.documentType).toBe('UNKNOWN');
      download?.stream.destroy();
      expect(await client.downloadDocumentPreview('d')).toBeNull();
    },
  ));

test('a webhook’s secret comes with its creation, or not at all', async () => {
  const answers = [{ id: 'w', hmac_signing_secret: 'whsec_00' }, { webhook_id: 'w' }];
  await withUpstream(
    (_request, response) => sendJson(response, answers.shift()),
    async ({ transport }) => {
      const client = createDataspikeClient({ transport });
      const input = { url: 'https://example.com', eventTypes: ['DOCVER'] };
      expect(await client.createWebhook(input)).toEqual({ id: 'w', secret: 'whsec_00' });
      expect(await client.createWebhook(input)).toEqual({ id: 'w', secret: null });
    },
  );
});
