import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type * as dataspike from '../dataspike/profile';
import { IDEMPOTENCY_KEY } from './idempotencyKey';
import { Profile, ProfileLink } from './profile.type';
import { JsonScalar } from './scalars';
import { MutationPayload } from './userErrors';

@InputType({ description: 'The rules of a new profile.' })
export class CreateProfileInput {
  @Field(() => String, { description: 'Unique within the organisation.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string | null;

  @Field(() => JsonScalar, { nullable: true, description: 'An object: the rules, as Dataspike words them.' })
  settings?: Readonly<Record<string, unknown>> | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateProfileInput {
  @Field(() => ID, { description: 'The id of the profile to change.' })
  profileId!: string;

  @Field(() => String, { nullable: true, description: 'Unique within the organisation.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string | null;

  @Field(() => JsonScalar, { nullable: true, description: 'An object: the rules, as Dataspike words them.' })
  settings?: Readonly<Record<string, unknown>> | null;
}

@InputType({ description: 'Which profile to archive.' })
export class DeleteProfileInput {
  @Field(() => ID, { description: 'The id of the profile to archive.' })
  profileId!: string;
}

@InputType({ description: 'Which profile applies where none is named.' })
export class SetDefaultProfileInput {
  @Field(() => ID, { description: 'The id of the profile that shall apply.' })
  profileId!: string;
}

@InputType({ description: 'A public link for a profile.' })
export class CreateProfileLinkInput {
  @Field(() => ID, { description: 'The id of the profile that its verifications follow.' })
  profileId!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'How long its verifications can be continued, in minutes; left out: 240. REST: `expiration_in_minutes`.',
  })
  expirationMinutes?: number | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Which link to switch off.' })
export class ArchiveProfileLinkInput {
  @Field(() => ID, { description: 'The id of the link, as in Profile.link.' })
  linkId!: string;
}

@InputType({ description: 'Which link to switch on again.' })
export class UnarchiveProfileLinkInput {
  @Field(() => ID, { description: 'The id of the link, as in Profile.link.' })
  linkId!: string;
}

@ObjectType({ simpleResolvers: true })
abstract class ProfilePayload extends MutationPayload {
  @Field(() => Profile, { nullable: true, description: 'The profile as it is now; null when nothing was done.' })
  profile?: Promise<dataspike.Profile | null>;
}

@ObjectType({ simpleResolvers: true, description: 'What createProfile answers.' })
export class CreateProfilePayload extends ProfilePayload {}

@ObjectType({ simpleResolvers: true, description: 'What updateProfile answers.' })
export class UpdateProfilePayload extends ProfilePayload {}

@ObjectType({ simpleResolvers: true, description: 'What deleteProfile answers: the profile stays readable, archived.' })
export class DeleteProfilePayload extends ProfilePayload {}

@ObjectType({ simpleResolvers: true, description: 'What setDefaultProfile answers.' })
export class SetDefaultProfilePayload extends ProfilePayload {}

@ObjectType({ simpleResolvers: true })
abstract class ProfileLinkPayload extends MutationPayload {
  @Field(() => ProfileLink, { nullable: true, description: 'The link as it is now; null when nothing was done.' })
  link?: Promise<dataspike.ProfileLink | null>;
}

@ObjectType({ simpleResolvers: true, description: 'What createProfileLink answers.' })
export class CreateProfileLinkPayload extends ProfileLinkPayload {}

@ObjectType({ simpleResolvers: true, description: 'What archiveProfileLink answers.' })
export class ArchiveProfileLinkPayload extends ProfileLinkPayload {}

@ObjectType({ simpleResolvers: true, description: 'What unarchiveProfileLink answers.' })
export class UnarchiveProfileLinkPayload extends ProfileLinkPayload {}
