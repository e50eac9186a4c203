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
  /** Sent as given: Dataspike's own names. */
  readonly settings?: Readonly<Record<string, unknown>> | null;
}
