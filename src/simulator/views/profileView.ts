import type { Info, Link, Profile } from '../world/records';
import type { Stamp } from './stamp';

/** `Profile` of the contract. */
export function viewProfile(profile: Profile, organizationId: string, stamp: Stamp): Info {
  return {
    profile_id: profile.id,
    name: profile.name,
    description: profile.description,
    settings: profile.settings,
    organization_id: organizationId,
    is_default: profile.isDefault,
    is_archived: profile.isArchived,
    created_at: stamp('profile.created', profile.ordinal, profile.createdAtMs),
    updated_at: stamp('profile.updated', profile.ordinal, profile.updatedAtMs),
    created_by: 'simulator',
    ...(profile.link ? { link: viewLink(profile.link, stamp) } : {}),
  };
}

/** `ProfileLink`: written as `expiration_in_minutes`, read as `expiration_minutes` (guide, section 9). */
export function viewLink(link: Link, stamp: Stamp): Info {
  const { archivedAtMs, profile } = link;
  return {
    link_id: link.id,
    expiration_minutes: link.expirationMinutes,
    created_at: stamp('link.created', profile.ordinal, link.createdAtMs),
    archived_at: archivedAtMs === null ? null : stamp('link.archived', profile.ordinal, archivedAtMs),
    telegram_link: `https://am.dataspike.io/vp/${link.id}?target=tg`,
    web_link: `https://am.dataspike.io/vp/${link.id}?target=web`,
  };
}
