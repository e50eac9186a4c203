// The codes alone: the package's main file loads the names in eighty languages as well.
import { alpha2ToAlpha3, alpha3ToAlpha2, isValid } from 'i18n-iso-countries/index';

/**
 * What machine readable zones write instead of ISO's three letters (ICAO Doc 9303, part 3, section 5): Germany's single
 * letter, the kinds of British nationality, and Kosovo, which ISO leaves to its users.
 */
const OTHER_CODES: Readonly<Record<string, string>> = {
  D: 'DE',
  GBD: 'GB',
  GBN: 'GB',
  GBO: 'GB',
  GBP: 'GB',
  GBS: 'GB',
  RKS: 'XK',
  XKX: 'XK',
};

/** A country as ISO 3166-1 alpha-2, from two or three letters of any case; null for what is no country, as UTO. */
export function readCountry(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // Nearly all are written as they should be.
  if (/^[A-Z]{2}$/.test(value)) return isValid(value) ? value : null;
  const code = value.trim().replace(/<+$/, '').toUpperCase();
  if (Object.hasOwn(OTHER_CODES, code)) return OTHER_CODES[code] ?? null;
  if (/^[A-Z]{2}$/.test(code)) return isValid(code) ? code : null;
  return /^[A-Z]{3}$/.test(code) ? (alpha3ToAlpha2(code) ?? null) : null;
}

/** Three letters (ISO 3166-1 alpha-3) for two or three; null for what is no country. */
export function readAlpha3(value: unknown): string | null {
  const code = readCountry(value);
  return code === null ? null : (alpha2ToAlpha3(code) ?? null);
}
