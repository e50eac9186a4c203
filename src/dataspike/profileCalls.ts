import { UpstreamNotFound } from './errors';
import { nullWhenNotFound } from './nullWhenNotFound';
import { type Page, type PageRequest, parsePage, warnOfOdd } from './page';
import { path } from './path';
import { type Profile, parseProfile, profileToWire, verificationLinkToWire, type WriteProfile } from './profile';
import type { CallSignal } from './stopSignal';
import type { Transport } from './transport';
import { DEFAULT_PROFILE } from './verificationRequest';
import { parseId } from './wire';

/** Every call rejects with a DataspikeError, or with the reason of `signal`. What changes something needs its id to exist. */
export interface ProfileCalls {
  listProfiles(request: PageRequest, signal?: CallSignal): Promise<Page<Profile>>;
  getProfile(id: string, signal?: CallSignal): Promise<Profile | null>;
  /** @returns the new id */
  createProfile(input: WriteProfile, signal?: CallSignal): Promise<string>;
  /** What is left out stays as it is. */
  updateProfile(id: string, input: WriteProfile, signal?: CallSignal): Promise<void>;
  /** The profile stays readable, and can no longer be used. */
  archiveProfile(id: string, signal?: CallSignal): Promise<void>;
  setDefaultProfile(id: string, signal?: CallSignal): Promise<void>;
  /** @returns the link's id. Without `expirationMinutes` Dataspike takes 240 */
  createVerificationLink(
    profileId: string,
    input: { readonly expirationMinutes?: number | null },
    signal?: CallSignal,
  ): Promise<string>;
  changeVerificationLink(
    linkId: string,
    input: { readonly expirationMinutes?: number | null },
    signal?: CallSignal,
  ): Promise<void>;
  archiveVerificationLink(linkId: string, signal?: CallSignal): Promise<void>;
  unarchiveVerificationLink(linkId: string, signal?: CallSignal): Promise<void>;
}

export function createProfileCalls(transport: Transport): ProfileCalls {
  return {
    async listProfiles({ page, limit }, signal) {
      const endpoint = 'listProfiles';
      const query = { page, limit };
      const answer = await transport.json({ endpoint, method: 'GET', path: path`/api/v3/profiles`, query, signal });
      return parsePage(answer, parseProfile, warnOfOdd(transport, endpoint));
    },

    getProfile: (id, signal) =>
      nullWhenNotFound(() =>
        transport
          .json({
            endpoint: 'getProfile',
            method: 'GET',
            path: path`/api/v3/profiles/${profileId(id)}`,
            signal,
          })
          .then(parseProfile),
      ),

    async createProfile(input, signal) {
      const answer = await transport.json({
        endpoint: 'createProfile',
        method: 'POST',
        path: path`/api/v3/profiles`,
        body: profileToWire(input),
        signal,
      });
      return parseId(answer, 'id', 'profile_id');
    },

    async updateProfile(id, input, signal) {
      await transport.json({
        endpoint: 'updateProfile',
        method: 'POST',
        path: path`/api/v3/profiles/${profileId(id)}`,
        body: profileToWire(input),
        due: 'anything',
        signal,
      });
    },

    async archiveProfile(id, signal) {
      await transport.json({
        endpoint: 'archiveProfile',
        method: 'DELETE',
        path: path`/api/v3/profiles/${profileId(id)}`,
        due: 'anything',
        signal,
      });
    },

    async setDefaultProfile(id, signal) {
      await transport.json({
        endpoint: 'setDefaultProfile',
        method: 'POST',
        path: path`/api/v3/profiles/${profileId(id)}/set_default`,
        due: 'anything',
        signal,
      });
    },

    async createVerificationLink(id, input, signal) {
      const answer = await transport.json({
        endpoint: 'createVerificationLink',
        method: 'POST',
        path: path`/api/v3/profiles/${profileId(id)}/link`,
        body: verificationLinkToWire(input),
        signal,
      });
      return parseId(answer, 'link_id', 'id');
    },

    async changeVerificationLink(linkId, input, signal) {
      await transport.json({
        endpoint: 'changeVerificationLink',
        method: 'POST',
        path: path`/api/v3/profiles/link/${linkId}`,
        body: verificationLinkToWire(input),
        due: 'anything',
        signal,
      });
    },

    async archiveVerificationLink(linkId, signal) {
      await transport.json({
        endpoint: 'archiveVerificationLink',
        method: 'DELETE',
        path: path`/api/v3/profiles/link/${linkId}`,
        due: 'anything',
        signal,
      });
    },

    async unarchiveVerificationLink(linkId, signal) {
      await transport.json({
        endpoint: 'unarchiveVerificationLink',
        method: 'POST',
        path: path`/api/v3/profiles/link/${linkId}/unarchive`,
        due: 'anything',
        signal,
      });
    },
  };
}

/** No profile has the id `default`, although the seed guide shows it; it is never sent. */
function profileId(id: string): string {
  if (id === DEFAULT_PROFILE) throw new UpstreamNotFound();
  return id;
}
