import { Field, ID, Int, ObjectType } from 'type-graphql';
import type * as dataspike from '../dataspike/profile';
import { DateTimeScalar, JsonScalar, UrlScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'A reusable public link: opening it creates a verification.' })
export class ProfileLink implements dataspike.ProfileLink {
  @Field(() => ID, { description: "Dataspike's id; opaque. REST: `link_id`." })
  id!: string;

  @Field(() => UrlScalar, { nullable: true, description: 'Opens in a browser. REST: `web_link`.' })
  webUrl!: string | null;

  @Field(() => UrlScalar, { nullable: true, description: 'Opens in Telegram. REST: `telegram_link`.' })
  telegramUrl!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many minutes a verification made by it can be continued. REST: `expiration_minutes`.',
  })
  expirationMinutes!: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was archived; null while it works. REST: `archived_at`.',
  })
  archivedAt!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A named set of rules that a verification follows.' })
export class Profile implements dataspike.Profile {
  @Field(() => ID, { description: "Dataspike's id; opaque. REST: `profile_id`." })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Unique within the organisation.' })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description!: string | null;

  @Field(() => Boolean, { description: 'Applies to verifications that name no profile. REST: `is_default`.' })
  isDefault!: boolean;

  @Field(() => Boolean, { description: 'Can no longer be used for new verifications. REST: `is_archived`.' })
  isArchived!: boolean;

  @Field(() => JsonScalar, { nullable: true, description: 'The rules, as Dataspike words them.' })
  settings!: Readonly<Record<string, unknown>> | null;

  @Field(() => ProfileLink, { nullable: true, description: 'The public link, if there is one.' })
  link!: ProfileLink | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was created. REST: `created_at`.' })
  createdAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last changed. REST: `updated_at`.' })
  updatedAt!: string | null;
}
