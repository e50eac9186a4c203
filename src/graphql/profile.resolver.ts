import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type * as dataspike from '../dataspike/profile';
import type { OperationContext } from './context';
import { Profile } from './profile.type';
import { listPage } from './reads';
import { Scoped } from './scopes';

/** A full page at Dataspike, and far more of them than an organisation has. */
const PAGE_SIZE = 100;
const MOST_PAGES = 50;

@Resolver(() => Profile)
export class ProfileResolver {
  @Scoped('kyc:read')
  @Query(() => Profile, {
    nullable: true,
    description: 'The profile with this id; null when there is none. REST: `GET /api/v3/profiles/{profile_id}`.',
  })
  profile(
    @Arg('id', () => ID, { description: "Dataspike's id." }) id: string,
    @Ctx() { loaders }: OperationContext,
  ): Promise<dataspike.Profile | null> {
    return loaders.profile.load(id);
  }

  @Scoped('kyc:read')
  @Query(() => [Profile], { description: 'All profiles, archived ones too. REST: `GET /api/v3/profiles`.' })
  profiles(@Ctx() context: OperationContext): Promise<dataspike.Profile[]> {
    return listAllProfiles(context);
  }
}

/** Every profile, page by page. */
export async function listAllProfiles(context: OperationContext): Promise<dataspike.Profile[]> {
  const profiles: dataspike.Profile[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await listPage(context, `profiles ${page}`, context.loaders.profile, (signal) =>
      context.client.listProfiles({ page, limit: PAGE_SIZE }, signal),
    );
    profiles.push(...(found?.items ?? []));
    if (!found?.hasNext) break;
  }
  return profiles;
}
