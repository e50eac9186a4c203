/** What a `multipart/form-data` request brought. */
export interface UploadedForm {
  /** Text part of that name, or null */
  text(name: string): string | null;
  readonly file: UploadedFile | null;
}

export interface UploadedFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}
