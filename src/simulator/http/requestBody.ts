import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import { refuse } from './endpoint';
import type { UploadedForm } from './uploadedForm';

const jsonLimitBytes = 1024 * 1024;
const formLimitBytes = 25 * 1024 * 1024;

/** @throws Refused with 400 for another content type or malformed JSON, with 413 above 1 MiB */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw refuse(400, { message: 'Content-Type must be application/json' });
  }
  const bytes = await readBytes(request, jsonLimitBytes);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw refuse(400, { message: 'Bad request' });
  }
}

/**
 * Reads `multipart/form-data` with the parser that comes with Node, over a bounded buffer.
 * @throws Refused with 400 for anything that is no such form, with 413 above 25 MiB
 */
export async function readForm(request: IncomingMessage): Promise<UploadedForm> {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    throw refuse(400, { message: 'Content-Type must be multipart/form-data' });
  }
  const bytes = await readBytes(request, formLimitBytes);
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => {
      throw refuse(400, { message: 'Bad request' });
    });
  const file = form.get('file');
  return {
    text(name) {
      const value = form.get(name);
      return typeof value === 'string' ? value : null;
    },
    file:
      file === null || typeof file === 'string'
        ? null
        : {
            name: file.name,
            contentType: file.type || 'application/octet-stream',
            bytes: Buffer.from(await file.arrayBuffer()),
          },
  };
}

async function readBytes(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  try {
    return await getRawBody(request, { limit: limitBytes, length: request.headers['content-length'] ?? null });
  } catch (error) {
    const isTooLarge = error instanceof Error && 'type' in error && error.type === 'entity.too.large';
    throw isTooLarge ? refuse(413, { message: 'Body is too large' }) : refuse(400, { message: 'Bad request' });
  }
}
