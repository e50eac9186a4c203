import { askForUpload, fileOf, linksTo, newUpload, put, TICKET_PATH } from '../support/files';
import { impossible, invalid, mutate, notFound } from '../support/mutate';
import { createCase } from '../support/simulatedPeople';
import { eventually, startGateway, subscribeTo, type TestGateway } from '../support/startGateway';

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway({ CORS_ORIGINS: 'https://app.example.com' });
});
beforeEach(() => {
  app.simulator.control.clearFaults();
  app.simulator.control.clearRequests();
});
afterAll(() => app.close());

const SELECTION = 'uploadUrl method expiresAt maxBytes';
const ask = (input: object) => mutate(app, 'createDocumentUpload', input, SELECTION);

test('a ticket names where, how, how large and how long', async () => {
  const { applicantId } = await createCase(app);
  const before = Date.now();
  const payload = await ask({ applicantId, documentType: 'POI', side: 'FRONT', issuedCountry: 'DE' });
  expect(payload).toMatchObject({ method: 'PUT', maxBytes: 20_971_520, userErrors: [] });
  expect(payload.uploadUrl).toMatch(TICKET_PATH);
  const lifetimeMs = Date.parse(payload.expiresAt) - before;
  expect(lifetimeMs).toBeGreaterThan(598_000);
  expect(lifetimeMs).toBeLessThanOrEqual(601_000);
});

test('an upload is for exactly one applicant or verification that exists', async () => {
  const { applicantId, verificationId } = await createCase(app);
  const oneOf = invalid('Give exactly one of applicantId and verificationId', ['input']);
  const documentType = 'PASSPORT';
  const errorsOf = async (input: object) => {
    const { uploadUrl, userErrors } = await ask({ documentType, ...input });
    expect(uploadUrl).toBeNull();
    return userErrors;
  };
  expect(await errorsOf({})).toEqual([oneOf]);
  expect(await errorsOf({ applicantId, verificationId })).toEqual([oneOf]);
  expect(await errorsOf({ applicantId: 'nobody' })).toEqual([notFound(['input', 'applicantId'])]);
  expect(await errorsOf({ verificationId: 'none' })).toEqual([notFound(['input', 'verificationId'])]);
  expect(await errorsOf({ applicantId, documentType: 'UNKNOWN' })).toEqual([
    invalid(expect.any(String), ['input', 'documentType']),
  ]);
});

test('a verification that is decided takes no more documents', async () => {
  const { verificationId } = await createCase(app);
  app.simulator.control.forceVerification(verificationId, { status: 'verified', errors: {} });
  const { userErrors } = await ask({ verificationId, documentType: 'PASSPORT' });
  expect(userErrors).toEqual([impossible('VERIFIED')]);
});

test.each([
  ['jpeg', 'image/jpeg'],
  ['jpeg', 'image/jpg'],
  ['png', 'image/png'],
  ['heic', 'image/heic'],
  ['heic', 'image/heif'],
  ['webp', 'image/webp'],
  ['pdf', 'application/pdf; charset=binary'],
  ['pdf', 'application/octet-stream'],
  ['png', ''],
] as const)('a file that is %s and called %j arrives, and comes back byte by byte', async (kind, stated) => {
  const { verificationId } = await createCase(app);
  const url = await askForUpload(app, { verificationId, documentType: 'ID_CARD', side: 'BACK', issuedCountry: 'DE' });
  app.simulator.control.clearRequests();
  const file = fileOf(kind, 100_000);
  const response = await put(url, new Blob([new Uint8Array(file)]), stated === '' ? {} : { 'content-type': stated });
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({
    documentId: expect.any(String),
    detectedType: 'ID_CARD',
    detectedSide: 'BACK',
    twoSided: true,
    detectedCountry: 'DE',
    errors: [],
  });
  expect(app.simulator.requests()[0]).toMatchObject({ endpoint: 'sdkUploadDocument', status: 200 });
  const { data } = await app.graphql('query ($id: ID!) { verification(id: $id) { documents { type contentUrl } } }', {
    id: verificationId,
  });
  const [document] = data.verification.documents;
  expect(document.type).toBe('ID_CARD_BACK');
  expect(document.contentUrl).toMatch(TICKET_PATH);
  const back = await fetch(`${app.gateway.url}${new URL(document.contentUrl).pathname}`);
  expect(Buffer.from(await back.arrayBuffer()).equals(file)).toBe(true);
});

test('the next query and every watcher know what an upload changed', async () => {
  const { verificationId, applicantId } = await createCase(app);
  const readStatus = () => app.graphql('query ($id: ID!) { verification(id: $id) { status } }', { id: verificationId });
  expect((await readStatus()).data.verification.status).toBe('INITIAL');
  const updates = subscribeTo(
    app.webSocketClient(),
    'subscription ($id: ID) { verificationUpdated(verificationId: $id) { source verification { status } } }',
    { id: verificationId },
  );
  await updates.waitFor(1);
  const url = await askForUpload(app, { applicantId, documentType: 'PASSPORT' });
  expect((await put(url, new Uint8Array(fileOf('jpeg')))).status).toBe(201);
  expect((await readStatus()).data.verification.status).toBe('PENDING');
  const [, update] = await updates.waitFor(2);
  expect(update.data.verificationUpdated).toEqual({ source: 'MUTATION', verification: { status: 'PENDING' } });
  updates.stop();
});

test.each([
  ['HTML that claims to be a picture', fileOf('html'), 'image/jpeg', 415, 'UNSUPPORTED_TYPE'],
  ['SVG', fileOf('svg'), 'image/svg+xml', 415, 'UNSUPPORTED_TYPE'],
  ['a picture that claims to be HTML', fileOf('jpeg'), 'text/html', 415, 'UNSUPPORTED_TYPE'],
  ['a PNG that claims to be a JPEG', fileOf('png'), 'image/jpeg', 415, 'UNSUPPORTED_TYPE'],
  ['three bytes', Buffer.from('abc'), 'image/jpeg', 415, 'UNSUPPORTED_TYPE'],
  ['nothing', Buffer.alloc(0), 'image/jpeg', 400, 'EMPTY'],
  ['20 MiB and one byte', fileOf('jpeg', 20 * 1024 * 1024 + 1), 'image/jpeg', 413, 'TOO_LARGE'],
] as const)('%s is refused with its reason, asks nothing of Dataspike, and leaves the ticket', async (...given) => {
  const [, file, stated, status, code] = given;
  const url = await newUpload(app);
  const response = await put(url, new Uint8Array(file), { 'content-type': stated });
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({
    error: { code, message: expect.any(String), retryable: false, requestId: response.headers.get('x-request-id') },
  });
  expect(app.simulator.requests()).toEqual([]);
  expect((await put(url, new Uint8Array(fileOf('jpeg')))).status).toBe(201);
});

test('a stream that turns out too large is refused while it comes, and leaves nothing', async () => {
  const { applicantId, verificationId } = await createCase(app);
  const url = await askForUpload(app, { applicantId, documentType: 'PASSPORT' });
  const piece = new Uint8Array(fileOf('jpeg', 1024 * 1024));
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 1;
      controller.enqueue(piece);
      if (sent === 60) controller.close();
    },
  });
  // The client may see the end of its connection instead, when it is still sending.
  const status = await put(url, endless).then(
    (response) => response.status,
    () => 413,
  );
  expect(status).toBe(413);
  const { data } = await app.graphql('query ($id: ID!) { verification(id: $id) { documents { id } } }', {
    id: verificationId,
  });
  expect(data.verification.documents).toEqual([]);
  expect((await put(url, new Uint8Array(fileOf('jpeg')))).status).toBe(201);
});

test('exactly 20 MiB are taken', async () => {
  const url = await newUpload(app);
  expect((await put(url, new Uint8Array(fileOf('jpeg', 20 * 1024 * 1024)))).status).toBe(201);
});

test('of ten that use one ticket at once, one wins', async () => {
  const url = await newUpload(app);
  app.simulator.control.addFault({ kind: 'delay', delayMs: 100, match: { endpoint: 'uploadDocument' }, times: 0 });
  const responses = await Promise.all(
    Array.from({ length: 10 }, () => put(url, new Uint8Array(fileOf('png', 50_000)))),
  );
  expect(responses.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(410)]);
  expect(app.simulator.requests().filter(({ endpoint }) => endpoint === 'uploadDocument')).toHaveLength(1);
  const late = await put(url, new Uint8Array(fileOf('png')));
  expect(late.status).toBe(410);
  expect(await late.json()).toMatchObject({ error: { code: 'TICKET_USED', retryable: false } });
});

test('what Dataspike refuses is told with its codes, and uses the ticket up', async () => {
  const url = await newUpload(app);
  const body = JSON.stringify({ document_id: null, errors: [{ code: 8001, message: 'already submitted' }] });
  app.simulator.control.addFault({ kind: 'status', status: 400, body, match: { endpoint: 'uploadDocument' } });
  const response = await put(url, new Uint8Array(fileOf('jpeg')));
  expect(response.status).toBe(422);
  expect(await response.json()).toEqual({
    errors: [{ code: 8001, message: 'already submitted', category: 'FLOW' }],
    message: 'already submitted',
  });
  expect((await put(url, new Uint8Array(fileOf('jpeg')))).status).toBe(410);
});

test('errors that come with success are shown beside the document', async () => {
  const url = await newUpload(app);
  const body = JSON.stringify({ document_id: 'd-1', errors: [{ code: 1001, message: 'document parsing failed' }] });
  app.simulator.control.addFault({ kind: 'status', status: 200, body, match: { endpoint: 'uploadDocument' } });
  const response = await put(url, new Uint8Array(fileOf('jpeg')));
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({
    documentId: 'd-1',
    detectedType: null,
    detectedSide: null,
    twoSided: null,
    detectedCountry: null,
    errors: [{ code: 1001, message: 'document parsing failed', category: 'OCR' }],
  });
});

test.each([
  ['500', { kind: 'status', status: 500 }, 502, 'UPSTREAM_UNAVAILABLE', true],
  ['a refused key', { kind: 'status', status: 401 }, 502, 'UPSTREAM_REJECTED', false],
  ['429', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, 503, 'UPSTREAM_RATE_LIMITED', true],
  ['a reset', { kind: 'reset' }, 502, 'UPSTREAM_UNAVAILABLE', true],
  ['HTML', { kind: 'html' }, 502, 'UPSTREAM_UNAVAILABLE', true],
] as const)('%s from Dataspike is told without its words, and leaves the ticket', async (...given) => {
  const [, fault, status, code, retryable] = given;
  const url = await newUpload(app);
  app.simulator.control.addFault({ ...fault, match: { endpoint: 'uploadDocument' } });
  const response = await put(url, new Uint8Array(fileOf('jpeg', 300_000)));
  expect(response.status).toBe(status);
  expect(response.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  expect(error).toMatchObject({ code, retryable, requestId: response.headers.get('x-request-id') });
  expect((await put(url, new Uint8Array(fileOf('jpeg')))).status).toBe(201);
});

test('a ticket is worth nothing for another purpose, altered, or made up', async () => {
  const upload = await newUpload(app);
  const { contentUrl } = await linksTo(app, fileOf('jpeg'));
  const ticketOf = (url: string) => url.split('/').at(-1) ?? '';
  const altered = ticketOf(upload)
    .replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    .replace(/^(.{60})./, '$1x');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  for (const ticket of [ticketOf(contentUrl), altered, 'x', `${none}.${ticketOf(upload).split('.')[1]}.`]) {
    expect((await put(`${app.gateway.url}/uploads/${ticket}`, new Uint8Array(fileOf('jpeg')))).status).toBe(404);
  }
  for (const ticket of [ticketOf(upload), 'x', '%2f..%2fx', 'a'.repeat(5_000)]) {
    expect((await fetch(`${app.gateway.url}/documents/${ticket}`)).status).toBe(404);
  }
  expect(app.simulator.requests()).toEqual([]);
});

test.each([
  ['jpeg', 'image/jpeg', 'image/jpeg', 'inline', '.jpg'],
  ['png', 'image/jpeg', 'image/png', 'inline', '.png'],
  ['webp', 'image/webp', 'image/webp', 'inline', '.webp'],
  ['heic', 'application/octet-stream', 'image/heic', 'inline', '.heic'],
  ['pdf', 'application/pdf', 'application/pdf', 'attachment', '.pdf'],
  ['html', 'image/jpeg', 'application/octet-stream', 'attachment', ''],
  ['svg', 'image/svg+xml', 'application/octet-stream', 'attachment', ''],
] as const)('a document that is %s and called %s is served as %s, %s', async (...given) => {
  const [kind, stated, contentType, disposition, extension] = given;
  const { documentId, contentUrl } = await linksTo(app, fileOf(kind), stated);
  const response = await fetch(contentUrl, { headers: { origin: 'https://app.example.com', range: 'bytes=0-1' } });
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': contentType,
    'content-disposition': `${disposition}; filename="document-${documentId}${extension}"`,
    'content-length': '2000',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'private, no-store',
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': 'https://app.example.com',
    'referrer-policy': 'no-referrer',
    'accept-ranges': 'none',
  });
  expect(Buffer.from(await response.arrayBuffer()).equals(fileOf(kind))).toBe(true);
});

test('a link can be followed again, the preview is another picture, and only GET is answered', async () => {
  const { contentUrl, previewUrl } = await linksTo(app, fileOf('jpeg'));
  for (let time = 0; time < 3; time += 1) expect((await fetch(contentUrl)).status).toBe(200);
  expect((await fetch(previewUrl)).headers.get('content-type')).toBe('image/png');
  for (const method of ['HEAD', 'POST', 'DELETE']) {
    const response = await fetch(contentUrl, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
  }
  const requests = app.simulator.requests().map(({ endpoint }) => endpoint);
  expect(requests).toEqual([...Array(3).fill('downloadDocument'), 'downloadDocumentPreview']);
});

test.each([
  ['404', { kind: 'status', status: 404 }, 404, 'NOT_FOUND'],
  ['500', { kind: 'status', status: 500 }, 502, 'UPSTREAM_UNAVAILABLE'],
  ['a reset', { kind: 'reset' }, 502, 'UPSTREAM_UNAVAILABLE'],
  ['a page', { kind: 'html' }, 502, 'UPSTREAM_UNAVAILABLE'],
  ['a redirect', { kind: 'redirect' }, 502, 'UPSTREAM_UNAVAILABLE'],
] as const)('%s instead of a file is told before anything else is', async (_what, fault, status, code) => {
  const { contentUrl } = await linksTo(app, fileOf('jpeg'));
  app.simulator.control.addFault({ ...fault, match: { endpoint: 'downloadDocument' }, times: 0 });
  const response = await fetch(contentUrl);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
});

test('half a file is cut off, so that nobody takes it for a whole one', async () => {
  const { contentUrl } = await linksTo(app, fileOf('jpeg', 500_000));
  app.simulator.control.addFault({ kind: 'truncate', when: 'after', match: { endpoint: 'downloadDocument' } });
  const response = await fetch(contentUrl);
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();
});

test('a page of an allowed origin may upload, after asking; others may not', async () => {
  const url = await newUpload(app);
  const preflight = (origin: string) =>
    fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } });
  const allowed = await preflight('https://app.example.com');
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-methods')).toBe('PUT');
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
  expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  const headers = { origin: 'https://app.example.com', 'content-type': 'image/png' };
  const response = await put(url, new Uint8Array(fileOf('png')), headers);
  expect(response.status).toBe(201);
  expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
});

test('uploads and downloads that run are finished while the gateway closes, and no new one begins', async () => {
  const closing = await startGateway();
  const url = await newUpload(closing);
  const unused = await newUpload(closing);
  const { contentUrl } = await linksTo(closing, fileOf('jpeg', 5_000_000));
  closing.simulator.control.addFault({ kind: 'delay', delayMs: 600, when: 'after', times: 0 });
  const upload = put(url, new Uint8Array(fileOf('jpeg', 5_000_000)));
  const download = fetch(contentUrl).then((response) => response.arrayBuffer());
  await eventually(() => closing.simulator.requests().length >= 2);
  const closed = closing.gateway.close();
  expect((await put(unused, new Uint8Array(fileOf('jpeg')))).status).toBe(503);
  expect((await upload).status).toBe(201);
  expect((await download).byteLength).toBe(5_000_000);
  await closed;
  await closing.close();
});

test('no log line holds a ticket, the key or a byte of a file', () => {
  const log = app.logLines().join('');
  expect(log).toContain('a document was uploaded');
  for (const secret of [app.simulator.apiKey, 'eyJ', 'PDF-1.7', 'alert(1)']) expect(log).not.toContain(secret);
  expect(app.logLines().filter((line) => JSON.parse(line).msg?.includes('unexpectedly'))).toEqual([]);
});
