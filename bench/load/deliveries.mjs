import { createHmac } from 'node:crypto';
import { VERIFICATION_PREFIX, verificationAnswer } from '../upstream/answers.mjs';
import { postBytes } from './httpConnection.mjs';

/** Signs every delivery of the benchmark. */
export const WEBHOOK_SECRET = 'whsec_4f9c1b7e2d6a8053c1e4f7092b5d8ea63c7019f4a2d85b6e0f13c97a4e82d5b6';
const KEY = Buffer.from(WEBHOOK_SECRET.slice('whsec_'.length), 'hex');

let count = 0;

/**
 * The bytes of a signed DOCVER delivery about a verification, as Dataspike sends it (guide, section 7).
 * @param id of the verification
 * @param status in the vendor's word
 */
export function deliveryBytes(id, status) {
  count += 1;
  const body = JSON.stringify({
    id: `0192f1c4-7a10-7c55-${process.pid}-${count}`,
    webhook_id: '0192f1c4-0b22-7e01-8c44-2f6a9d3b1c90',
    event_type: 'DOCVER',
    timestamp: new Date().toISOString(),
    payload: verificationAnswer(id.slice(VERIFICATION_PREFIX.length), status),
  });
  const seconds = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', KEY).update(`${seconds}.`).update(body).digest('hex');
  return postBytes('/webhooks/dataspike', { 'x-webhook-signature': `t=${seconds},v1=${signature}` }, body);
}
