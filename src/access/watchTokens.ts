import { randomUUID } from 'node:crypto';
import type { WatchedVerification } from './caller';
import { deriveKey } from './deriveKey';
import type { VerifyToken } from './jwt';
import { loadJose } from './loadJose';

/** Short tokens that let a browser watch one verification and nothing else. */
export interface WatchTokens {
  /** @param lifetimeMinutes from now @returns the token, and when it ends: RFC 3339, UTC */
  issue(watched: WatchedVerification, lifetimeMinutes: number): Promise<{ token: string; expiresAt: string }>;
  readonly verify: VerifyToken;
}

const ISSUER = 'dataspike-graphql';
const AUDIENCE = 'dataspike-graphql/watch';

/** @param secret shared by every process that must accept the tokens of the others */
export function createWatchTokens(secret: Buffer): WatchTokens {
  const key = deriveKey(secret, 'watch token');
  const options = { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE, requiredClaims: ['exp', 'jti'] };
  return {
    async issue({ verificationId, shortId }, lifetimeMinutes) {
      const expiresAtSeconds = Math.floor(Date.now() / 1000) + lifetimeMinutes * 60;
      const { SignJWT } = await loadJose();
      const token = await new SignJWT({ verification_id: verificationId, short_id: shortId })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setJti(randomUUID())
        .setExpirationTime(expiresAtSeconds)
        .sign(key);
      return { token, expiresAt: new Date(expiresAtSeconds * 1000).toISOString() };
    },

    async verify(token) {
      try {
        const { jwtVerify } = await loadJose();
        const { payload } = await jwtVerify(token, key, options);
        const { verification_id: verificationId, short_id: shortId, exp = 0, jti } = payload;
        if (typeof verificationId !== 'string' || typeof jti !== 'string') return null;
        return {
          id: jti,
          kind: 'WATCHER',
          scopes: new Set(['kyc:read']),
          expiresAt: new Date(exp * 1000).toISOString(),
          watches: { verificationId, shortId: typeof shortId === 'string' ? shortId : null },
        };
      } catch {
        return null;
      }
    },
  };
}
