import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { UpstreamNotFound, UpstreamRefused, UpstreamTimeout, UpstreamUnavailable } from '../../../src/dataspike/errors';
import { path } from '../../../src/dataspike/path';
import type { Transport } from '../../../src/dataspike/transport';
import { API_KEY, rejection, sendJson, withUpstream } from './upstream';

const upload = (transport: Transport, content: Buffer | Readable, signal?: AbortSignal) =>
  transport.multipart({
    endpoint: 'uploadDocument',
    method: 'POST',
    path: path`/api/v3/upload/${'applicant'}`,
    fields: { document_type: 'passport', side: null, issued_country: undefined },
    file: { content, fileName: 'pass\r\nX-Evil: 1"/../port.jpg', contentType: 'image/jpeg\r\nX-Evil: 1' },
    signal,
  });

const download = (transport: Transport, signal?: AbortSignal) =>
  transport.stream({ endpoint: 'downloadDocument', method: 'GET', path: path`/api/v3/documents/${'d'}`, signal });

test('a file is sent after its fields, under a name and a type that cannot add headers', () =>
  withUpstream(
    (_request, response) => sendJson(response, { document_id: 'd' }, 201),
    async ({ transport, received }) => {
      expect(await upload(transport, Buffer.from('bytes'))).toEqual({ document_id: 'd' });
      const [request] = received;
      expect(request?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
      expect(Number(request?.headers['content-length'])).toBe(request?.body.length);
      const parts = request?.body.split(/--+[\w'()+,./:=?-]+(?:--)?\r\n/).filter(Boolean);
      expect(parts).toEqual([
        'Content-Disposition: form-data; name="document_type"\r\n\r\npassport\r\n',
        'Content-Disposition: form-data; name="file"; filename="passX-Evil: 1..port.jpg"\r\n' +
          'Content-Type: application/octet-stream\r\n\r\nbytes\r\n',
      ]);
    },
  ));

test('a stream of several megabytes arrives whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'upload-'));
  const file = join(folder, 'file');
  await writeFile(file, Buffer.alloc(8 * 1024 * 1024, 7));
  await withUpstream(
    (request, response) => sendJson(response, { bytes: request.body.split('\x07').length - 1 }),
    async ({ transport }) => {
      expect(await upload(transport, createReadStream(file))).toEqual({ bytes: 8 * 1024 * 1024 });
    },
  );
  await rm(folder, { recursive: true });
});

test('a slow upload that keeps moving takes as long as it needs', () =>
  withUpstream(
    (_request, response) => sendJson(response, {}),
    async ({ transport }) => {
      const pieces = async function* () {
        for (let piece = 0; piece < 8; piece++) {
          await new Promise((resolve) => setTimeout(resolve, 60));
          yield Buffer.from('piece');
        }
      };
      expect(await upload(transport, Readable.from(pieces()))).toEqual({});
    },
    { timeoutMs: 300 },
  ));

test('an upload that does not move for the whole time is given up', () =>
  withUpstream(
    () => {},
    async ({ transport }) => {
      const source = new PassThrough();
      source.write('first');
      const error = await rejection(upload(transport, source));
      expect(error).toBeInstanceOf(UpstreamTimeout);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(API_KEY);
      source.destroy();
    },
    { timeoutMs: 100 },
  ));

test('the failure of the file itself is what its sender gets', () =>
  withUpstream(
    () => {},
    async ({ transport }) => {
      const source = new PassThrough();
      source.write('first');
      const tooLarge = new Error('over 20 MiB');
      setTimeout(() => source.destroy(tooLarge), 30);
      expect(await rejection(upload(transport, source))).toBe(tooLarge);
    },
  ));

test('a file that stops halfway ends the upload at once', () =>
  withUpstream(
    () => {},
    async ({ transport }) => {
      const source = new PassThrough();
      source.write('first');
      setTimeout(() => source.destroy(), 30);
      expect(await rejection(upload(transport, source))).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    },
  ));

test('a caller who gives up ends the upload, and nothing is thrown behind his back', () =>
  withUpstream(
    () => {},
    async ({ transport }) => {
      const caller = new AbortController();
      const source = new PassThrough();
      source.write('first');
      setTimeout(() => caller.abort(new Error('left')), 30);
      expect(await rejection(upload(transport, source, caller.signal))).toMatchObject({ message: 'left' });
      source.write('more');
      source.end('last');
      await new Promise((resolve) => setTimeout(resolve, 30));
    },
    { readBody: false },
  ));

test('a refusal that comes before the whole file was read is the refusal', () =>
  withUpstream(
    (_request, response) => sendJson(response, { errors: [{ code: 9000, message: 'too many attempts' }] }, 400),
    async ({ transport }) => {
      const error = await rejection(upload(transport, Buffer.alloc(4 * 1024 * 1024)));
      expect(error).toBeInstanceOf(UpstreamRefused);
      expect(error).toMatchObject({ refusal: { checkErrors: [{ code: 9000, message: 'too many attempts' }] } });
    },
    { readBody: false },
  ));

test('a file comes with what Dataspike says about it', () =>
  withUpstream(
    (_request, response) =>
      response
        .writeHead(200, { 'Content-Type': 'image/jpeg', 'X-Document-Type': 'passport', 'Content-Length': 5 })
        .end('bytes'),
    async ({ transport, received }) => {
      const { stream, ...about } = await download(transport);
      expect(about).toEqual({ contentType: 'image/jpeg', contentLength: 5, documentType: 'passport' });
      expect((await buffer(stream)).toString()).toBe('bytes');
      expect(received[0]?.headers).toMatchObject({ accept: '*/*', 'accept-encoding': 'identity' });
      expect(inspect(stream, { depth: 10, showHidden: true })).not.toContain(API_KEY);
    },
  ));

test('a file without headers of its own is a file', () =>
  withUpstream(
    (_request, response) => {
      response.write('by');
      response.end('tes');
    },
    async ({ transport }) => {
      const { stream, ...about } = await download(transport);
      expect(about).toEqual({ contentType: null, contentLength: null, documentType: null });
      expect((await buffer(stream)).toString()).toBe('bytes');
    },
  ));

test.each([0, 1])('a reader who pauses after %i pieces longer than the time allowed still gets everything', (pieces) =>
  withUpstream(
    (_request, response) => response.end(Buffer.alloc(4 * 1024 * 1024)),
    async ({ transport }) => {
      const { stream } = await download(transport);
      let bytes = 0;
      for (let piece = 0; piece < pieces; piece++) {
        await once(stream, 'readable');
        bytes += stream.read().length;
      }
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(bytes + (await buffer(stream)).length).toBe(4 * 1024 * 1024);
    },
    { timeoutMs: 400 },
  ),
);

test('a file that stops coming is given up', () =>
  withUpstream(
    (_request, response) => response.write('first'),
    async ({ transport, abandoned }) => {
      const { stream } = await download(transport);
      const error = await rejection(buffer(stream));
      expect(error).toBeInstanceOf(UpstreamTimeout);
      await abandoned;
    },
    { timeoutMs: 100 },
  ));

test('a file that is cut off is an outage without the key in it', () =>
  withUpstream(
    (_request, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('first');
      setTimeout(() => response.socket?.destroy(), 20);
    },
    async ({ transport }) => {
      const { stream } = await download(transport);
      const error = await rejection(buffer(stream));
      expect(error).toBeInstanceOf(UpstreamUnavailable);
      expect(error).toMatchObject({ reason: 'truncated', cause: { code: 'ECONNRESET' } });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(API_KEY);
    },
  ));

test.each(['before the first byte is read', 'while waiting for more'])(
  'a reader who leaves %s closes the request',
  (moment) =>
    withUpstream(
      (_request, response) => response.write('first'),
      async ({ transport, abandoned }) => {
        const { stream } = await download(transport);
        if (moment === 'while waiting for more') {
          stream.resume();
          await new Promise((resolve) => setTimeout(resolve, 30));
        }
        stream.destroy();
        await abandoned;
      },
    ),
);

test('a caller who gives up while the file comes ends it with his own reason', () =>
  withUpstream(
    (_request, response) => response.write('first'),
    async ({ transport, abandoned }) => {
      const caller = new AbortController();
      const { stream } = await download(transport, caller.signal);
      setTimeout(() => caller.abort(new Error('left')), 30);
      expect(await rejection(buffer(stream))).toMatchObject({ message: 'left' });
      await abandoned;
    },
  ));

test.each<[string, Parameters<typeof withUpstream>[0], object]>([
  ['a 404 finds nothing', (_request, response) => response.writeHead(404).end('{}'), new UpstreamNotFound()],
  [
    'a refusal is read',
    (_request, response) => sendJson(response, { message: 'Gone' }, 410),
    new UpstreamRefused(410, {
      text: 'Gone',
      error: null,
      validationErrors: [],
      pendingDocuments: [],
      checkErrors: [],
    }),
  ],
  [
    'an endless refusal is not read to its end',
    (_request, response) => response.writeHead(400).end(Buffer.alloc(1024 * 1024)),
    new UpstreamUnavailable('oversized'),
  ],
  [
    'a page of something in between is no file',
    (_request, response) => response.setHeader('Content-Type', 'text/html; charset=utf-8').end('<html>'),
    new UpstreamUnavailable('not a file'),
  ],
  [
    'a file that is encoded against our wish is no file',
    (_request, response) => response.setHeader('Content-Encoding', 'gzip').end('zipped'),
    new UpstreamUnavailable('encoded against our wish'),
  ],
  ['a redirect is not followed', (_request, response) => response.writeHead(302).end(), new UpstreamUnavailable(302)],
])('asking for a file: %s', (_name, answer, expected) =>
  withUpstream(answer, async ({ transport }) => {
    const error = await rejection(download(transport));
    expect(error).toBeInstanceOf(expected.constructor);
    expect({ ...(error as Error) }).toEqual({ ...expected });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(API_KEY);
  }),
);
