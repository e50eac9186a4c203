/**
 * Where Dataspike's sources disagree (guide, section 8), row by row, and the small traps of section 9. The rows about
 * the bodies and the signature of deliveries (DOCVER body, AML delivery, who signs) belong to src/webhooks.
 */
import { parseApplicant } from '../../../src/dataspike/applicantWire';
import { createDataspikeClient } from '../../../src/dataspike/client';
import { UpstreamNotFound, UpstreamRefused } from '../../../src/dataspike/errors';
import { parseProfile, profileToWire } from '../../../src/dataspike/profile';
import { parseSdkVerification } from '../../../src/dataspike/sdkCalls';
import { verificationToWire } from '../../../src/dataspike/verificationRequest';
import { parseVerification, readVerificationStatus } from '../../../src/dataspike/verificationWire';
import { parseWebhook, parseWebhookDelivery } from '../../../src/dataspike/webhook';
import { readList } from '../../../src/dataspike/wire';
import { rejection, sendJson, withUpstream } from './upstream';

test.each([
  ['verified', 'VERIFIED'],
  ['approved', 'VERIFIED'],
  ['passed', 'VERIFIED'],
  ['Approved', 'VERIFIED'],
  ['failed', 'FAILED'],
  ['rejected', 'FAILED'],
  ['declined', 'FAILED'],
  ['canceled', 'CANCELED'],
  ['cancelled', 'CANCELED'],
  ['expired', 'EXPIRED'],
  ['in_progress', 'IN_PROGRESS'],
  ['queued', 'IN_PROGRESS'],
  ['pending', 'PENDING'],
  ['INITIAL', 'INITIAL'],
  ['on_hold', 'UNKNOWN'],
  ['', 'UNKNOWN'],
  [null, 'UNKNOWN'],
])('positive result and the other statuses: %j is %s', (word, status) => {
  expect(readVerificationStatus(word)).toBe(status);
});

test('verification id: an opaque one travels as it is, by id and by short id', () =>
  withUpstream(
    (request, response) =>
      request.url?.includes('/short/') ? sendJson(response, { id: 'found' }) : response.writeHead(404).end(),
    async ({ transport, received }) => {
      const client = createDataspikeClient({ transport });
      expect(await client.getVerification('verif_7c3e_9f0b4d21aa55')).toBeNull();
      expect(await client.getVerificationByShortId('verif_7c3e_9f0b4d21aa55')).toMatchObject({ id: 'found' });
      expect(received.map((request) => request.url)).toEqual([
        '/api/v3/verifications/verif_7c3e_9f0b4d21aa55',
        '/api/v3/verifications/short/verif_7c3e_9f0b4d21aa55',
      ]);
    },
  ));

test('profile id: `default` is read as it is and never sent', () =>
  withUpstream(
    (_request, response) => response.end('{}'),
    async ({ transport, received }) => {
      const client = createDataspikeClient({ transport });
      expect(parseVerification({ id: 'v', profile_id: 'default' }).profileId).toBe('default');
      expect(verificationToWire({ profileId: 'default' })).toEqual({});
      expect(await client.getProfile('default')).toBeNull();
      expect(await client.listVerifications({ page: 0, limit: 10, filter: { profileIds: ['default'] } })).toEqual({
        items: [],
        hasNext: false,
      });
      expect(await rejection(client.updateProfile('default', {}))).toBeInstanceOf(UpstreamNotFound);
      expect(received).toHaveLength(0);
    },
  ));

test('status list: an unknown value keeps its word and is not final', () => {
  expect(parseVerification({ id: 'v', status: 'on_hold' })).toMatchObject({
    status: 'UNKNOWN',
    rawStatus: 'on_hold',
    isFinal: false,
  });
});

test.each([
  [{ id: 'v', status: 'initial' }, 'INITIAL', 'initial'],
  [{ id: 'v', status: 'in_progress' }, 'IN_PROGRESS', 'in_progress'],
  [{ id: 'verif_1', profile_id: 'default' }, 'INITIAL', 'initial'],
])('status on creation: %j is %s', (answer, status, rawStatus) =>
  withUpstream(
    (_request, response) => sendJson(response, answer, 201),
    async ({ transport }) => {
      const client = createDataspikeClient({ transport });
      expect(await client.createVerification({})).toMatchObject({ id: answer.id, status, rawStatus });
    },
  ),
);

test.each([
  { post: 200, get: 200, asked: ['POST'], thrown: null },
  { post: 404, get: 200, asked: ['POST', 'GET'], thrown: null },
  { post: 405, get: 200, asked: ['POST', 'GET'], thrown: null },
  { post: 404, get: 404, asked: ['POST', 'GET'], thrown: new UpstreamNotFound() },
  { post: 404, get: 405, asked: ['POST', 'GET'], thrown: new UpstreamNotFound() },
  { post: 405, get: 404, asked: ['POST', 'GET'], thrown: new UpstreamNotFound() },
  { post: 409, get: 200, asked: ['POST'], thrown: expect.any(UpstreamRefused) },
  { post: 500, get: 200, asked: ['POST'], thrown: expect.objectContaining({ reason: 500 }) },
])('cancel: POST $post, GET $get asks $asked', ({ post, get, asked, thrown }) =>
  withUpstream(
    (request, response) => response.writeHead(request.method === 'POST' ? post : get).end(),
    async ({ transport, received }) => {
      const outcome = await createDataspikeClient({ transport })
        .cancelVerification('v')
        .then(
          () => null,
          (error: unknown) => error,
        );
      expect(outcome).toEqual(thrown);
      expect(received.map((request) => `${request.method} ${request.url}`)).toEqual(
        asked.map((method) => `${method} /api/v3/verifications/v/cancel`),
      );
    },
  ),
);

test('one applicant’s verifications: the documented path, and null where there is no such applicant', () =>
  withUpstream(
    (request, response) =>
      request.url?.startsWith('/api/v3/verifications/applicant/a?')
        ? sendJson(response, { data: [{ id: 'v' }], has_next: true })
        : response.writeHead(404).end(),
    async ({ transport }) => {
      const client = createDataspikeClient({ transport });
      expect(await client.listVerificationsForApplicant('a', { page: 0, limit: 10 })).toMatchObject({
        items: [{ id: 'v' }],
        hasNext: true,
      });
      expect(await client.listVerificationsForApplicant('b', { page: 0, limit: 10 })).toBeNull();
    },
  ));

test('event types: an open set, of subscriptions and of deliveries', () => {
  const eventTypes = ['DOCVER_CHECKS', 'ALL', 'NOT_KNOWN_YET'];
  expect(parseWebhook({ webhook_id: 'w', webhook_url: 'https://example.com', event_types: eventTypes })).toMatchObject({
    eventTypes,
  });
  expect(parseWebhookDelivery({ id: 'e', event_type: 'NOT_KNOWN_YET', payload: { id: 'x' } })).toMatchObject({
    eventType: 'NOT_KNOWN_YET',
    verificationId: null,
    payload: { id: 'x' },
  });
});

test('sandbox host: whatever base URL is configured, with a path or not, is the one asked', () =>
  withUpstream(
    (_request, response) => response.end('[]'),
    async ({ transport, received }) => {
      await createDataspikeClient({ transport }).listCountries();
      expect(received[0]?.url).toBe('/mirror/api/v3/public/dictionary/countries');
    },
    { basePath: '/mirror/' },
  ));

test.each([
  ['M', 'MALE'],
  ['F', 'FEMALE'],
  ['Male', 'MALE'],
  ['Female', 'FEMALE'],
  ['Other', 'OTHER'],
  ['x', 'OTHER'],
  ['unspecified', 'UNKNOWN'],
  ['', null],
  [null, null],
])('gender: %j is %s', (word, gender) => {
  expect(parseApplicant({ id: 'a', provided_info: { gender: word } }).providedInfo?.gender).toBe(gender);
});

test.each(['1974-08-12', '1974-08-12T00:00:00Z', '1974-08-12T00:00:00.000000Z'])('dob: %s is a date', (dob) => {
  expect(parseApplicant({ id: 'a', system_info: { dob } }).systemInfo?.dateOfBirth).toBe('1974-08-12');
});

test('manual fields: both spellings are read, the first is written and wins', () => {
  const fields = { enabled: true };
  const settled = { manual_field_settings: fields };
  expect(parseProfile({ id: 'p', settings: { manual_fields_settings: fields } }).settings).toEqual(settled);
  expect(parseProfile({ id: 'p', settings: { ...settled, manual_fields_settings: {} } }).settings).toEqual(settled);
  expect(profileToWire({ settings: { manual_fields_settings: fields } })).toEqual({ settings: settled });
});

test('finish screen: flat and nested texts are read, nested ones written and winning', () => {
  const nested = { finish_screen_settings: { enabled: true, settings: { title: 'Done', cta: 'Close' } } };
  const flat = { finish_screen_settings: { enabled: true, title: 'Done', cta: 'Close' } };
  const both = { finish_screen_settings: { enabled: true, title: 'Old', settings: { title: 'Done', cta: 'Close' } } };
  for (const settings of [nested, flat, both]) {
    expect(parseProfile({ id: 'p', settings }).settings).toEqual(nested);
    expect(profileToWire({ settings })).toEqual({ settings: nested });
  }
  expect(parseProfile({ id: 'p', settings: { finish_screen_settings: null } }).settings).toEqual({
    finish_screen_settings: null,
  });
});

test.each([[{ color: 'red' }], ['{"color":"red"}']])('ui_settings: %j passes through', (ui_settings) => {
  expect(parseProfile({ id: 'p', settings: { ui_settings } }).settings).toEqual({ ui_settings });
  expect(profileToWire({ settings: { ui_settings } })).toEqual({ settings: { ui_settings } });
});

test('contact_info, media: a lone object is a list of one', () => {
  const read = (item: unknown) => item;
  expect(readList({ emails: [] }, read)).toEqual([{ emails: [] }]);
  expect(readList([{ emails: [] }], read)).toEqual([{ emails: [] }]);
});

test('history filter: both names are sent, and absent has_next is judged by a full page', () =>
  withUpstream(
    (_request, response) => sendJson(response, { data: [{ id: 'e', event_type: 'DOCVER', payload: { id: 'v' } }] }),
    async ({ transport, received }) => {
      const client = createDataspikeClient({ transport });
      expect(await client.listWebhookHistory({ after: 'd', webhookId: 'w', limit: 1 })).toMatchObject({
        items: [{ verificationId: 'v' }],
        hasNext: true,
      });
      expect(received[0]?.url).toBe('/api/v3/notifications/webhook/history?after=d&webhook=w&webhook_id=w&limit=1');
      expect(await client.listWebhookHistory({ limit: 2 })).toMatchObject({ hasNext: false });
    },
  ));

test('code 9000: its message is kept', () => {
  const errors = [{ code: 9000, message: 'too many attempts' }];
  expect(parseVerification({ id: 'v', checks: { liveness: { errors } } }).checks[0]?.errors).toMatchObject(errors);
});

test('search mode: this endpoint wants a number', () =>
  withUpstream(
    (_request, response) => response.end(),
    async ({ transport, received }) => {
      const client = createDataspikeClient({ transport });
      for (const mode of ['AUTO', 'FULL_NAME_ONLY', 'FIRST_AND_LAST_NAME_ONLY'] as const)
        await client.changeApplicantSearchOptions('a', { mode });
      expect(received.map((request) => request.body)).toEqual(['{"mode":0}', '{"mode":1}', '{"mode":2}']);
    },
  ));

test('country codes: alpha-3 is read as alpha-2, and sent for an upload', () =>
  withUpstream(
    (_request, response) => sendJson(response, { document_id: 'd', detected_country: 'FIN' }),
    async ({ transport, received }) => {
      const upload = {
        file: Buffer.from('x'),
        fileName: 'x',
        contentType: 'image/png',
        documentType: 'POI',
        issuedCountry: 'FI',
      } as const;
      const answer = await createDataspikeClient({ transport }).uploadDocument('a', upload);
      expect(answer.detectedCountry).toBe('FI');
      expect(received[0]?.body).toContain('name="issued_country"\r\n\r\nFIN\r\n');
      expect(parseVerification({ id: 'v', poi_data: { country: 'DEU' } }).identityDocument?.issuingCountry).toBe('DE');
    },
  ));

test.each(['https://am.dataspike.io/V1?source=telegram&botName=b', 'https://am.dataspike.dev/V1'])(
  'verification_url %s is used as given',
  (url) => {
    expect(parseVerification({ id: 'v', verification_url: url }).url).toBe(url);
  },
);

test('links are written with expiration_in_minutes and read with expiration_minutes', () =>
  withUpstream(
    (_request, response) => sendJson(response, { link_id: 'L1' }),
    async ({ transport, received }) => {
      expect(await createDataspikeClient({ transport }).createVerificationLink('p', { expirationMinutes: 60 })).toBe(
        'L1',
      );
      expect(received[0]?.body).toBe('{"expiration_in_minutes":60}');
      expect(parseProfile({ id: 'p', link: { link_id: 'L1', expiration_minutes: 60 } }).link).toMatchObject({
        id: 'L1',
        expirationMinutes: 60,
      });
    },
  ));

test('null documents, missing checks, and data that is null or an empty list are nothing', () => {
  expect(parseVerification({ id: 'v', documents: null })).toMatchObject({ documents: [], checks: [] });
  const { checks } = parseVerification({ id: 'v', checks: { document_mrz: { data: [] }, poa: { data: null } } });
  expect(checks.map((check) => check.data)).toEqual([null, null]);
});

test('an id is read by either of its names', () => {
  expect([parseApplicant({ id: 'a' }).id, parseApplicant({ applicant_id: 'a' }).id]).toEqual(['a', 'a']);
  expect([parseProfile({ id: 'p' }).id, parseProfile({ profile_id: 'p' }).id]).toEqual(['p', 'p']);
  const address = { webhook_url: 'https://example.com' };
  expect([parseWebhook({ id: 'w', ...address }).id, parseWebhook({ webhook_id: 'w', ...address }).id]).toEqual([
    'w',
    'w',
  ]);
});

test('the client view has the short id for its id and words of its own', () => {
  expect(parseSdkVerification({ id: 'V1', status: 'active', checks: null, country_code: 'DEU' })).toEqual({
    shortId: 'V1',
    status: 'ACTIVE',
    checks: [],
    url: null,
    redirectUrl: null,
    country: 'DE',
    expiresAt: null,
  });
});

test('keys that a webhook list once held stay out', () => {
  const webhook = parseWebhook({
    webhook_id: 'w',
    webhook_url: 'https://example.com',
    enabled: true,
    api_key: 'secret',
  });
  expect(webhook).toEqual({ id: 'w', url: 'https://example.com', eventTypes: [], enabled: true, isSandbox: null });
});
