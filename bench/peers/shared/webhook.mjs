import { createHmac, timingSafeEqual } from 'node:crypto';
import { toVerification } from './wire.mjs';

const KEY = Buffer.from(String(process.env.BENCH_WEBHOOK_SECRET).slice('whsec_'.length), 'hex');

let position = 0;

/**
 * A signed delivery → the update that it means; null when the signature is wrong. As a tutorial does it: no order, no
 * memory of what was delivered before, nothing that survives the process.
 * @param rawBody the bytes as they came
 */
export function readDelivery(signatureHeader, rawBody) {
  const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signatureHeader ?? '') ?? [];
  if (signature === undefined) return null;
  const expected = createHmac('sha256', KEY).update(`${seconds}.`).update(rawBody).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) return null;
  const { timestamp, payload } = JSON.parse(rawBody.toString('utf8'));
  position += 1;
  return { cursor: String(position), kind: 'CHANGE', occurredAt: timestamp, verification: toVerification(payload) };
}
