import { createDataspikeClient, type DataspikeClient } from '../../../src/dataspike/client';
import { UpstreamNotFound } from '../../../src/dataspike/errors';
import { path } from '../../../src/dataspike/path';
import { rejection, withUpstream } from './upstream';

const IMPOSSIBLE_IDS = [
  '',
  '.',
  '..',
  'a..b',
  '../webhooks',
  'a/b',
  '/',
  'a?b=c',
  'a#b',
  'a\\b',
  'a\u0000b',
  'a\nb',
  'a\u0085b',
  'a\ud800b',
  '\udc00',
  'x'.repeat(257),
];

test('ids are percent-encoded', () => {
  expect(path`/api/v3/applicants/by_external_id/${'Zoë & 50% %2e%2e;😀'}`).toBe(
    '/api/v3/applicants/by_external_id/Zo%C3%AB%20%26%2050%25%20%252e%252e%3B%F0%9F%98%80',
  );
  expect(path`/a/${'x.y'}/b/${'x'.repeat(256)}`).toBe(`/a/x.y/b/${'x'.repeat(256)}`);
});

test.each(IMPOSSIBLE_IDS)('%j is nobody’s id', (id) => {
  expect(() => path`/api/v3/applicants/${id}`).toThrow(UpstreamNotFound);
});

test('no call lets a request leave for an impossible id: reads answer null, the others find nothing', () =>
  withUpstream(
    (_request, response) => response.end('{}'),
    async ({ transport, received }) => {
      const client = createDataspikeClient({ transport });
      const file = { file: Buffer.from('x'), fileName: 'x', contentType: 'image/png', documentType: 'POI' } as const;
      const pages = { page: 0, limit: 10 };
      const reads: ((id: string) => Promise<unknown>)[] = [
        client.getApplicant,
        client.getApplicantByExternalId,
        client.getVerification,
        client.getVerificationByShortId,
        client.getProfile,
        client.sdkGetVerification,
        client.downloadDocument,
        client.downloadDocumentPreview,
        (id) => client.listVerificationsForApplicant(id, pages),
        (id) => client.listVerificationEvents(id, pages),
      ];
      const changes: ((id: string) => Promise<unknown>)[] = [
        (id) => client.updateApplicantInfo(id, {}),
        (id) => client.deleteApplicant(id),
        (id) => client.linkApplicantTelegram(id, '1'),
        (id) => client.changeApplicantSearchOptions(id, {}),
        (id) => client.changeApplicantAmlScreening(id, true),
        (id) => client.proceedVerification(id),
        (id) => client.cancelVerification(id),
        (id) => client.uploadDocument(id, file),
        (id) => client.sdkUploadDocument(id, file),
        (id) => client.sdkSetCountry(id, 'DE'),
        (id) => client.sdkProceedVerification(id),
        (id) => client.updateProfile(id, {}),
        (id) => client.archiveProfile(id),
        (id) => client.setDefaultProfile(id),
        (id) => client.createVerificationLink(id, {}),
        (id) => client.archiveVerificationLink(id),
        (id) => client.changeVerificationLink(id, {}),
        (id) => client.unarchiveVerificationLink(id),
        (id) => client.updateWebhook(id, { url: 'https://example.com', eventTypes: [] }),
        (id) => client.deleteWebhook(id),
        (id) => client.rotateWebhookSecret(id),
      ];
      const withoutId: (keyof DataspikeClient)[] = [
        'createApplicant',
        'listApplicants',
        'createVerification',
        'listVerifications',
        'listCountries',
        'listProfiles',
        'createProfile',
        'listWebhooks',
        'createWebhook',
        'listWebhookHistory',
      ];
      expect(reads.length + changes.length + withoutId.length).toBe(Object.keys(client).length);
      for (const id of IMPOSSIBLE_IDS) {
        for (const read of reads) expect(await read(id)).toBeNull();
        for (const change of changes) expect(await rejection(change(id))).toBeInstanceOf(UpstreamNotFound);
      }
      expect(received).toHaveLength(0);
    },
  ));
