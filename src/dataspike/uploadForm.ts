import { finished, Readable } from 'node:stream';
import FormData from 'form-data';
import type { Deadline } from './deadline';

export interface UploadFile {
  /** A stream is read once, at the pace of Dataspike; where it fails, its own error is thrown. */
  readonly content: Buffer | Readable;
  readonly fileName: string;
  /** Media type; what is none is sent as application/octet-stream. */
  readonly contentType: string;
}

/** One file and its fields as multipart/form-data; fields without a value are left out. */
export function createUploadForm(
  fields: Readonly<Record<string, string | null | undefined>>,
  file: UploadFile,
): FormData {
  const form = new FormData();
  // Fields first: a receiver that streams knows what the file is before it comes.
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  const contentType = /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/.test(file.contentType)
    ? file.contentType
    : 'application/octet-stream';
  const filename = file.fileName.slice(-200).replace(/[\p{Cc}\p{Cs}"/\\]/gu, '') || 'file';
  form.append('file', file.content, { filename, contentType });
  // The source's own listener decides what is thrown; without one here a second error would end the process.
  form.on('error', () => {});
  return form;
}

/** Ends the try when the file's stream fails or stops halfway. Returns how to stop watching. */
export function watchUpload(content: Buffer | Readable, deadline: Deadline): () => void {
  if (!(content instanceof Readable)) return () => {};
  return finished(content, { writable: false }, (error) => {
    if (error) deadline.abort(error);
  });
}
