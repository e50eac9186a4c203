import { mutate } from './mutate';
import { createCase } from './simulatedPeople';
import { callSimulator, type TestGateway } from './startGateway';

/** A file of this size that begins as its kind does; what follows says nothing. */
export function fileOf(kind: keyof typeof STARTS, bytes = 2_000): Buffer {
  const file = Buffer.alloc(bytes, 7);
  STARTS[kind].copy(file);
  return file;
}

const STARTS = {
  jpeg: Buffer.from('ffd8ffe000104a46494600', 'hex'),
  png: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  heic: Buffer.from('\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic', 'latin1'),
  webp: Buffer.from('RIFF\x10\x00\x00\x00WEBPVP8 ', 'latin1'),
  pdf: Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'),
  html: Buffer.from('<!doctype html><script>alert(1)</script>'),
  svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
};

export const TICKET_PATH = /^http:\/\/localhost:\d+\/(uploads|documents)\/[\w.-]+$/;

/** Asks for a ticket. @returns the URL at which the test reaches the gateway */
export async function askForUpload(app: TestGateway, input: object): Promise<string> {
  const { uploadUrl, userErrors } = await mutate(app, 'createDocumentUpload', input, 'uploadUrl');
  if (uploadUrl === null) throw new Error(`No ticket: ${JSON.stringify(userErrors)}`);
  return reachable(app, uploadUrl);
}

/** A ticket for the passport of a new applicant. */
export async function newUpload(app: TestGateway): Promise<string> {
  const { applicantId } = await createCase(app);
  const url = await askForUpload(app, { applicantId, documentType: 'PASSPORT' });
  app.simulator.control.clearRequests();
  return url;
}

export function put(url: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  // `duplex` is needed where the body is a stream; the type of RequestInit does not know it.
  const init: RequestInit & { duplex: 'half' } = { method: 'PUT', headers, body, duplex: 'half' };
  return fetch(url, init);
}

/** The same URL at the host that the gateway listens on, whatever the machine calls itself. */
export function reachable({ gateway }: TestGateway, url: string): string {
  return `${gateway.url}${new URL(url).pathname}`;
}

/**
 * Puts a file of the verification's applicant into the simulator, and asks the gateway for its links.
 * @param stated the content type that Dataspike believes
 */
export async function linksTo(
  app: TestGateway,
  file: Buffer,
  stated = 'image/jpeg',
): Promise<{ documentId: string; contentUrl: string; previewUrl: string }> {
  const { applicantId, verificationId } = await createCase(app);
  const form = new FormData();
  form.set('document_type', 'passport');
  form.set('file', new Blob([new Uint8Array(file)], { type: stated }), 'passport');
  const headers = { 'ds-api-token': app.simulator.apiKey };
  await fetch(`${app.simulator.url}/api/v3/upload/${applicantId}`, { method: 'POST', headers, body: form });
  await callSimulator(app.simulator, 'GET', `/api/v3/verifications/${verificationId}`, undefined);
  const { data } = await app.graphql(
    'query ($id: ID!) { verification(id: $id) { documents { id contentUrl previewUrl } } }',
    { id: verificationId },
  );
  const [document] = data.verification.documents;
  app.simulator.control.clearRequests();
  return {
    documentId: document.id,
    contentUrl: reachable(app, document.contentUrl),
    previewUrl: reachable(app, document.previewUrl),
  };
}
