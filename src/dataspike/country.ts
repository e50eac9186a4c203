import { filledText, readObject, wrongShape } from './wire';
import { country as alpha2, readAlpha3, readCountry } from './wireCountry';

/** An entry of Dataspike's country dictionary. */
export interface Country {
  /** ISO 3166-1 alpha-2 */
  readonly code: string;
  readonly alpha3: string;
  readonly name: string | null;
  readonly continent: string | null;
}

const country = { alpha_2: alpha2, alpha_3: readAlpha3, name: filledText, continent: filledText };

/**
 * An entry of the country dictionary; either code stands for the other.
 * @throws {UpstreamUnavailable} when it is no object or names no country of ISO 3166-1
 */
export function parseCountry(json: unknown): Country {
  const wire = readObject(country, json);
  const code = wire.alpha_2 ?? readCountry(wire.alpha_3);
  const alpha3 = wire.alpha_3 ?? readAlpha3(wire.alpha_2);
  if (code === null || alpha3 === null) throw wrongShape();
  return { code, alpha3, name: wire.name, continent: wire.continent };
}
