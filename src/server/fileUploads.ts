import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Admitted, FileTickets, UploadPermit, UploadRecipient } from '../access/fileTickets';
import type { UploadedDocument } from '../dataspike/document';
import type { DocumentCalls } from '../dataspike/documentCalls';
import { UpstreamNotFound, UpstreamRefused } from '../dataspike/errors';
import { describeError } from '../logger';
import { answerJson, answerToError, FileRefusal, ticketExpired, ticketUnknown } from './fileAnswer';
import { agreesWith, detectFileKind, FILE_START_BYTES } from './fileKind';
import { readFileStart, unlessAborted } from './fileStart';
import { openTransfer, type Transfer, type TransferTimes } from './fileTransfer';
import { requestIdOf } from './graphqlRequest';
import { mediaType } from './httpError';
import type { UsedTickets } from './usedTickets';

/**
 * `PUT /uploads/{ticket}`: the body is the file, which streams on to Dataspike as it comes.
 *
 * A ticket works once. When an upload ends without an answer from Dataspike to it (the client went away or was too slow,
 * the file was refused here, an outage), the ticket works once more until it expires.
 * @param onStored told of each stored file, before the client is
 */
export function createFileUploads({
  client,
  tickets,
  usedTickets,
  onStored,
  maxBytes,
  times,
  logger,
}: {
  client: Pick<DocumentCalls, 'uploadDocument' | 'sdkUploadDocument'>;
  tickets: Pick<FileTickets, 'readUpload'>;
  usedTickets: UsedTickets;
  onStored: (recipient: UploadRecipient) => Promise<void>;
  maxBytes: number;
  times: TransferTimes;
  logger: Logger;
}) {
  async function receive(request: IncomingMessage, text: string, transfer: Transfer): Promise<UploadedDocument> {
    if (request.method !== 'PUT') throw new FileRefusal(405, 'METHOD_NOT_ALLOWED', 'PUT only', { allow: 'PUT' });
    const ticket = await tickets.readUpload(text);
    if (ticket === null) throw ticketUnknown();
    if (ticket === 'expired') throw ticketExpired();
    refuseByHeaders(request, maxBytes);
    if (!(await usedTickets.use(ticket.ticketId, ticket.remainingMs))) {
      throw new FileRefusal(410, 'TICKET_USED', 'The ticket was used; ask for a new one');
    }
    try {
      return await passOn(request, ticket, transfer);
    } catch (error) {
      const isAnswered = error instanceof UpstreamRefused || error instanceof UpstreamNotFound;
      if (!isAnswered) await usedTickets.giveBack(ticket.ticketId).catch(noteLostTicket);
      throw error;
    }
  }

  async function passOn(request: IncomingMessage, permit: Admitted<UploadPermit>, { clock, signal }: Transfer) {
    const pieces = watchedPieces(request, { clock, signal }, maxBytes);
    const { start, whole } = await unlessAborted(readFileStart(pieces, FILE_START_BYTES), signal);
    if (start.length === 0) throw new FileRefusal(400, 'EMPTY', 'The body is empty; send the file');
    const kind = detectFileKind(start);
    if (!kind) throw new FileRefusal(415, 'UNSUPPORTED_TYPE', 'The file is none of JPEG, PNG, HEIC, WebP, PDF');
    if (!agreesWith(kind, mediaType(request))) {
      throw new FileRefusal(415, 'UNSUPPORTED_TYPE', `The content type is not that of the file, ${kind.mediaType}`);
    }
    const { recipient, documentType, side, issuedCountry } = permit;
    const file = Readable.from(whole, { objectMode: false });
    const fileName = `${documentType.toLowerCase()}.${kind.extension}`;
    const upload = { file, fileName, contentType: kind.mediaType, documentType, side, issuedCountry };
    try {
      const stored =
        recipient.kind === 'applicant'
          ? await client.uploadDocument(recipient.applicantId, upload, signal)
          : await client.sdkUploadDocument(recipient.shortId, upload, signal);
      clock.stop();
      await tellOf(recipient);
      return stored;
    } finally {
      file.on('error', () => {}).destroy();
    }
  }

  /** The file is there, whatever becomes of those who are told of it. */
  async function tellOf(recipient: UploadRecipient): Promise<void> {
    await onStored(recipient).catch((error: unknown) => {
      logger.error({ error: describeError(error) }, 'a stored file could not be followed up');
    });
  }

  function noteLostTicket(error: unknown) {
    logger.warn({ error: describeError(error) }, 'an upload ticket could not be given back');
  }

  return async (request: IncomingMessage, response: ServerResponse, ticket: string): Promise<void> => {
    const requestId = requestIdOf(request);
    const transfer = openTransfer(response, times);
    try {
      const stored = await receive(request, ticket, transfer);
      logger.info({ requestId, documentId: stored.documentId }, 'a document was uploaded');
      const body = { ...stored, detectedSide: readSide(stored.detectedSide) };
      await answerJson(response, { status: 201, headers: {}, body }, requestId);
    } catch (error) {
      transfer.clock.stop();
      await answerJson(response, answerToError(reasonOf(error, transfer), logger, requestId), requestId);
    }
  };

  /** What broke because the transfer was ended has no better reason than why it was. */
  function reasonOf(error: unknown, { signal }: Transfer): unknown {
    return signal.aborted ? signal.reason : error;
  }
}

function refuseByHeaders({ headers }: IncomingMessage, maxBytes: number): void {
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new FileRefusal(415, 'UNSUPPORTED_TYPE', 'Send the file as it is, without a content encoding');
  }
}

/** The pieces of the body, while the clock runs for whoever keeps the other waiting. */
async function* watchedPieces(request: IncomingMessage, { clock }: Transfer, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  clock.waitForClient();
  // Left alone at the end, since destroying it would close the connection before anything is answered.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    clock.clientMoved(piece.length);
    bytes += piece.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    clock.waitForDataspike();
    yield piece;
    clock.waitForClient();
  }
  clock.waitForDataspike();
}

function tooLarge(maxBytes: number): FileRefusal {
  return new FileRefusal(413, 'TOO_LARGE', `The file is larger than ${maxBytes} bytes`);
}

/** As the schema's DocumentSide has it. */
function readSide(word: string | null): 'FRONT' | 'BACK' | null {
  const side = word?.toUpperCase();
  return side === 'FRONT' || side === 'BACK' ? side : null;
}
