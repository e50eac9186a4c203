/** Where the upstream is. */
export const UPSTREAM_URL = process.env.BENCH_UPSTREAM_URL;
export const PORT = Number(process.env.PORT);
/** Whether the peer keeps what it has read; see the README for how long. */
export const IS_CACHING = process.env.BENCH_CACHE === 'true';
export const CACHE_MS = 2_000;
export const UPSTREAM_HEADERS = { 'ds-api-token': 'bench', accept: 'application/json' };

export function verificationPath(id) {
  return `/api/v3/verifications/${encodeURIComponent(id)}`;
}

export function applicantPath(id) {
  return `/api/v3/applicants/${encodeURIComponent(id)}`;
}

export function listPath(page, limit) {
  return `/api/v3/verifications?page=${page}&limit=${limit}`;
}
