import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Profile, ProfileLink } from '../dataspike/profile';
import type { OperationContext } from './context';
import {
  ArchiveProfileLinkInput,
  ArchiveProfileLinkPayload,
  CreateProfileInput,
  CreateProfileLinkInput,
  CreateProfileLinkPayload,
  CreateProfilePayload,
  DeleteProfileInput,
  DeleteProfilePayload,
  SetDefaultProfileInput,
  SetDefaultProfilePayload,
  UnarchiveProfileLinkInput,
  UnarchiveProfileLinkPayload,
  UpdateProfileInput,
  UpdateProfilePayload,
} from './profile.inputs';
import { listAllProfiles } from './profile.resolver';
import { Scoped } from './scopes';
import { invalidInput, settle, settleCreation } from './userErrors';

@Resolver()
export class ProfileMutations {
  @Scoped('kyc:admin')
  @Mutation(() => CreateProfilePayload, { description: 'Creates a profile. REST: `POST /api/v3/profiles`.' })
  createProfile(
    @Arg('input', () => CreateProfileInput, { description: 'The rules.' }) input: CreateProfileInput,
    @Ctx() context: OperationContext,
  ): Promise<CreateProfilePayload> {
    return settleCreation(async () => {
      checkSettings(input.settings);
      const id = await context.services.creations.run(context, {
        name: 'createProfile',
        input,
        create: (signal) => context.client.createProfile(input, signal),
      });
      return readAgain(context, id);
    });
  }

  @Scoped('kyc:admin')
  @Mutation(() => UpdateProfilePayload, {
    description: 'Changes a profile. REST: `POST /api/v3/profiles/{profile_id}`.',
  })
  updateProfile(
    @Arg('input', () => UpdateProfileInput, { description: 'What to change.' })
    { profileId, ...changes }: UpdateProfileInput,
    @Ctx() context: OperationContext,
  ): Promise<UpdateProfilePayload> {
    return settle(async () => {
      checkSettings(changes.settings);
      await context.client.updateProfile(profileId, changes, context.signal);
      return readAgain(context, profileId);
    });
  }

  @Scoped('kyc:admin')
  @Mutation(() => DeleteProfilePayload, {
    description: 'Archives a profile. REST: `DELETE /api/v3/profiles/{profile_id}`.',
  })
  deleteProfile(
    @Arg('input', () => DeleteProfileInput, { description: 'Which one.' }) { profileId }: DeleteProfileInput,
    @Ctx() context: OperationContext,
  ): Promise<DeleteProfilePayload> {
    return settle(async () => {
      await context.client.archiveProfile(profileId, context.signal);
      return readAgain(context, profileId);
    });
  }

  @Scoped('kyc:admin')
  @Mutation(() => SetDefaultProfilePayload, {
    description:
      'Makes a profile the one that applies where none is named. REST: `POST /api/v3/profiles/{profile_id}/set_default`.',
  })
  setDefaultProfile(
    @Arg('input', () => SetDefaultProfileInput, { description: 'Which one.' }) { profileId }: SetDefaultProfileInput,
    @Ctx() context: OperationContext,
  ): Promise<SetDefaultProfilePayload> {
    return settle(async () => {
      await context.client.setDefaultProfile(profileId, context.signal);
      // Another one is the default no longer.
      forgetAll(context);
      return readAgain(context, profileId);
    });
  }

  @Scoped('kyc:admin')
  @Mutation(() => CreateProfileLinkPayload, {
    description:
      'Creates a public link that starts verifications of a profile. REST: `POST /api/v3/profiles/{profile_id}/link`.',
  })
  createProfileLink(
    @Arg('input', () => CreateProfileLinkInput, { description: 'For which profile.' })
    input: CreateProfileLinkInput,
    @Ctx() context: OperationContext,
  ): Promise<CreateProfileLinkPayload> {
    const { profileId, expirationMinutes } = input;
    return settleCreation(async () => {
      if (expirationMinutes != null && expirationMinutes < 1) {
        throw invalidInput('expirationMinutes must be at least 1', 'expirationMinutes');
      }
      await context.services.creations.run(context, {
        name: 'createProfileLink',
        input,
        create: (signal) => context.client.createVerificationLink(profileId, { expirationMinutes }, signal),
      });
      const { profile } = readAgain(context, profileId);
      return { link: profile.then((found) => found?.link ?? null) };
    });
  }

  @Scoped('kyc:admin')
  @Mutation(() => ArchiveProfileLinkPayload, {
    description: 'Switches a public link off. REST: `DELETE /api/v3/profiles/link/{link_id}`.',
  })
  archiveProfileLink(
    @Arg('input', () => ArchiveProfileLinkInput, { description: 'Which one.' }) { linkId }: ArchiveProfileLinkInput,
    @Ctx() context: OperationContext,
  ): Promise<ArchiveProfileLinkPayload> {
    return settle(async () => {
      await context.client.archiveVerificationLink(linkId, context.signal);
      return { link: findLink(context, linkId) };
    });
  }

  @Scoped('kyc:admin')
  @Mutation(() => UnarchiveProfileLinkPayload, {
    description: 'Switches a public link on again. REST: `POST /api/v3/profiles/link/{link_id}/unarchive`.',
  })
  unarchiveProfileLink(
    @Arg('input', () => UnarchiveProfileLinkInput, { description: 'Which one.' }) { linkId }: UnarchiveProfileLinkInput,
    @Ctx() context: OperationContext,
  ): Promise<UnarchiveProfileLinkPayload> {
    return settle(async () => {
      await context.client.unarchiveVerificationLink(linkId, context.signal);
      return { link: findLink(context, linkId) };
    });
  }
}

function checkSettings(settings: unknown): void {
  if (settings != null && (typeof settings !== 'object' || Array.isArray(settings))) {
    throw invalidInput('settings must be an object', 'settings');
  }
}

function forgetAll({ services, loaders }: OperationContext): void {
  services.cache.forgetAll('profile');
  loaders.profile.clearAll();
}

function readAgain({ services, loaders }: OperationContext, profileId: string): { profile: Promise<Profile | null> } {
  services.cache.forget('profile', profileId);
  return { profile: loaders.profile.clear(profileId).load(profileId) };
}

/** Dataspike reads links only as part of their profile, and a link does not name it. */
async function findLink(context: OperationContext, linkId: string): Promise<ProfileLink | null> {
  forgetAll(context);
  return (await listAllProfiles(context)).find(({ link }) => link?.id === linkId)?.link ?? null;
}
