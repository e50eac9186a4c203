import { randomBytes } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import { createFileTickets, type DownloadPermit, type UploadPermit } from '../../../src/access/fileTickets';

const NOW = Date.parse('2026-11-23T08:00:00.700Z');
const key = new Uint8Array(randomBytes(32));
const upload: UploadPermit = {
  recipient: { kind: 'verification', verificationId: 'v-1', shortId: 'V4C81D2E6A0F39B75' },
  documentType: 'ID_CARD',
  side: 'back',
  issuedCountry: 'DE',
};
const download: DownloadPermit = { documentId: 'd-1', rendition: 'preview', issuedFor: 'request-1' };

function ticketsAt(now: () => number, ofKey = key) {
  return createFileTickets({ key: ofKey, now });
}

test('a ticket gives back the permit that it was issued for, under an id of its own', async () => {
  const tickets = ticketsAt(() => NOW);
  const [one, two] = [await tickets.issueUpload(upload, null), await tickets.issueUpload(upload, null)];
  const [read, other] = [await tickets.readUpload(one.ticket), await tickets.readUpload(two.ticket)];
  expect(read).toEqual({ ...upload, ticketId: expect.any(String), remainingMs: 599_300 });
  expect(one.expiresAt).toBe('2026-11-23T08:10:00.000Z');
  expect(read).not.toMatchObject({ ticketId: (other as { ticketId: string }).ticketId });
  const link = await tickets.issueDownload(download, null);
  expect(link.expiresAt).toBe('2026-11-23T08:05:00.000Z');
  expect(await tickets.readDownload(link.ticket)).toMatchObject(download);
});

test('a ticket ends at its time, and not before', async () => {
  let now = NOW;
  const tickets = ticketsAt(() => now);
  const { ticket, expiresAt } = await tickets.issueUpload(upload, null);
  now = Date.parse(expiresAt) - 1;
  expect(await tickets.readUpload(ticket)).toMatchObject({ remainingMs: 1 });
  now = Date.parse(expiresAt);
  expect(await tickets.readUpload(ticket)).toBe('expired');
});

test('a ticket never outlives the right of the caller that it was issued to', async () => {
  const tickets = ticketsAt(() => NOW);
  const { ticket, expiresAt } = await tickets.issueDownload(download, '2026-11-23T08:01:30.900Z');
  expect(expiresAt).toBe('2026-11-23T08:01:30.000Z');
  expect(await ticketsAt(() => Date.parse(expiresAt)).readDownload(ticket)).toBe('expired');
});

test('a permit to upload is none to download, nor the other way round', async () => {
  const tickets = ticketsAt(() => NOW);
  expect(await tickets.readDownload((await tickets.issueUpload(upload, null)).ticket)).toBeNull();
  expect(await tickets.readUpload((await tickets.issueDownload(download, null)).ticket)).toBeNull();
});

test('what another key signed, nobody signed, or was altered is no ticket, expired or not', async () => {
  const tickets = ticketsAt(() => NOW + 3_600_000);
  const foreign = await ticketsAt(() => NOW, new Uint8Array(randomBytes(32))).issueUpload(upload, null);
  const { ticket } = await ticketsAt(() => NOW + 3_600_000).issueUpload(upload, null);
  const [header, payload, signature = ''] = ticket.split('.');
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const richer = part({ ...decodeJwt(ticket), permit: { ...upload, documentType: 'SELFIE' } });
  for (const forged of [
    foreign.ticket,
    `${part({ alg: 'none' })}.${payload}.`,
    `${header}.${richer}.${signature}`,
    `${header}.${payload}.${signature.slice(1)}`,
    `${header}.${payload}`,
    'x',
    '',
  ]) {
    expect(await tickets.readUpload(forged)).toBeNull();
  }
});

test('a ticket of ours with another content than a permit is none', async () => {
  for (const permit of [
    undefined,
    {},
    { ...upload, recipient: { kind: 'nobody' } },
    { ...upload, documentType: 'x' },
  ]) {
    const ticket = await new SignJWT({ permit })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('upload')
      .setJti('1')
      .setExpirationTime(Math.floor(NOW / 1000) + 60)
      .sign(key);
    expect(await ticketsAt(() => NOW).readUpload(ticket)).toBeNull();
  }
});
