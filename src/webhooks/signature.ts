import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** VALID, or why not. Only VALID may go on; the others are for metrics. */
export type SignatureResult = 'VALID' | 'MISSING' | 'MALFORMED' | 'STALE' | 'FUTURE' | 'WRONG';

/** @param header the value of `X-Webhook-Signature`: `t={unix seconds},v1={hex}`, further `v1` parts allowed */
export type SignatureVerifier = (header: string | undefined, rawBody: Buffer) => SignatureResult;

const SECRET = /^whsec_((?:[0-9a-f]{2}){16,})$/i;
const PART = /^\s*([^=\s]*)=(\S*)\s*$/;
const SECONDS = /^\d{1,12}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/i;

/**
 * Checks `v1 = HMAC-SHA256(key, "{t}." + raw body)`, guide section 7. The age is looked at last: STALE and FUTURE were
 * signed by Dataspike, which tells a replay or a wrong clock from a forgery.
 * @param secrets at least one `whsec_…`; any may have signed, since a rotation takes effect at once
 * @param toleranceSeconds how far `t` may lie from now, in both directions; the bound itself is still allowed
 * @param now milliseconds since 1970; default the system's clock
 * @throws Error when a secret is not usable or there is none
 */
export function createSignatureVerifier({
  secrets,
  toleranceSeconds,
  now = Date.now,
}: {
  secrets: readonly string[];
  toleranceSeconds: number;
  now?: () => number;
}): SignatureVerifier {
  if (secrets.length === 0) throw new Error('at least one webhook secret is needed');
  // Not as bytes, which would be made a key anew for each delivery.
  const keys = secrets.map((secret) => createSecretKey(parseWebhookSecret(secret)));

  return (header, rawBody) => {
    if (header === undefined || header.trim() === '') return 'MISSING';
    const parts = parseHeader(header);
    if (!parts) return 'MALFORMED';
    if (!isSignedByAny(keys, parts, rawBody)) return 'WRONG';
    const ageMs = now() - Number(parts.seconds) * 1000;
    if (ageMs > toleranceSeconds * 1000) return 'STALE';
    if (ageMs < -toleranceSeconds * 1000) return 'FUTURE';
    return 'VALID';
  };
}

/**
 * The key inside a webhook secret.
 * @param text `whsec_` and 16 or more bytes as hex
 * @throws Error that does not repeat the text. `Buffer.from(…, 'hex')` would stop silently at the first odd character
 *   and sign with what is left, an empty key in the worst case.
 */
export function parseWebhookSecret(text: string): Buffer {
  const hex = SECRET.exec(text)?.[1];
  if (hex === undefined) throw new Error('must be whsec_ followed by an even number of hex digits, 32 or more');
  return Buffer.from(hex, 'hex');
}

interface HeaderParts {
  /** As written: the text is part of what was signed. */
  readonly seconds: string;
  readonly signatures: readonly Buffer[];
}

/** Null when there is not exactly one `t` or no `v1` of the right form. Parts with other names are left aside. */
function parseHeader(header: string): HeaderParts | null {
  const times: string[] = [];
  const signatures: Buffer[] = [];
  for (const part of header.split(',')) {
    const [, name, value = ''] = PART.exec(part) ?? [];
    if (name === 't') times.push(value);
    if (name === 'v1' && SHA256_HEX.test(value)) signatures.push(Buffer.from(value, 'hex'));
  }
  const [seconds] = times;
  if (times.length !== 1 || seconds === undefined || !SECONDS.test(seconds) || signatures.length === 0) return null;
  return { seconds, signatures };
}

function isSignedByAny(keys: readonly KeyObject[], { seconds, signatures }: HeaderParts, rawBody: Buffer): boolean {
  let matches = false;
  for (const key of keys) {
    const expected = createHmac('sha256', key).update(`${seconds}.`).update(rawBody).digest();
    // No early end: how long it takes must not tell which secret or part came close. Both are 32 bytes long.
    for (const signature of signatures) matches = timingSafeEqual(expected, signature) || matches;
  }
  return matches;
}
