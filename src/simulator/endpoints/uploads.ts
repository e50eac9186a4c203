import { createHash } from 'node:crypto';
import type { World } from '../createWorld';
import { type Call, Refused, refuse } from '../http/endpoint';
import type { UploadedForm } from '../http/uploadedForm';
import { findCountry } from '../world/countries';
import { type DetectedDocument, detectDocument, isIdentityDocument } from '../world/documentDetection';
import { describeError } from '../world/outcome';
import { makePerson } from '../world/people';
import type { Applicant, CheckError, Info, StoredDocument, Verification } from '../world/records';
import { describeIssues, documentForm } from './input';

/**
 * Takes files in.
 *
 * | in the file's name | happens |
 * |---|---|
 * | `blurry` | stored, but answered 2xx with error 1001, and of no use to a verification |
 * | `reject` (also anywhere in the bytes) | its check fails with code 500 |
 * | `id_card`, `residence`, `driv`, `visa` | what `poi` turns out to be; else a passport |
 * | `back` | the back of a two-sided document, unless `side` says otherwise |
 */
export interface Uploads {
  /** @throws Refused in the shape of `UploadError` */
  readForm(call: Call): Promise<DocumentForm>;
  store(applicant: Applicant, form: DocumentForm): Upload;
  /** Code 8000, 8001 or 9000 when the verification takes no more files; counts the attempt. */
  refusalOf(verification: Verification): CheckError | null;
}

export interface DocumentForm {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly fileName: string;
  readonly detected: DetectedDocument;
  /** Alpha-2 */
  readonly issuedCountry: string | null;
}

export interface Upload {
  readonly document: StoredDocument;
  /** `UploadedDocument` of the contract */
  readonly answer: Info;
}

const maxUploadAttempts = 10;

export function createUploads({ enrolment, identifiers, lifecycle }: World): Uploads {
  return {
    async readForm(call) {
      const form = await call.readForm().catch((error: unknown) => {
        throw error instanceof Refused && error.reply.status === 400 ? refuseUpload('body is no form') : error;
      });
      return parseForm(form);
    },
    store(applicant, form) {
      const { detected, bytes } = form;
      const document = enrolment.fileDocument({
        applicant,
        type: detected.storedType,
        contentType: form.contentType,
        bytes,
        digest: createHash('sha256').update(bytes).digest('hex'),
        isUsable: !form.fileName.includes('blurry'),
        isTampered: form.fileName.includes('reject') || bytes.includes('reject'),
        issuedCountry: form.issuedCountry,
      });
      const country = form.issuedCountry ?? makePerson(identifiers, applicant.ordinal).country;
      return {
        document,
        answer: {
          document_id: document.id,
          detected_document_type: detected.type,
          ...(isIdentityDocument(detected.type)
            ? {
                detected_document_side: detected.side,
                detected_two_side_document: detected.isTwoSided,
                detected_country: country,
              }
            : {}),
          ...(document.isUsable ? {} : { errors: [describeError(1001)] }),
        },
      };
    },
    refusalOf(verification) {
      if (!lifecycle.isOpen(verification)) {
        const isDead = verification.status === 'expired' || verification.status === 'canceled';
        return describeError(isDead ? 8000 : 8001);
      }
      verification.uploadAttempts += 1;
      return verification.uploadAttempts > maxUploadAttempts ? describeError(9000) : null;
    },
  };
}

/** `UploadError` of the contract. */
export function refuseUpload(message: string, errors: readonly CheckError[] = []): Refused {
  return refuse(400, { document_id: null, message, errors });
}

function parseForm(form: UploadedForm): DocumentForm {
  const parsed = documentForm.safeParse({
    document_type: form.text('document_type'),
    side: form.text('side'),
    issued_country: form.text('issued_country'),
  });
  if (!parsed.success) throw refuseUpload(describeIssues(parsed.error)[0] ?? 'Bad request');
  if (!form.file || form.file.bytes.length === 0) throw refuseUpload('file: is missing or empty');
  const { document_type: type, side, issued_country: issuedCountry } = parsed.data;
  return {
    bytes: form.file.bytes,
    contentType: form.file.contentType,
    fileName: form.file.name,
    detected: detectDocument(type, side, form.file.name),
    issuedCountry: issuedCountry === null ? null : (findCountry(issuedCountry)?.alpha_2 ?? null),
  };
}
