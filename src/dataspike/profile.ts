import {
  isRecord,
  parseId,
  readBoolean,
  readInteger,
  readOrNull,
  readRecord,
  readText,
  readWebAddress,
  requireRecord,
  written,
} from './wire';
import { readTimestamp } from './wireTime';

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

/**
 * A profile.
 * @throws {UpstreamUnavailable} when it is no object or has no id
 */
export function parseProfile(json: unknown): Profile {
  const wire = requireRecord(json);
  const settings = readRecord(wire.settings);
  return {
    id: parseId(wire, 'profile_id', 'id'),
    name: readText(wire.name),
    description: readText(wire.description),
    isDefault: readBoolean(wire.is_default) ?? false,
    isArchived: readBoolean(wire.is_archived) ?? false,
    settings: settings && settleSettings(settings),
    link: readOrNull(wire.link, parseProfileLink),
    createdAt: readTimestamp(wire.created_at),
    updatedAt: readTimestamp(wire.updated_at),
  };
}

function parseProfileLink(json: unknown): ProfileLink {
  const wire = requireRecord(json);
  return {
    id: parseId(wire, 'link_id', 'id'),
    webUrl: readWebAddress(wire.web_link),
    telegramUrl: readWebAddress(wire.telegram_link),
    expirationMinutes: readInteger(wire.expiration_minutes) ?? readInteger(wire.expiration_in_minutes),
    archivedAt: readTimestamp(wire.archived_at),
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
