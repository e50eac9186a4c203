import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type ApiKey, findApiKey } from './apiKeys';
import { type Caller, SCOPES, Unauthenticated } from './caller';
import { hasExpired } from './callerExpiry';
import type { VerifyToken } from './jwt';

/**
 * @param authorization the value of `Authorization` (RFC 6750 §2.1), or of the same name in `connectionParams`
 * @throws Unauthenticated
 */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/** How long a key that the identity provider has withdrawn may still open something. */
const REMEMBERED_MS = 300_000;

/**
 * Finds the caller of a token: an API key, or what one of the verifiers accepts. Accepted tokens are remembered, by their
 * digest, for five minutes and never beyond their end, so that a signature is not verified with every request.
 * @param disabled every caller is the same one, who may do everything; only on loopback, which the config checks
 * @param verifiers asked in this order; left out: API keys only
 * @param maxRemembered accepted tokens; default 10,000
 */
export function createAuthenticator({
  apiKeys,
  disabled,
  verifiers = [],
  maxRemembered = 10_000,
}: {
  apiKeys: readonly ApiKey[];
  disabled: boolean;
  verifiers?: readonly VerifyToken[];
  maxRemembered?: number;
}): Authenticate {
  if (disabled) {
    const anyone: Caller = { id: 'anyone', kind: 'USER', scopes: new Set(SCOPES), expiresAt: null };
    return async () => anyone;
  }
  const callers = new Map<ApiKey, Caller>(
    apiKeys.map((key) => [key, { id: key.name, kind: 'API_KEY', scopes: new Set(key.scopes), expiresAt: null }]),
  );
  const remembered = new LRUCache<string, Caller>({ max: maxRemembered, ttl: REMEMBERED_MS });

  async function verify(token: string): Promise<Caller | null> {
    const digest = createHash('sha256').update(token).digest('base64');
    const known = remembered.get(digest);
    if (known) return known;
    for (const verifier of verifiers) {
      const caller = await verifier(token);
      if (!caller) continue;
      remembered.set(digest, caller);
      return caller;
    }
    return null;
  }

  return async (authorization) => {
    const token = /^Bearer +([\x21-\x7e]{1,8192})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Unauthenticated();
    const key = findApiKey(apiKeys, token);
    const caller = key ? callers.get(key) : isJwt(token) ? await verify(token) : null;
    if (!caller || hasExpired(caller)) throw new Unauthenticated();
    return caller;
  };
}

function isJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}
