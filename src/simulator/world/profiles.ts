import type { Clock } from './clock';
import type { Identifiers } from './identifiers';
import type { Profile, Settings } from './records';
import type { Store } from './store';

/** Makes profiles; the organisation has one default at most. */
export interface ProfileRegistry {
  readonly organizationId: string;
  createProfile(details: { name: string; description?: string; settings?: Settings }): Profile;
  setDefault(profile: Profile): void;
  /** Null once the default was archived. */
  defaultProfile(): Profile | null;
}

/** Identity document and face; no country needed. */
const standardSettings: Settings = {
  poi_required: true,
  poi_allowed_documents: ['passport', 'id_card', 'residence_permit'],
  face_comparison_required: true,
  face_comparison_allowed_documents: ['selfie', 'liveness_photo'],
  poa_required: false,
  allow_poi_manual_uploads: false,
  allow_desktop: true,
  disable_cross_check_by_bio: false,
  disable_cross_check_by_photo: false,
  disable_verify_poa_country_match_with_poi: false,
  countries: [],
  ui_settings: {},
  manual_field_settings: { enabled: false },
  finish_screen_settings: { enabled: true, settings: { title: 'Done', main_text: 'Thank you' } },
};

/** All checks, and the other spellings that clients must read: `manual_fields_settings`, `ui_settings` as text. */
const strictSettings: Settings = {
  poi_required: true,
  poi_allowed_documents: ['passport', 'id_card', 'driver_license'],
  face_comparison_required: true,
  face_comparison_allowed_documents: ['liveness_photo'],
  poa_required: true,
  poa_allowed_documents: ['poa', 'poa_utility_bill', 'poa_bank_statement'],
  allow_poi_manual_uploads: false,
  allow_desktop: false,
  disable_cross_check_by_bio: false,
  disable_cross_check_by_photo: false,
  disable_verify_poa_country_match_with_poi: false,
  countries: ['AT', 'CH', 'DE', 'FI', 'FR', 'GB', 'NL', 'US'],
  area_filter_type: 'include',
  ui_settings: '{"theme":"dark"}',
  manual_fields_settings: { enabled: true, full_name: { enabled: true, caption: 'Full name', order: 1 } },
  finish_screen_settings: { enabled: true, title: 'Done', main_text: 'Thank you' },
};

/** Starts with the profiles `Standard` (the default) and `Strict`. */
export function createProfileRegistry(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
}): ProfileRegistry {
  const { store, clock, identifiers } = parts;

  function createProfile(details: { name: string; description?: string; settings?: Settings }): Profile {
    const profile: Profile = {
      id: identifiers.nextId('profile'),
      ordinal: store.profiles.length + 1,
      createdAtMs: clock.now(),
      name: details.name,
      description: details.description ?? '',
      settings: details.settings ?? standardSettings,
      isDefault: false,
      isArchived: false,
      updatedAtMs: clock.now(),
      link: null,
    };
    store.addProfile(profile);
    return profile;
  }

  const registry: ProfileRegistry = {
    organizationId: identifiers.nextId('organization'),
    createProfile,
    setDefault(profile) {
      for (const other of store.profiles) other.isDefault = other === profile;
    },
    defaultProfile: () => store.profiles.find((profile) => profile.isDefault && !profile.isArchived) ?? null,
  };
  registry.setDefault(createProfile({ name: 'Standard', description: 'Identity document and face' }));
  createProfile({ name: 'Strict', description: 'Everything, and the country', settings: strictSettings });
  return registry;
}
