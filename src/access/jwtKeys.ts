import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { describeError } from '../logger';
import { loadJose } from './loadJose';

const DEFAULT_TIMEOUT_MS = 5_000;
const LARGEST_SET_BYTES = 1_048_576;
/** Older keys go on being used, while new ones are fetched. */
const FRESH_MS = 600_000;
/** Between two requests that an unknown key, or no answer, gives rise to. */
const COOLDOWN_MS = 5_000;
const WARNING_EVERY_MS = 60_000;

/**
 * The public keys of an identity provider (RFC 7517), found by a token's `kid`. They are fetched with the first token,
 * after ten minutes in the background, and at once for a `kid` that is new, which is how keys rotate. While the provider
 * does not answer, the keys that are known go on being accepted; a warning is logged once a minute.
 *
 * Not `createRemoteJWKSet` of jose 5: a body that never ends would hold up every token from then on, a set that has become
 * old is refused while the provider is down, and each unknown key asks a provider that is down once more.
 * @param timeoutMs of one request, headers and body together; default 5,000
 */
export function createJwksKeys({
  url,
  logger,
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: {
  url: string;
  logger: Logger;
  timeoutMs?: number;
}): JWTVerifyGetKey {
  let known: JWTVerifyGetKey | null = null;
  let loadedAt = Number.NEGATIVE_INFINITY;
  let coolingUntil = Number.NEGATIVE_INFINITY;
  let warnedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | null = null;

  async function load(): Promise<void> {
    try {
      const { createLocalJWKSet } = await loadJose();
      known = createLocalJWKSet(await fetchKeySet(url, timeoutMs));
      loadedAt = Date.now();
    } catch (error) {
      coolingUntil = Date.now() + COOLDOWN_MS;
      if (Date.now() - warnedAt < WARNING_EVERY_MS) return;
      warnedAt = Date.now();
      logger.warn({ error: describeError(error) }, 'the keys of AUTH_JWKS_URL cannot be read');
    }
  }

  /** At most one request at a time; nothing while it cools down. */
  function reload(): Promise<void> {
    if (loading) return loading;
    if (Date.now() < coolingUntil) return Promise.resolve();
    loading = load().finally(() => {
      loading = null;
    });
    return loading;
  }

  return async (header, token) => {
    const { errors } = await loadJose();
    if (!known) await reload();
    else if (Date.now() - loadedAt > FRESH_MS) void reload();
    if (!known) throw new errors.JWKSNoMatchingKey();
    try {
      return await known(header, token);
    } catch (error) {
      const mayReload = loading !== null || Date.now() >= coolingUntil;
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayReload) throw error;
      const reloaded = reload();
      coolingUntil = Date.now() + COOLDOWN_MS;
      await reloaded;
      return known(header, token);
    }
  };
}

async function fetchKeySet(url: string, timeoutMs: number): Promise<JSONWebKeySet> {
  const headers = { accept: 'application/jwk-set+json, application/json' };
  const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  if (response.status !== 200 || !response.body) throw new Error('No key set was answered');
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_SET_BYTES) throw new Error('The key set is too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as JSONWebKeySet;
}
