import { type ApiKey, findApiKey } from './apiKeys';
import { type Caller, SCOPES, Unauthenticated } from './caller';

/**
 * @param authorization the value of `Authorization` (RFC 6750 §2.1), or of the same name in `connectionParams`
 * @throws Unauthenticated
 */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/** @param disabled every caller is the same one, who may do everything; only on loopback, which the config checks */
export function createAuthenticator({
  apiKeys,
  disabled,
}: {
  apiKeys: readonly ApiKey[];
  disabled: boolean;
}): Authenticate {
  if (disabled) {
    const anyone: Caller = { id: 'anyone', kind: 'USER', scopes: new Set(SCOPES), expiresAt: null };
    return async () => anyone;
  }
  const callers = new Map<ApiKey, Caller>(
    apiKeys.map((key) => [key, { id: key.name, kind: 'API_KEY', scopes: new Set(key.scopes), expiresAt: null }]),
  );
  return async (authorization) => {
    const token = /^Bearer +([\x21-\x7e]{1,8192})$/i.exec(authorization ?? '')?.[1];
    const key = token === undefined ? null : findApiKey(apiKeys, token);
    const caller = key && callers.get(key);
    if (!caller) throw new Unauthenticated();
    return caller;
  };
}
