import type { Readable } from 'node:stream';
import type { DocumentType, UploadedDocument } from './document';
import { parseUploadedDocument, readDocumentType } from './documentWire';
import { UpstreamRefused } from './errors';
import { nullWhenNotFound } from './nullWhenNotFound';
import { type EncodedPath, path } from './path';
import { readRefusal, refuseInput } from './refusal';
import type { CallSignal } from './stopSignal';
import type { Transport } from './transport';
import { documentTypeToWire } from './verificationRequest';
import { readAlpha3 } from './wireCountry';

export interface DocumentUpload {
  /** A stream is read once, at Dataspike's pace, and neither destroyed nor emptied after a failure. */
  readonly file: Buffer | Readable;
  readonly fileName: string;
  /** Media type, for example image/jpeg. */
  readonly contentType: string;
  /** POI lets Dataspike find out which identity document it is. */
  readonly documentType: DocumentType;
  readonly side?: 'front' | 'back' | null;
  /** ISO 3166-1 alpha-2; Dataspike gets alpha-3, as this one endpoint wants it. Left out: Dataspike finds out. */
  readonly issuedCountry?: string | null;
}

/** A file; read `stream` or destroy it. */
export interface DocumentDownload {
  readonly stream: Readable;
  readonly contentType: string | null;
  /** Bytes, where Dataspike says so. */
  readonly contentLength: number | null;
  readonly documentType: DocumentType | null;
}

/** Every call rejects with a DataspikeError, or with the reason of `signal`. */
export interface DocumentCalls {
  /** Rejects with UpstreamRefused when Dataspike did not store the file, whatever the status of its answer. */
  uploadDocument(applicantId: string, upload: DocumentUpload, signal?: CallSignal): Promise<UploadedDocument>;
  /** The same by the short id of a verification. */
  sdkUploadDocument(shortId: string, upload: DocumentUpload, signal?: CallSignal): Promise<UploadedDocument>;
  downloadDocument(id: string, signal?: CallSignal): Promise<DocumentDownload | null>;
  /** A smaller picture of the document. */
  downloadDocumentPreview(id: string, signal?: CallSignal): Promise<DocumentDownload | null>;
}

export function createDocumentCalls(transport: Transport): DocumentCalls {
  return {
    async uploadDocument(applicantId, upload, signal) {
      return send('uploadDocument', path`/api/v3/upload/${applicantId}`, upload, signal);
    },

    async sdkUploadDocument(shortId, upload, signal) {
      return send('sdkUploadDocument', path`/api/v3/upload/sdk/${shortId}`, upload, signal);
    },

    downloadDocument: (id, signal) => receive('downloadDocument', () => path`/api/v3/documents/${id}`, signal),

    downloadDocumentPreview: (id, signal) =>
      receive('downloadDocumentPreview', () => path`/api/v3/documents/${id}/preview`, signal),
  };

  async function send(endpoint: string, address: EncodedPath, upload: DocumentUpload, signal?: CallSignal) {
    const answer = await transport.multipart({
      endpoint,
      method: 'POST',
      path: address,
      fields: fieldsOf(upload),
      file: { content: upload.file, fileName: upload.fileName, contentType: upload.contentType },
      signal,
    });
    try {
      return parseUploadedDocument(answer);
    } catch (wrongShape) {
      const refusal = readRefusal(answer);
      // Some refusals come with a 2xx: errors, and no document.
      throw refusal.checkErrors.length > 0 ? new UpstreamRefused(400, refusal) : wrongShape;
    }
  }

  function receive(endpoint: string, build: () => EncodedPath, signal?: CallSignal) {
    return nullWhenNotFound(async (): Promise<DocumentDownload> => {
      const download = await transport.stream({ endpoint, method: 'GET', path: build(), signal });
      return { ...download, documentType: readDocumentType(download.documentType) };
    });
  }
}

function fieldsOf(upload: DocumentUpload): Record<string, string | null | undefined> {
  const documentType = documentTypeToWire(upload.documentType);
  if (documentType === undefined) throw refuseInput('A document needs a type that Dataspike knows');
  const issuedCountry = upload.issuedCountry ? readAlpha3(upload.issuedCountry) : undefined;
  if (issuedCountry === null) throw refuseInput('The issuing country is no ISO 3166-1 code');
  return { document_type: documentType, side: upload.side, issued_country: issuedCountry };
}
