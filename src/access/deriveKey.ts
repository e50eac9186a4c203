import { createHmac } from 'node:crypto';

/**
 * A key for one purpose out of a secret that serves several, so that what is signed for one is worth nothing for another.
 * @param purpose for example `watch token`; the same secret and purpose give the same key
 * @returns 32 bytes: HMAC-SHA256 of the purpose
 */
export function deriveKey(secret: Buffer, purpose: string): Buffer {
  return createHmac('sha256', secret).update(purpose).digest();
}
