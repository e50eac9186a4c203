import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createFileTickets } from '../../src/access/fileTickets';
import { createDataspikeClient } from '../../src/dataspike/client';
import { createTransport } from '../../src/dataspike/transport';
import { createLocalLeases } from '../../src/events/leases';
import { createLogger } from '../../src/logger';
import { createFileDownloads } from '../../src/server/fileDownloads';
import { createFileUploads } from '../../src/server/fileUploads';
import { createUsedTickets } from '../../src/server/usedTickets';
import { fileOf, put } from '../support/files';
import { eventually } from '../support/startGateway';

// The routes alone, between real sockets, with times that a test can wait for, and a Dataspike that does as it is told.

const CLIENT_MS = 400;
const DATASPIKE_MS = 300;

interface Dataspike {
  /** What each request is answered with. */
  answer: (request: IncomingMessage, response: Parameters<Parameters<typeof createServer>[1] & object>[1]) => void;
  bytesReceived: number;
  /** Requests of this test that are neither answered nor cut. */
  readonly running: Set<IncomingMessage>;
}

const logger = createLogger('silent');
const tickets = createFileTickets({ key: new Uint8Array(32) });
const dataspike: Dataspike = { answer: () => {}, bytesReceived: 0, running: new Set() };
let upstream: Server;
let server: Server;
let url: string;
let closeTransport: () => void;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    dataspike.running.add(request);
    response.once('close', () => dataspike.running.delete(request));
    dataspike.answer(request, response);
  });
  const baseUrl = `http://127.0.0.1:${await listen(upstream)}`;
  const limits = { timeoutMs: CLIENT_MS + DATASPIKE_MS + 5_000, maxConcurrency: 8 };
  const transport = createTransport({ baseUrl, apiKey: 'key', ...limits, logger });
  closeTransport = transport.close;
  const client = createDataspikeClient({ transport });
  const times = { clientMs: CLIENT_MS, dataspikeMs: DATASPIKE_MS };
  const usedTickets = createUsedTickets({ leases: createLocalLeases() });
  const onStored = async () => {};
  const maxBytes = 20 * 1024 * 1024;
  const uploads = createFileUploads({ client, tickets, usedTickets, onStored, maxBytes, times, logger });
  const downloads = createFileDownloads({ client, tickets, isEmbeddable: false, times, logger });
  server = createServer((request, response) => {
    const ticket = request.url?.slice(1) ?? '';
    void (request.method === 'PUT' ? uploads : downloads)(request, response, ticket);
  });
  url = `http://127.0.0.1:${await listen(server)}`;
});

beforeEach(() => {
  dataspike.bytesReceived = 0;
  // Who does not read never learns that nobody sends any more.
  dataspike.running.clear();
  dataspike.answer = (request, response) => {
    request.on('data', (piece) => {
      dataspike.bytesReceived += piece.length;
    });
    request.on('end', () => response.end('{"document_id":"d-1"}'));
  };
});

afterAll(async () => {
  closeTransport();
  for (const one of [server, upstream]) {
    one.closeAllConnections();
    await new Promise((resolve) => one.close(resolve));
  }
});

function listen(one: Server): Promise<number> {
  return new Promise((resolve) => one.listen(0, '127.0.0.1', () => resolve((one.address() as AddressInfo).port)));
}

async function newTicket(): Promise<string> {
  const recipient = { kind: 'applicant' as const, applicantId: 'a-1' };
  const permit = { recipient, documentType: 'PASSPORT' as const, side: null, issuedCountry: null };
  return `${url}/${(await tickets.issueUpload(permit, null)).ticket}`;
}

async function newLink(): Promise<string> {
  const permit = { documentId: 'd-1', rendition: 'content' as const, issuedFor: 'test' };
  return `${url}/${(await tickets.issueDownload(permit, null)).ticket}`;
}

/** A client that writes its request by hand. */
async function openUpload(ticketUrl: string, bytes = 1_000_000) {
  const { port, pathname } = new URL(ticketUrl);
  const socket = connect(Number(port), '127.0.0.1');
  let answer = '';
  socket.on('data', (piece) => {
    answer += piece;
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(`PUT ${pathname} HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\n\r\n`);
  return { socket, closed, answer: () => answer, startedAt: performance.now() };
}

test.each([
  ['nothing', Buffer.alloc(0)],
  ['the first bytes only', Buffer.from('ffd8', 'hex')],
  ['half a file', fileOf('jpeg', 500_000)],
])('a client that sends %s and stops is cut with 408, and Dataspike is let go', async (_what, first) => {
  const ticketUrl = await newTicket();
  const upload = await openUpload(ticketUrl);
  upload.socket.write(first);
  await upload.closed;
  expect(upload.answer()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"TOO_SLOW"/);
  expect(performance.now() - upload.startedAt).toBeLessThan(CLIENT_MS + 2_000);
  await eventually(() => dataspike.running.size === 0);
  expect((await put(ticketUrl, new Uint8Array(fileOf('jpeg')))).status).toBe(201);
});

test('a client that drips a byte at a time is cut all the same', async () => {
  const upload = await openUpload(await newTicket());
  upload.socket.write(fileOf('png', 100));
  const drip = setInterval(() => upload.socket.write('x'), 50);
  await upload.closed;
  clearInterval(drip);
  expect(upload.answer()).toContain('408');
  expect(performance.now() - upload.startedAt).toBeLessThan(CLIENT_MS + 2_000);
});

test('a client on a slow line that keeps moving is not cut', async () => {
  const upload = await openUpload(await newTicket(), 700_000);
  const file = fileOf('jpeg', 700_000);
  for (let at = 0; at < file.length; at += 70_000) {
    upload.socket.write(file.subarray(at, at + 70_000));
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await eventually(() => upload.answer().includes('201 Created'));
  expect(performance.now() - upload.startedAt).toBeGreaterThan(2 * CLIENT_MS);
  expect(dataspike.bytesReceived).toBeGreaterThan(700_000);
  upload.socket.destroy();
});

test('a client that goes away ends the upload to Dataspike, and may come back with its ticket', async () => {
  const ticketUrl = await newTicket();
  const upload = await openUpload(ticketUrl);
  upload.socket.write(fileOf('jpeg', 300_000));
  await eventually(() => dataspike.bytesReceived > 200_000);
  upload.socket.destroy();
  await eventually(() => dataspike.running.size === 0);
  await eventually(async () => (await put(ticketUrl, new Uint8Array(fileOf('jpeg')))).status === 201);
});

test('a Dataspike that stops reading stops the client, and is given up after its time', async () => {
  dataspike.answer = (request) => request.pause();
  const upload = await openUpload(await newTicket(), 20_000_000);
  upload.socket.write(fileOf('jpeg', 20_000_000));
  await new Promise((resolve) => setTimeout(resolve, DATASPIKE_MS / 2));
  // What fits into the buffers between, no more.
  expect(upload.socket.writableLength).toBeGreaterThan(5_000_000);
  await upload.closed;
  expect(upload.answer()).toMatch(/^HTTP\/1\.1 504 [\s\S]*"code":"UPSTREAM_TIMEOUT"/);
  expect(performance.now() - upload.startedAt).toBeLessThan(DATASPIKE_MS + 3_000);
});

test('a Dataspike that has the file and never answers is given up after its time', async () => {
  dataspike.answer = (request) => request.resume();
  const ticketUrl = await newTicket();
  const startedAt = performance.now();
  expect((await put(ticketUrl, new Uint8Array(fileOf('jpeg', 200_000)))).status).toBe(504);
  expect(performance.now() - startedAt).toBeLessThan(DATASPIKE_MS + 1_000);
});

test('a refusal that comes while the file is still being sent reaches the client', async () => {
  dataspike.answer = (_request, response) => response.writeHead(400).end('{"errors":[{"code":9000,"message":"many"}]}');
  const response = await put(await newTicket(), new Uint8Array(fileOf('jpeg', 10_000_000)));
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ errors: [{ code: 9000, category: 'DEPENDENCY' }] });
});

test('a Dataspike that cuts the connection halfway is told as an outage at once', async () => {
  dataspike.answer = (request) => request.once('data', () => request.socket.destroy());
  const response = await put(await newTicket(), new Uint8Array(fileOf('jpeg', 10_000_000)));
  expect(response.status).toBe(502);
});

test('a reader that stops reading is cut, and Dataspike is let go', async () => {
  const link = await newLink();
  let sentBytes = 0;
  dataspike.answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    const send = () => {
      while (!response.destroyed && sentBytes < 200_000_000) {
        sentBytes += 65_536;
        if (!response.write(fileOf('jpeg', 65_536))) return response.once('drain', send);
      }
    };
    send();
  };
  const startedAt = performance.now();
  const response = await new Promise<IncomingMessage>((resolve) => get(link, resolve));
  response.pause();
  response.on('error', () => {});
  await eventually(() => dataspike.running.size === 0);
  expect(performance.now() - startedAt).toBeLessThan(CLIENT_MS + 2_000);
  expect(sentBytes).toBeLessThan(50_000_000);
  response.resume();
  await eventually(() => response.errored !== null || response.destroyed);
  expect(response.complete).toBe(false);
});

test('a reader that goes away ends the download from Dataspike', async () => {
  dataspike.answer = (_request, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(fileOf('png', 1_000)), 20);
    response.once('close', () => clearInterval(drip));
  };
  const leaving = new AbortController();
  const response = await fetch(await newLink(), { signal: leaving.signal });
  expect(response.status).toBe(200);
  leaving.abort();
  await eventually(() => dataspike.running.size === 0);
});

test.each([
  ['says nothing', () => {}],
  ['sends its headers and nothing more', (response: { flushHeaders(): void }) => response.flushHeaders()],
])('a Dataspike that %s is given up before anything was answered', async (_what, begin) => {
  dataspike.answer = (_request, response) => begin(response);
  const startedAt = performance.now();
  expect((await fetch(await newLink())).status).toBe(504);
  expect(performance.now() - startedAt).toBeLessThan(DATASPIKE_MS + 1_000);
});

test('a Dataspike that stops in the middle of a file ends it as broken', async () => {
  dataspike.answer = (_request, response) => void response.writeHead(200).write(fileOf('jpeg', 100_000));
  const response = await fetch(await newLink());
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();
});
