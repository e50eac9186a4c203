import isoCountries from 'i18n-iso-countries';

/** An entry of the country dictionary, as the vendor writes it. */
export interface Country {
  readonly alpha_2: string;
  readonly alpha_3: string;
  readonly name: string;
  readonly continent: string;
}

const alpha2ByContinent: Readonly<Record<string, string>> = {
  Africa:
    'AO BF BI BJ BW CD CI CM CV DJ DZ EG ET GA GH GM GN KE LR LS MA MG ML MU MW MZ NA NE NG RW SC SN TD TG TN TZ UG ZA ZM ZW',
  Asia: 'AE AM AZ BD BH BN BT CN GE HK ID IL IN IQ JO JP KG KH KR KW KZ LA LB LK MN MV MY NP OM PH PK QA SA SG TH TJ TM TR TW UZ VN',
  Europe:
    'AD AL AT BA BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM UA',
  'North America': 'AG BB BS BZ CA CR CU DM DO GD GT HN HT JM MX NI PA SV TT US',
  Oceania: 'AU FJ KI MH NR NZ PG PW SB TO TV VU WS',
  'South America': 'AR BO BR CL CO EC GY PE PY SR UY VE',
};

/** Every country that the simulator knows, by alpha-2. */
export const countries: readonly Country[] = Object.entries(alpha2ByContinent)
  .flatMap(([continent, codes]) =>
    codes.split(' ').map((alpha2) => ({
      alpha_2: alpha2,
      alpha_3: isoCountries.alpha2ToAlpha3(alpha2) ?? '',
      name: isoCountries.getName(alpha2, 'en') ?? alpha2,
      continent,
    })),
  )
  .sort((left, right) => left.alpha_2.localeCompare(right.alpha_2));

const byCode = new Map(
  countries.flatMap((country) => [
    [country.alpha_2, country],
    [country.alpha_3, country],
  ]),
);

/** @param code alpha-2 or alpha-3, capitals */
export function findCountry(code: string): Country | null {
  return byCode.get(code) ?? null;
}
