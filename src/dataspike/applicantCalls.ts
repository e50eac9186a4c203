import type { Applicant, ApplicantFilter, CreateApplicant, SearchOptions, UpdateApplicant } from './applicant';
import {
  applicantFilterToQuery,
  applicantToWire,
  applicantUpdateToWire,
  searchOptionsToWire,
} from './applicantRequest';
import { parseApplicant } from './applicantWire';
import { nullWhenNotFound } from './nullWhenNotFound';
import { type Page, type PageRequest, parsePage, warnOfOdd } from './page';
import { path } from './path';
import type { CallSignal } from './stopSignal';
import type { Transport } from './transport';
import { parseId } from './wire';

/** Every call rejects with a DataspikeError, or with the reason of `signal`. What changes something needs its id to exist. */
export interface ApplicantCalls {
  /** @returns the new id. Not to be repeated blindly: look up getApplicantByExternalId first */
  createApplicant(input: CreateApplicant, signal?: CallSignal): Promise<string>;
  getApplicant(id: string, signal?: CallSignal): Promise<Applicant | null>;
  getApplicantByExternalId(externalId: string, signal?: CallSignal): Promise<Applicant | null>;
  listApplicants(
    request: PageRequest & { readonly filter?: ApplicantFilter | null },
    signal?: CallSignal,
  ): Promise<Page<Applicant>>;
  updateApplicantInfo(id: string, input: UpdateApplicant, signal?: CallSignal): Promise<void>;
  deleteApplicant(id: string, signal?: CallSignal): Promise<void>;
  /** @param tgProfile the numeric Telegram user id, as text */
  linkApplicantTelegram(id: string, tgProfile: string, signal?: CallSignal): Promise<void>;
  changeApplicantSearchOptions(id: string, options: SearchOptions, signal?: CallSignal): Promise<void>;
  changeApplicantAmlScreening(id: string, enabled: boolean, signal?: CallSignal): Promise<void>;
}

export function createApplicantCalls(transport: Transport): ApplicantCalls {
  return {
    async createApplicant(input, signal) {
      const body = applicantToWire(input);
      const answer = await transport.json({
        endpoint: 'createApplicant',
        method: 'POST',
        path: path`/api/v3/applicants`,
        body,
        signal,
      });
      return parseId(answer, 'id', 'applicant_id');
    },

    getApplicant: (id, signal) =>
      nullWhenNotFound(() =>
        transport
          .json({
            endpoint: 'getApplicant',
            method: 'GET',
            path: path`/api/v3/applicants/${id}`,
            signal,
          })
          .then(parseApplicant),
      ),

    getApplicantByExternalId: (externalId, signal) =>
      nullWhenNotFound(() =>
        transport
          .json({
            endpoint: 'getApplicantByExternalId',
            method: 'GET',
            path: path`/api/v3/applicants/by_external_id/${externalId}`,
            signal,
          })
          .then(parseApplicant),
      ),

    async listApplicants({ page, limit, filter }, signal) {
      const filters = applicantFilterToQuery(filter ?? {});
      if (filters === null) return { items: [], hasNext: false };
      const endpoint = 'listApplicants';
      const query = { page, limit, ...filters };
      const answer = await transport.json({ endpoint, method: 'GET', path: path`/api/v3/applicants`, query, signal });
      return parsePage(answer, parseApplicant, warnOfOdd(transport, endpoint));
    },

    async updateApplicantInfo(id, input, signal) {
      await transport.json({
        endpoint: 'updateApplicantInfo',
        method: 'POST',
        path: path`/api/v3/applicants/${id}`,
        body: applicantUpdateToWire(input),
        due: 'anything',
        signal,
      });
    },

    async deleteApplicant(id, signal) {
      await transport.json({
        endpoint: 'deleteApplicant',
        method: 'DELETE',
        path: path`/api/v3/applicants/${id}`,
        due: 'anything',
        signal,
      });
    },

    async linkApplicantTelegram(id, tgProfile, signal) {
      await transport.json({
        endpoint: 'linkApplicantTelegram',
        method: 'POST',
        path: path`/api/v3/applicants/${id}/link/tg`,
        body: { tg_profile: tgProfile },
        due: 'anything',
        signal,
      });
    },

    async changeApplicantSearchOptions(id, options, signal) {
      await transport.json({
        endpoint: 'changeApplicantSearchOptions',
        method: 'POST',
        path: path`/api/v3/applicants/${id}/search-options`,
        body: searchOptionsToWire(options),
        due: 'anything',
        signal,
      });
    },

    async changeApplicantAmlScreening(id, enabled, signal) {
      await transport.json({
        endpoint: 'changeApplicantAmlScreening',
        method: 'POST',
        path: path`/api/v3/applicants/${id}/screening`,
        body: { aml_screening_enabled: enabled },
        due: 'anything',
        signal,
      });
    },
  };
}
