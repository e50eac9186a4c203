import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import type { Admitted, DownloadPermit, FileTickets } from '../access/fileTickets';
import type { DocumentCalls, DocumentDownload } from '../dataspike/documentCalls';
import { answerJson, answerToError, FileRefusal, ticketExpired, ticketUnknown } from './fileAnswer';
import { detectFileKind, FILE_START_BYTES, type FileKind } from './fileKind';
import { readFileStart, unlessAborted } from './fileStart';
import { openTransfer, type Transfer, type TransferTimes } from './fileTransfer';
import { requestIdOf } from './graphqlRequest';

/**
 * `GET /documents/{ticket}`: the file as Dataspike sends it, at the reader's pace. A ticket works until it expires,
 * because browsers load a picture again whenever they like.
 *
 * What the file is said to be is never repeated: a kind that we know by its first bytes goes out under that, anything
 * else as plain bytes to be saved, so that nothing that somebody uploaded runs in the name of the gateway.
 * @param isEmbeddable whether pages of other origins may show the files
 */
export function createFileDownloads({
  client,
  tickets,
  isEmbeddable,
  times,
  logger,
}: {
  client: Pick<DocumentCalls, 'downloadDocument' | 'downloadDocumentPreview'>;
  tickets: Pick<FileTickets, 'readDownload'>;
  isEmbeddable: boolean;
  times: TransferTimes;
  logger: Logger;
}) {
  async function admit(request: IncomingMessage, text: string): Promise<Admitted<DownloadPermit>> {
    if (request.method !== 'GET') throw new FileRefusal(405, 'METHOD_NOT_ALLOWED', 'GET only', { allow: 'GET' });
    const ticket = await tickets.readDownload(text);
    if (ticket === null) throw ticketUnknown();
    if (ticket === 'expired') throw ticketExpired();
    return ticket;
  }

  async function give(request: IncomingMessage, response: ServerResponse, text: string, transfer: Transfer) {
    const requestId = requestIdOf(request);
    const { documentId, rendition, issuedFor } = await admit(request, text);
    const { clock, signal } = transfer;
    clock.waitForDataspike();
    const download = await (rendition === 'preview'
      ? client.downloadDocumentPreview(documentId, signal)
      : client.downloadDocument(documentId, signal));
    if (!download) throw ticketUnknown();
    try {
      const pieces = watchedPieces(download, transfer);
      const { start, whole } = await unlessAborted(readFileStart(pieces, FILE_START_BYTES), signal);
      const headers = headersOf(detectFileKind(start), documentId, download.contentLength, isEmbeddable);
      response.writeHead(200, { ...headers, 'x-request-id': requestId });
      logger.info({ requestId, documentId, rendition, issuedFor }, 'a document was fetched');
      await pipeline(Readable.from(whole, { objectMode: false }), response, { signal });
    } finally {
      download.stream.on('error', () => {}).destroy();
    }
  }

  return async (request: IncomingMessage, response: ServerResponse, ticket: string): Promise<void> => {
    const requestId = requestIdOf(request);
    const transfer = openTransfer(response, times);
    try {
      await give(request, response, ticket, transfer);
    } catch (error) {
      const reason = transfer.signal.aborted ? transfer.signal.reason : error;
      // Half a file must not look like a whole one.
      if (response.headersSent) response.destroy();
      else await answerJson(response, answerToError(reason, logger, requestId), requestId);
    } finally {
      transfer.clock.stop();
    }
  };
}

/** The pieces of the file, while the clock runs for whoever keeps the other waiting. */
async function* watchedPieces({ stream }: DocumentDownload, { clock }: Transfer): AsyncGenerator<Buffer> {
  clock.waitForDataspike();
  for await (const piece of stream) {
    clock.waitForClient();
    yield piece;
    clock.clientMoved(piece.length);
    clock.waitForDataspike();
  }
  clock.waitForClient();
}

function headersOf(
  kind: FileKind | null,
  documentId: string,
  contentLength: number | null,
  isEmbeddable: boolean,
): Record<string, string> {
  const name = /^[\w-]{1,64}$/.test(documentId) ? `document-${documentId}` : 'document';
  const fileName = kind ? `${name}.${kind.extension}` : name;
  return {
    'content-type': kind?.mediaType ?? 'application/octet-stream',
    'content-disposition': `${kind?.isImage ? 'inline' : 'attachment'}; filename="${fileName}"`,
    ...(contentLength !== null && { 'content-length': String(contentLength) }),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': isEmbeddable ? 'cross-origin' : 'same-origin',
    'cache-control': 'private, no-store',
    'referrer-policy': 'no-referrer',
    'accept-ranges': 'none',
  };
}
