import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestGateway } from './startGateway';

const SAMPLES = join(__dirname, '../../dataspike/webhooks');

export interface DeliveryOptions {
  /** Default: the gateway's own. */
  readonly secret?: string;
  /** `t`, Unix seconds. Default: now */
  readonly seconds?: number;
  /** Replace the signature and the content type, or stand beside them; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** POSTs a delivery as Dataspike does. @param body a text or bytes are sent as they are, all else as JSON */
export function deliver(app: TestGateway, body: unknown, options: DeliveryOptions = {}): Promise<Response> {
  const bytes =
    typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const headers = {
    'content-type': 'application/json',
    'x-webhook-signature': signatureOf(bytes, options.secret ?? app.webhookSecret, options.seconds),
    ...options.headers,
  };
  return fetch(`${app.gateway.url}/webhooks/dataspike`, {
    method: 'POST',
    headers: Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null),
    body: bytes,
  });
}

/** Guide, section 7. Own code, so that the gateway's is held against another. */
export function signatureOf(body: Buffer | string, secret: string, seconds = Math.floor(Date.now() / 1000)): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'hex');
  return `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.`).update(body).digest('hex')}`;
}

/** A sample delivery of the guide. @param name without `.json` */
export function readSample(name: string): string {
  return readFileSync(join(SAMPLES, `${name}.json`), 'utf8');
}
