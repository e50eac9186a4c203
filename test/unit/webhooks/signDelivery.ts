import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const SECRET = 'whsec_4f9c1b7e2d6a8053c1e4f7092b5d8ea63c7019f4a2d85b6e0f13c97a4e82d5b6';

/** The bytes of a file in dataspike/webhooks. */
export function readSample(file: string): Buffer {
  return readFileSync(path.join(__dirname, '../../../dataspike/webhooks', file));
}

/** The hex of the guide's recipe, by itself. */
export function signatureOf(seconds: number | string, body: Buffer | string, secret = SECRET): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'hex');
  return createHmac('sha256', key).update(`${seconds}.`).update(body).digest('hex');
}

/** The header that Dataspike would send. */
export function signDelivery(seconds: number | string, body: Buffer | string, secret = SECRET): string {
  return `t=${seconds},v1=${signatureOf(seconds, body, secret)}`;
}
