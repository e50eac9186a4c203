import type { Logger } from 'pino';
import { createJwtVerifier, PUBLIC_KEY_ALGORITHMS, SECRET_ALGORITHMS, type VerifyToken } from './jwt';
import { createJwksKeys } from './jwtKeys';

/** Verifies what your identity provider signs: with the keys that it publishes, or with a secret shared with it. */
export function createProviderVerifier(
  {
    jwksUrl,
    secret,
    issuer,
    audience,
  }: {
    /** One of the two is given. */
    readonly jwksUrl: string | null;
    readonly secret: Buffer | null;
    readonly issuer: string | null;
    readonly audience: string | null;
  },
  logger: Logger,
): VerifyToken {
  if (issuer === null || audience === null) {
    logger.warn('AUTH_ISSUER or AUTH_AUDIENCE is not set: tokens that were made for others are accepted, too');
  }
  if (jwksUrl !== null) {
    const findKey = createJwksKeys({ url: jwksUrl, logger });
    return createJwtVerifier({ findKey, algorithms: PUBLIC_KEY_ALGORITHMS, issuer, audience });
  }
  if (secret === null) throw new Error('Neither a key set nor a secret is configured');
  return createJwtVerifier({ findKey: async () => secret, algorithms: SECRET_ALGORITHMS, issuer, audience });
}
