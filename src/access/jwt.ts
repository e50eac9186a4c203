import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { type Caller, isScope, type Scope } from './caller';
import { CLOCK_SKEW_SECONDS } from './callerExpiry';
import { loadJose } from './loadJose';

/** @returns the caller, or null for a token that is not this one's to accept; never throws */
export type VerifyToken = (token: string) => Promise<Caller | null>;

/** Of a key set: public keys only, so that nobody can sign with what is published (RFC 8725 §3.1). */
export const PUBLIC_KEY_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512'],
  ...['PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512'],
  'EdDSA',
] as const;
/** Of a shared secret. */
export const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;

/**
 * Verifies JWTs of your identity provider (RFC 7519): signature, `exp`, `nbf`, and issuer and audience where they are
 * configured; clocks may differ by 60 s. `sub` and `exp` are required.
 * @param issuer null accepts any
 * @param audience null accepts any
 */
export function createJwtVerifier({
  findKey,
  algorithms,
  issuer,
  audience,
}: {
  findKey: JWTVerifyGetKey;
  algorithms: readonly string[];
  issuer: string | null;
  audience: string | null;
}): VerifyToken {
  const options = {
    algorithms: [...algorithms],
    issuer: issuer ?? undefined,
    audience: audience ?? undefined,
    clockTolerance: CLOCK_SKEW_SECONDS,
    requiredClaims: ['sub', 'exp'],
  };
  return async (token) => {
    try {
      const { jwtVerify } = await loadJose();
      const { payload } = await jwtVerify(token, findKey, options);
      return toCaller(payload);
    } catch {
      return null;
    }
  };
}

/** @throws RangeError for a time that no date has */
function toCaller(payload: JWTPayload): Caller | null {
  const { sub, exp = 0 } = payload;
  if (typeof sub !== 'string' || sub === '' || sub.length > 256) return null;
  return { id: sub, kind: 'USER', scopes: readScopes(payload), expiresAt: new Date(exp * 1000).toISOString() };
}

/** Identity providers differ in the claim: `scope` (RFC 8693 §4.2), `scp` or `permissions`; a text or a list. */
function readScopes({ scope, scp, permissions }: JWTPayload): ReadonlySet<Scope> {
  const words = [scope, scp, permissions].flatMap((claim) => {
    if (typeof claim === 'string') return claim.split(' ');
    return Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : [];
  });
  return new Set(words.filter(isScope));
}
