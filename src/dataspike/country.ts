import { readFilledText, requireRecord, wrongShape } from './wire';
import { readAlpha3, readCountry } from './wireCountry';

/** An entry of Dataspike's country dictionary. */
export interface Country {
  /** ISO 3166-1 alpha-2 */
  readonly code: string;
  readonly alpha3: string;
  readonly name: string | null;
  readonly continent: string | null;
}

/**
 * An entry of the country dictionary; either code stands for the other.
 * @throws {UpstreamUnavailable} when it is no object or names no country of ISO 3166-1
 */
export function parseCountry(json: unknown): Country {
  const wire = requireRecord(json);
  const code = readCountry(wire.alpha_2) ?? readCountry(wire.alpha_3);
  const alpha3 = readAlpha3(wire.alpha_3) ?? readAlpha3(wire.alpha_2);
  if (code === null || alpha3 === null) throw wrongShape();
  return { code, alpha3, name: readFilledText(wire.name), continent: readFilledText(wire.continent) };
}
