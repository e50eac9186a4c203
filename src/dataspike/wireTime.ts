/** As Dataspike writes it, and as we do. */
const CANONICAL = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
// A missing offset is read as UTC: the API's times are UTC throughout (OpenAPI document, tolerance rules).
const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})?$/;

/**
 * RFC 3339 with 0 to 9 fractional digits, or a plain date, as `YYYY-MM-DDTHH:mm:ss.sssZ`; unreadable is null. Digits beyond
 * milliseconds are cut off.
 */
export function readTimestamp(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (CANONICAL.test(value)) return isRealDate(value) ? value : null;
  if (DATE.test(value)) return isRealDate(value) ? `${value}T00:00:00.000Z` : null;
  const match = TIMESTAMP.exec(value);
  const [, day, hours, minutes, seconds, fraction = '', offset = 'Z'] = match ?? [];
  if (!day || !isRealDate(day)) return null;
  const inPlace = `${day}T${hours}:${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  if (offset === 'Z' || offset === 'z') return `${inPlace}Z`;
  const time = new Date(`${inPlace}${offset}`);
  // An offset can carry the first or last hours of the calendar out of its four-digit years.
  const year = time.getUTCFullYear();
  return year >= 0 && year <= 9999 ? time.toISOString() : null;
}

/**
 * A plain date or the date part of a full timestamp, as `YYYY-MM-DD`; unreadable is null. The day is the one written, not
 * the one in UTC: a date of birth has no time zone.
 */
export function readDate(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (DATE.test(value)) return isRealDate(value) ? value : null;
  return readTimestamp(value) === null ? null : value.slice(0, 10);
}

/**
 * A `YYMMDD` date of birth of a machine readable zone (ICAO Doc 9303), or a full date: the latest century in which it
 * lies in the past. Unreadable, or with unknown parts, is null.
 */
export function readMrzBirthDate(value: unknown): string | null {
  const today = () => new Date().toISOString().slice(0, 10);
  return readDate(value) ?? latestCentury(value, (candidate) => candidate <= today());
}

/** A `YYMMDD` date of expiry, or a full date; two digits stand for 1970 to 2069. Unreadable is null. */
export function readMrzExpiryDate(value: unknown): string | null {
  return readDate(value) ?? latestCentury(value, (candidate) => candidate < '2070');
}

function latestCentury(value: unknown, isSensible: (candidate: string) => boolean): string | null {
  const match = typeof value === 'string' ? /^(\d{2})(\d{2})(\d{2})$/.exec(value) : null;
  if (!match) return null;
  const [, year, month, day] = match;
  const candidates = [`20${year}-${month}-${day}`, `19${year}-${month}-${day}`];
  return candidates.find((candidate) => isRealDate(candidate) && isSensible(candidate)) ?? null;
}

// By the calendar: Date.parse takes the 30th of February for the 1st or 2nd of March, and is slow.
function isRealDate(text: string): boolean {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 && !isLeap ? 28 : (DAYS[month - 1] ?? 0));
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
