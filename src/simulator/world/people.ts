import { countries } from './countries';
import type { Identifiers } from './identifiers';

/**
 * A made-up person. Every value that identifies somebody carries a canary (`CANARY`, `CNRY` or `canary.example`), so
 * that a test can search logs, metrics and messages for personal data.
 */
export interface Person {
  readonly givenName: string;
  readonly familyName: string;
  readonly fullName: string;
  /** YYYY-MM-DD, as are the other dates */
  readonly birthDate: string;
  readonly sex: 'M' | 'F';
  readonly documentNumber: string;
  readonly issueDate: string;
  readonly expiryDate: string;
  readonly address: string;
  readonly email: string;
  readonly phone: string;
  /** Where the person comes from when nothing else says so; alpha-2 */
  readonly country: string;
}

const givenNames = [
  'ANNA',
  'BORIS',
  'CLARA',
  'DAVID',
  'ELENA',
  'FELIX',
  'GRETA',
  'HUGO',
  'IRIS',
  'JONAS',
  'KLARA',
  'LUIS',
];
const familyNames = [
  'ALVES',
  'BERG',
  'COSTA',
  'DUBOIS',
  'EKMAN',
  'FISCHER',
  'GREEN',
  'HOLM',
  'IVANOV',
  'JANSEN',
  'KIM',
  'LOPEZ',
];

/** @param ordinal the applicant's; the same seed and ordinal give the same person */
export function makePerson(identifiers: Identifiers, ordinal: number): Person {
  const choose = (lane: string, count: number) => identifiers.number(`person.${lane}`, ordinal) % count;
  const givenIndex = choose('given', givenNames.length);
  const givenName = `${givenNames[givenIndex]}CANARY${spell(choose('givenLetters', 17_576), 3)}`;
  const familyName = `${familyNames[choose('family', familyNames.length)]}CANARY${spell(choose('familyLetters', 17_576), 3)}`;
  const issueYear = 2019 + choose('issued', 6);
  const monthAndDay = `${pad(1 + choose('month', 12))}-${pad(1 + choose('day', 28))}`;
  return {
    givenName,
    familyName,
    fullName: `${givenName} ${familyName}`,
    birthDate: `${1950 + choose('born', 55)}-${monthAndDay}`,
    sex: givenIndex % 2 === 0 ? 'F' : 'M',
    documentNumber: `CNRY${String(ordinal % 100_000).padStart(5, '0')}`,
    issueDate: `${issueYear}-${monthAndDay}`,
    expiryDate: `${issueYear + 10}-${monthAndDay}`,
    address: `${1 + choose('house', 200)} CANARY ${spell(choose('street', 456_976), 4)} STREET`,
    email: `${givenName}.${ordinal}@canary.example`.toLowerCase(),
    phone: `+999${String(choose('phone', 10_000_000)).padStart(7, '0')}`,
    country: countries[choose('country', countries.length)]?.alpha_2 ?? 'DE',
  };
}

/** `count` capital letters for a number. */
function spell(value: number, count: number): string {
  let rest = value;
  let letters = '';
  for (let position = 0; position < count; position += 1) {
    letters += String.fromCharCode(65 + (rest % 26));
    rest = Math.floor(rest / 26);
  }
  return letters;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
