import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';

/** Says which pages may read an answer, and answers a preflight by itself: then the response has ended. */
export type CrossOrigin = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * @param origins exact ones; empty: pages of other origins may read nothing
 * @param methods what such a page may send
 */
export function createCrossOrigin(origins: readonly string[], methods: readonly string[]): CrossOrigin {
  const allow = cors({
    origin: [...origins],
    methods: [...methods],
    exposedHeaders: ['x-request-id', 'retry-after', 'ratelimit', 'ratelimit-policy'],
    maxAge: 600,
  });
  return async (request, response) => {
    // Not a page of another origin; answers are kept by nobody, so nothing depends on `Vary`.
    if (request.headers.origin === undefined && request.method !== 'OPTIONS') return;
    await new Promise<void>((resolve) => {
      response.once('finish', resolve);
      allow(request, response, () => resolve());
    });
  };
}
