import { LRUCache } from 'lru-cache';
import { applicantPath, CACHE_MS, IS_CACHING, listPath, verificationPath } from './paths.mjs';
import { pageBehind, toApplicant, toVerification } from './wire.mjs';

/**
 * The reads that the schema needs.
 * @param getJson path → the answer's JSON
 * @returns reads; with BENCH_CACHE an entity is kept for two seconds, and those who ask at once share a request
 */
export function createReads(getJson) {
  const keep = IS_CACHING ? keeping() : (_key, load) => load();
  return {
    verification: (id) => keep(`v:${id}`, async () => toVerification(await getJson(verificationPath(id)))),
    applicant: (id) => keep(`a:${id}`, async () => toApplicant(await getJson(applicantPath(id)))),
    verifications: async ({ first, after }) => {
      const size = first ?? 20;
      const { data } = await getJson(listPath(pageBehind(after, size), size));
      return { nodes: data.map(toVerification) };
    },
  };
}

function keeping() {
  const entries = new LRUCache({ max: 10_000, ttl: CACHE_MS });
  return (key, load) => {
    const kept = entries.get(key);
    if (kept) return kept;
    const loading = load();
    entries.set(key, loading);
    return loading;
  };
}
