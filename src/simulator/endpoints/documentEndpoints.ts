import type { World } from '../createWorld';
import { type Call, type Endpoint, type Reply, refuse, replyJson } from '../http/endpoint';
import { greyPixelPng } from '../world/greyPixel';
import type { StoredDocument } from '../world/records';
import { recordActivity } from '../world/tracking';
import { refuseUpload, type Uploads } from './uploads';

/** Documents by the organisation's own server: upload for an applicant, download, preview. */
export function createDocumentEndpoints({ store, lifecycle, clock }: World, uploads: Uploads): Endpoint[] {
  function findDocument(call: Call): StoredDocument {
    const document = store.findDocument(call.parameter('documentId'));
    if (!document) throw refuse(404);
    return document;
  }

  return [
    {
      operationId: 'uploadDocument',
      method: 'POST',
      path: '/api/v3/upload/:applicantId',
      access: 'key',
      async answer(call) {
        const applicant = store.findApplicant(call.parameter('applicantId'));
        if (!applicant) throw refuse(404, { message: 'applicant not found' });
        const form = await uploads.readForm(call);
        const open = applicant.verifications.filter((verification) => lifecycle.isOpen(verification));
        const refusals = open.map((verification) => uploads.refusalOf(verification));
        const track = (httpStatus: number, errorCodes: number[], referenceId: string | null) => {
          const userAgent = call.headers['user-agent'] ?? '';
          for (const verification of open) {
            const atMs = clock.now();
            recordActivity(verification, {
              event: 'upload_file',
              userAgent,
              httpStatus,
              errorCodes,
              referenceId,
              atMs,
            });
          }
        };
        // Documents belong to the applicant: one verification that still takes files is enough, and so is none at all.
        const refusal = refusals.every((candidate) => candidate !== null) ? refusals[0] : null;
        if (refusal) {
          track(400, [refusal.code], null);
          throw refuseUpload(refusal.message, [refusal]);
        }
        const { document, answer } = uploads.store(applicant, form);
        open.forEach((verification, position) => {
          if (refusals[position] === null) lifecycle.takeDocument(verification, document);
        });
        track(201, document.isUsable ? [] : [1001], document.id);
        return replyJson(201, answer);
      },
    },
    {
      operationId: 'downloadDocument',
      method: 'GET',
      path: '/api/v3/documents/:documentId',
      access: 'key',
      answer(call) {
        const document = findDocument(call);
        return replyFile(document, document.contentType, document.bytes);
      },
    },
    {
      operationId: 'downloadDocumentPreview',
      method: 'GET',
      path: '/api/v3/documents/:documentId/preview',
      access: 'key',
      answer: (call) => replyFile(findDocument(call), 'image/png', greyPixelPng),
    },
  ];
}

/** Anything but an image goes out as plain bytes. */
function replyFile(document: StoredDocument, contentType: string, body: Buffer): Reply {
  return {
    status: 200,
    headers: {
      'content-type': contentType.startsWith('image/') ? contentType : 'application/octet-stream',
      'X-Document-Type': document.type,
    },
    body,
  };
}
