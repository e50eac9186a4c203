/** An entry of Dataspike's country dictionary. */
export interface Country {
  /** ISO 3166-1 alpha-2 */
  readonly code: string;
  readonly alpha3: string;
  readonly name: string | null;
  readonly continent: string | null;
}
