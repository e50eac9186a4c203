import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type KeyLike, SignJWT, UnsecuredJWT } from 'jose';

export const ISSUER = 'https://id.example.com/';
export const AUDIENCE = 'kyc-dashboard';

/** An identity provider with one key at a time and a real server for its key set. */
export interface IdentityProvider {
  /** For AUTH_JWKS_URL. */
  readonly url: string;
  /** What the gateway needs to accept its tokens. */
  readonly environment: Record<string, string>;
  /** How often the key set was asked for. */
  requests(): number;
  /** A new key takes the place of the present one. */
  rotate(): Promise<void>;
  /** What it answers from now on; null: the key set. */
  answerWith(status: number | null, body?: string): void;
  /** Ends for 5 minutes from now, for the right audience, unless told otherwise. */
  sign(claims: Claims, options?: { alg?: string; key?: KeyLike | Uint8Array; kid?: string }): Promise<string>;
  publicKey(): KeyLike;
  close(): Promise<void>;
}

export interface Claims {
  readonly [claim: string]: unknown;
  readonly scope?: unknown;
  /** Seconds from now. */
  readonly expiresIn?: number;
}

export async function startIdentityProvider(algorithm = 'ES256'): Promise<IdentityProvider> {
  let serial = 0;
  let current = await makeKey(algorithm, serial);
  let asked = 0;
  let answer: { status: number; body: string } | null = null;
  const server = createServer((_request, response) => {
    asked += 1;
    const { status, body } = answer ?? { status: 200, body: JSON.stringify({ keys: [current.jwk] }) };
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  return {
    url,
    environment: { AUTH_JWKS_URL: url, AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: AUDIENCE },
    requests: () => asked,
    async rotate() {
      serial += 1;
      current = await makeKey(algorithm, serial);
    },
    answerWith(status, body = '') {
      answer = status === null ? null : { status, body };
    },
    sign: (claims, { alg = algorithm, key = current.privateKey, kid = current.kid } = {}) =>
      signClaims(claims, { alg, key, kid }),
    publicKey: () => current.publicKey,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** With a shared secret or any key. */
export function signClaims(
  { expiresIn = 300, ...claims }: Claims,
  { alg, key, kid }: { alg: string; key: KeyLike | Uint8Array; kid?: string },
): Promise<string> {
  return new SignJWT(complete(claims, expiresIn)).setProtectedHeader({ alg, kid }).sign(key);
}

/** `alg: none` (RFC 7519 §6). */
export function leaveUnsigned({ expiresIn = 300, ...claims }: Claims): string {
  return new UnsecuredJWT(complete(claims, expiresIn)).encode();
}

function complete(claims: object, expiresIn: number) {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return { iss: ISSUER, aud: AUDIENCE, sub: 'anna', iat: nowSeconds - 600, exp: nowSeconds + expiresIn, ...claims };
}

async function makeKey(
  algorithm: string,
  serial: number,
): Promise<{ kid: string; jwk: JWK; publicKey: KeyLike; privateKey: KeyLike }> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const kid = `key-${serial}`;
  return { kid, jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' }, publicKey, privateKey };
}
