import { createHmac } from 'node:crypto';

/**
 * The value of `X-Webhook-Signature` (guide, section 7).
 * @param secret `whsec_` and hex digits; the key is what the digits stand for
 * @param timestampSeconds Unix seconds
 * @param body the exact text that is sent
 */
export function signDelivery(secret: string, timestampSeconds: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'hex');
  const digest = createHmac('sha256', key).update(`${timestampSeconds}.${body}`).digest('hex');
  return `t=${timestampSeconds},v1=${digest}`;
}
