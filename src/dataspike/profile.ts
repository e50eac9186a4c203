import {
  boolean,
  filledText,
  integer,
  isRecord,
  readObject,
  readOrNull,
  readRecord,
  record,
  requireId,
  text,
  webAddress,
  written,
} from './wire';
import { timestamp } from './wireTime';

/** A named set of rules that a verification follows. */
export interface Profile {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly isDefault: boolean;
  readonly isArchived: boolean;
  /** As Dataspike words them, with `manual_fields_settings` read as `manual_field_settings`. */
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly link: ProfileLink | null;
  /** RFC 3339, UTC, milliseconds */
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
}

/** A reusable public link that creates a verification of the profile when opened. */
export interface ProfileLink {
  readonly id: string;
  readonly webUrl: string | null;
  readonly telegramUrl: string | null;
  readonly expirationMinutes: number | null;
  readonly archivedAt: string | null;
}

export interface WriteProfile {
  readonly name?: string | null;
  readonly description?: string | null;
  /** Sent as given: Dataspike's own names. Of two spellings on record, the documented one is sent. */
  readonly settings?: Readonly<Record<string, unknown>> | null;
}

const profileLink = {
  link_id: filledText,
  id: filledText,
  web_link: webAddress,
  telegram_link: webAddress,
  expiration_minutes: integer,
  expiration_in_minutes: integer,
  archived_at: timestamp,
};

const profile = {
  profile_id: filledText,
  id: filledText,
  name: text,
  description: text,
  is_default: boolean,
  is_archived: boolean,
  settings: record,
  link: (value: unknown) => readOrNull(value, parseProfileLink),
  created_at: timestamp,
  updated_at: timestamp,
};

/**
 * A profile.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseProfile(json: unknown): Profile {
  const wire = readObject(profile, json);
  return {
    id: requireId(wire.profile_id, wire.id),
    name: wire.name,
    description: wire.description,
    isDefault: wire.is_default ?? false,
    isArchived: wire.is_archived ?? false,
    settings: wire.settings && settleSettings(wire.settings),
    link: wire.link,
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
  };
}

function parseProfileLink(json: unknown): ProfileLink {
  const wire = readObject(profileLink, json);
  return {
    id: requireId(wire.link_id, wire.id),
    webUrl: wire.web_link,
    telegramUrl: wire.telegram_link,
    expirationMinutes: wire.expiration_minutes ?? wire.expiration_in_minutes,
    archivedAt: wire.archived_at,
  };
}

/** The body of createProfile and updateProfile: undefined and null are left out. */
export function profileToWire(input: WriteProfile): Record<string, unknown> {
  return written({
    name: input.name,
    description: input.description,
    settings: input.settings && settleSettings(input.settings),
  });
}

/** The body of createVerificationLink. Dataspike writes `expiration_in_minutes` and reads `expiration_minutes`. */
export function verificationLinkToWire(input: { readonly expirationMinutes?: number | null }): Record<string, unknown> {
  return written({ expiration_in_minutes: input.expirationMinutes });
}

const FINISH_SCREEN_TEXTS = ['title', 'main_text', 'redirect_warning', 'cta', 'redirect_link'];

/** Two spellings on record for the same thing become the documented one; guide, section 8. */
function settleSettings(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { manual_fields_settings: manualFields, finish_screen_settings: finishScreen, ...others } = settings;
  return {
    ...(manualFields !== undefined && { manual_field_settings: manualFields }),
    ...others,
    ...(finishScreen !== undefined && { finish_screen_settings: nestTexts(finishScreen) }),
  };
}

function nestTexts(finishScreen: unknown): unknown {
  const screen = readRecord(finishScreen);
  if (!screen) return finishScreen;
  const isText = ([key]: [string, unknown]) => FINISH_SCREEN_TEXTS.includes(key);
  const flat = Object.entries(screen).filter(isText);
  if (flat.length === 0) return screen;
  const others = Object.entries(screen).filter((entry) => !isText(entry));
  const nested = isRecord(screen.settings) ? screen.settings : {};
  return { ...Object.fromEntries(others), settings: { ...Object.fromEntries(flat), ...nested } };
}
