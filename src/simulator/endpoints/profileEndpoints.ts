import type { World } from '../createWorld';
import { type Call, type Endpoint, refuse, replyJson, replyNothing } from '../http/endpoint';
import { viewProfile } from '../views/profileView';
import type { Link, Profile } from '../world/records';
import { linkWrite, parseInput, profileChange, profileCreate } from './input';
import { paginate } from './paging';

const base = '/api/v3/profiles';
const defaultLinkMinutes = 240;

/** Verification profiles and their public links. */
export function createProfileEndpoints({ store, profiles, clock, identifiers, stamp }: World): Endpoint[] {
  const view = (profile: Profile) => viewProfile(profile, profiles.organizationId, stamp);

  function findProfile(call: Call): Profile {
    const profile = store.findProfile(call.parameter('profileId'));
    if (!profile) throw refuse(404);
    return profile;
  }

  function findLink(call: Call): Link {
    const link = store.findLink(call.parameter('linkId'));
    if (!link) throw refuse(404, { message: 'link not found' });
    return link;
  }

  function refuseTakenName(name: string | undefined, owner: Profile | null): void {
    if (store.profiles.some((profile) => profile.name === name && profile !== owner)) {
      throw refuse(400, { message: 'name: is taken' });
    }
  }

  return [
    {
      operationId: 'listProfiles',
      method: 'GET',
      path: base,
      access: 'key',
      answer: ({ query }) => replyJson(200, paginate(store.profiles, 'newest-first', query, view)),
    },
    {
      operationId: 'createProfile',
      method: 'POST',
      path: base,
      access: 'key',
      async answer(call) {
        const input = parseInput(profileCreate, await call.readJson());
        refuseTakenName(input.name, null);
        return replyJson(200, { id: profiles.createProfile(input).id });
      },
    },
    {
      operationId: 'getProfile',
      method: 'GET',
      path: `${base}/:profileId`,
      access: 'key',
      answer: (call) => replyJson(200, view(findProfile(call))),
    },
    {
      operationId: 'updateProfile',
      method: 'POST',
      path: `${base}/:profileId`,
      access: 'key',
      async answer(call) {
        const profile = findProfile(call);
        const input = parseInput(profileChange, await call.readJson());
        refuseTakenName(input.name, profile);
        profile.name = input.name ?? profile.name;
        profile.description = input.description ?? profile.description;
        profile.settings = { ...profile.settings, ...input.settings };
        profile.updatedAtMs = clock.now();
        return replyNothing();
      },
    },
    {
      operationId: 'archiveProfile',
      method: 'DELETE',
      path: `${base}/:profileId`,
      access: 'key',
      answer(call) {
        const profile = findProfile(call);
        profile.isArchived = true;
        profile.updatedAtMs = clock.now();
        return replyJson(200, { message: 'profile archived' });
      },
    },
    {
      operationId: 'setDefaultProfile',
      method: 'POST',
      path: `${base}/:profileId/set_default`,
      access: 'key',
      answer(call) {
        const profile = findProfile(call);
        // The contract lists no 400 here.
        if (profile.isArchived) throw refuse(404);
        profiles.setDefault(profile);
        return replyJson(200, 'ok');
      },
    },
    {
      operationId: 'createVerificationLink',
      method: 'POST',
      path: `${base}/:profileId/link`,
      access: 'key',
      async answer(call) {
        const profile = findProfile(call);
        const input = parseInput(linkWrite, await call.readJson());
        if (profile.isArchived) throw refuse(400, { message: 'profile is archived' });
        profile.link = {
          id: identifiers.nextLinkId(),
          profile,
          createdAtMs: clock.now(),
          expirationMinutes: input.expiration_in_minutes ?? defaultLinkMinutes,
          archivedAtMs: null,
        };
        store.addLink(profile.link);
        return replyJson(200, { link_id: profile.link.id });
      },
    },
    {
      operationId: 'changeVerificationLink',
      method: 'POST',
      path: `${base}/link/:linkId`,
      access: 'key',
      async answer(call) {
        const link = findLink(call);
        const input = parseInput(linkWrite, await call.readJson());
        link.expirationMinutes = input.expiration_in_minutes ?? link.expirationMinutes;
        return replyJson(200, { link_id: link.id });
      },
    },
    {
      operationId: 'archiveVerificationLink',
      method: 'DELETE',
      path: `${base}/link/:linkId`,
      access: 'key',
      answer(call) {
        findLink(call).archivedAtMs ??= clock.now();
        return replyNothing();
      },
    },
    {
      operationId: 'unarchiveVerificationLink',
      method: 'POST',
      path: `${base}/link/:linkId/unarchive`,
      access: 'key',
      answer(call) {
        findLink(call).archivedAtMs = null;
        return replyNothing();
      },
    },
  ];
}
