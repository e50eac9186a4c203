import { UpstreamNotFound, UpstreamRefused } from './errors';
import { nullWhenNotFound } from './nullWhenNotFound';
import { type Page, type PageRequest, parsePage, warnOfOdd } from './page';
import { type EncodedPath, path } from './path';
import type { CallSignal } from './stopSignal';
import type { Transport } from './transport';
import type { CreateVerification, Verification, VerificationActivity, VerificationFilter } from './verification';
import { verificationFilterToQuery, verificationToWire } from './verificationRequest';
import { parseVerification, parseVerificationActivity } from './verificationWire';

/** Every call rejects with a DataspikeError, or with the reason of `signal`. What changes something needs its id to exist. */
export interface VerificationCalls {
  /** The answer can be short; without a status it is INITIAL. Not to be repeated blindly. */
  createVerification(input: CreateVerification, signal?: CallSignal): Promise<Verification>;
  getVerification(id: string, signal?: CallSignal): Promise<Verification | null>;
  getVerificationByShortId(shortId: string, signal?: CallSignal): Promise<Verification | null>;
  listVerifications(
    request: PageRequest & { readonly filter?: VerificationFilter | null },
    signal?: CallSignal,
  ): Promise<Page<Verification>>;
  /** @returns null when there is no such applicant */
  listVerificationsForApplicant(
    applicantId: string,
    request: PageRequest,
    signal?: CallSignal,
  ): Promise<Page<Verification> | null>;
  /** Rejects with UpstreamRefused, whose refusal names `pendingDocuments` or the error `country_unknown`, when not ready. */
  proceedVerification(id: string, signal?: CallSignal): Promise<void>;
  cancelVerification(id: string, signal?: CallSignal): Promise<void>;
  /** @returns null when there is no such verification */
  listVerificationEvents(
    id: string,
    request: PageRequest,
    signal?: CallSignal,
  ): Promise<Page<VerificationActivity> | null>;
}

export function createVerificationCalls(transport: Transport): VerificationCalls {
  const read = (endpoint: string, build: () => EncodedPath, signal?: CallSignal) =>
    nullWhenNotFound(() => transport.json({ endpoint, method: 'GET', path: build(), signal }).then(parseVerification));

  return {
    async createVerification(input, signal) {
      const body = verificationToWire(input);
      const created = parseVerification(
        await transport.json({
          endpoint: 'createVerification',
          method: 'POST',
          path: path`/api/v3/verifications`,
          body,
          signal,
        }),
      );
      return created.rawStatus === '' ? { ...created, status: 'INITIAL', rawStatus: 'initial' } : created;
    },

    getVerification: (id, signal) => read('getVerification', () => path`/api/v3/verifications/${id}`, signal),

    getVerificationByShortId: (shortId, signal) =>
      read('getVerificationByShortId', () => path`/api/v3/verifications/short/${shortId}`, signal),

    async listVerifications({ page, limit, filter }, signal) {
      const filters = verificationFilterToQuery(filter ?? {});
      if (filters === null) return { items: [], hasNext: false };
      const endpoint = 'listVerifications';
      const query = { page, limit, ...filters };
      const answer = await transport.json({
        endpoint,
        method: 'GET',
        path: path`/api/v3/verifications`,
        query,
        signal,
      });
      return parsePage(answer, parseVerification, warnOfOdd(transport, endpoint));
    },

    listVerificationsForApplicant: (applicantId, { page, limit }, signal) =>
      nullWhenNotFound(async () => {
        const endpoint = 'listVerificationsForApplicant';
        const address = path`/api/v3/verifications/applicant/${applicantId}`;
        const query = { page, limit };
        const answer = await transport.json({ endpoint, method: 'GET', path: address, query, signal });
        return parsePage(answer, parseVerification, warnOfOdd(transport, endpoint));
      }),

    async proceedVerification(id, signal) {
      const address = path`/api/v3/verifications/${id}/proceed`;
      await transport.json({
        endpoint: 'proceedVerification',
        method: 'POST',
        path: address,
        due: 'anything',
        signal,
      });
    },

    async cancelVerification(id, signal) {
      const address = path`/api/v3/verifications/${id}/cancel`;
      const call = { path: address, due: 'anything', signal } as const;
      try {
        await transport.json({ ...call, endpoint: 'cancelVerification', method: 'POST' });
      } catch (refusedPost) {
        // The Go SDK cancels with GET, the JS SDK with POST. Where POST finds nothing, the method may be what is missing.
        if (!isNotThere(refusedPost)) throw refusedPost;
        try {
          await transport.json({ ...call, endpoint: 'cancelVerificationGoSdkVariant', method: 'GET' });
        } catch (refusedGet) {
          throw isMethodNotAllowed(refusedGet) ? refusedPost : refusedGet;
        }
      }
    },

    listVerificationEvents: (id, { page, limit }, signal) =>
      nullWhenNotFound(async () => {
        const endpoint = 'listVerificationEvents';
        const address = path`/api/v4/verifications/${id}/events`;
        const query = { page, limit };
        const answer = await transport.json({ endpoint, method: 'GET', path: address, query, signal });
        return parsePage(answer, parseVerificationActivity, warnOfOdd(transport, endpoint));
      }),
  };
}

function isNotThere(error: unknown): boolean {
  return error instanceof UpstreamNotFound || isMethodNotAllowed(error);
}

function isMethodNotAllowed(error: unknown): boolean {
  return error instanceof UpstreamRefused && error.status === 405;
}
