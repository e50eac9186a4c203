import { createHash } from 'node:crypto';
import { deriveKey } from '../../src/access/deriveKey';
import { createFileTickets } from '../../src/access/fileTickets';
import { fileOf, linksTo, newUpload, put, reachable } from '../support/files';
import { createCase, uploadDocuments } from '../support/simulatedPeople';
import { startGateway, type TestGateway, TOKEN } from '../support/startGateway';

const digest = (key: string) => createHash('sha256').update(key).digest('hex');
const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
const READER = 'a-token-that-may-read';
const WRITER = 'a-token-that-may-write';

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway({
    WATCH_TOKEN_SECRET: SECRET,
    AUTH_API_KEYS: [
      `test:${digest(TOKEN)}:kyc:read+kyc:pii+kyc:write+kyc:admin`,
      `reader:${digest(READER)}:kyc:read`,
      `writer:${digest(WRITER)}:kyc:write`,
    ].join(','),
  });
});
afterAll(() => app.close());

const as = (token: string) => ({ authorization: `Bearer ${token}` });

test('without kyc:pii a document has no links, and the answer says so', async () => {
  const { applicantId, verificationId } = await createCase(app);
  await uploadDocuments(app, applicantId);
  const query = 'query ($id: ID!) { verification(id: $id) { documents { type contentUrl previewUrl } } }';
  const answer = await app.graphql(query, { id: verificationId }, as(READER));
  const [document] = answer.data.verification.documents;
  expect(document).toEqual({ type: 'PASSPORT', contentUrl: null, previewUrl: null });
  const { extensions } = answer as unknown as { extensions: { redacted: unknown[] } };
  expect(extensions.redacted).toContainEqual(['verification', 'documents', 0, 'contentUrl']);
  const asWatcher = await watcherOf(verificationId);
  const watched = await app.graphql(query, { id: verificationId }, as(asWatcher));
  expect(watched.data.verification.documents[0].contentUrl).toBeNull();
});

test('without kyc:write there is no ticket to upload', async () => {
  const { applicantId } = await createCase(app);
  const mutation = `mutation ($id: ID!) {
    createDocumentUpload(input: { applicantId: $id, documentType: SELFIE }) { uploadUrl userErrors { code } }
  }`;
  const refused = await app.graphql(mutation, { id: applicantId }, as(READER));
  expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  const { data } = await app.graphql(mutation, { id: applicantId }, as(WRITER));
  expect((await put(reachable(app, data.createDocumentUpload.uploadUrl), new Uint8Array(fileOf('png')))).status).toBe(
    201,
  );
});

test('a ticket is all that it takes, and nothing in it tells who asked', async () => {
  const upload = await newUpload(app);
  const { contentUrl } = await linksTo(app, fileOf('jpeg'));
  for (const url of [upload, contentUrl]) {
    const [, payload = ''] = url.split('/').at(-1)?.split('.') ?? [];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'jti', 'permit']);
    expect(JSON.stringify(claims)).not.toContain('test');
  }
  expect((await fetch(contentUrl)).status).toBe(200);
});

async function watcherOf(verificationId: string): Promise<string> {
  const { data } = await app.graphql(
    'mutation ($id: ID!) { createWatchToken(input: { verificationId: $id }) { token } }',
    { id: verificationId },
  );
  return data.createWatchToken.token;
}

test('a ticket that has expired is gone, and asks nothing of Dataspike', async () => {
  const key = deriveKey(Buffer.from(SECRET), 'file');
  const earlier = createFileTickets({ key, now: () => Date.now() - 600_000 });
  const recipient = { kind: 'applicant' as const, applicantId: 'a' };
  const permit = { recipient, documentType: 'PASSPORT' as const, side: null, issuedCountry: null };
  const upload = await earlier.issueUpload(permit, null);
  const link = await earlier.issueDownload({ documentId: 'd', rendition: 'content', issuedFor: 'test' }, null);
  app.simulator.control.clearRequests();
  const answers = [
    await put(`${app.gateway.url}/uploads/${upload.ticket}`, new Uint8Array(fileOf('png'))),
    await fetch(`${app.gateway.url}/documents/${link.ticket}`),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(410);
    expect(await answer.json()).toMatchObject({ error: { code: 'TICKET_EXPIRED', retryable: false } });
  }
  expect(app.simulator.requests()).toEqual([]);
});
