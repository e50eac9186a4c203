import { createHash, timingSafeEqual } from 'node:crypto';
import { isScope, SCOPES, type Scope } from './caller';

/** A key that the operator gave out. Only its digest is known here. */
export interface ApiKey {
  readonly name: string;
  readonly sha256: Buffer;
  readonly scopes: readonly Scope[];
}

/**
 * @param entries each `name:sha256-hex-of-key:scope+scope`
 * @throws Error that names the entry by its position and says what is wrong, without repeating it
 */
export function parseApiKeys(entries: readonly string[]): ApiKey[] {
  const keys = entries.map(parseApiKey);
  const names = new Set(keys.map((key) => key.name));
  if (names.size < keys.length) throw new Error('the names of two keys are the same');
  return keys;
}

/** The key with this secret, or null. Every digest is compared, each in constant time. */
export function findApiKey(keys: readonly ApiKey[], secret: string): ApiKey | null {
  const digest = createHash('sha256').update(secret).digest();
  let found: ApiKey | null = null;
  for (const key of keys) if (timingSafeEqual(key.sha256, digest)) found = key;
  return found;
}

function parseApiKey(entry: string, index: number): ApiKey {
  const match = /^([A-Za-z0-9._-]{1,64}):([0-9a-fA-F]{64}):(.+)$/.exec(entry);
  if (!match) throw new Error(`key ${index + 1} must be name:sha256-hex-of-key:scope+scope`);
  const [, name = '', hex = '', words = ''] = match;
  const scopes = words.split('+');
  if (!scopes.every(isScope)) throw new Error(`key ${index + 1} has a scope that is none of ${SCOPES.join(', ')}`);
  return { name, sha256: Buffer.from(hex, 'hex'), scopes };
}
