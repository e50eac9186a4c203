import { parseValue } from 'graphql';
import { CountryCodeScalar, DateScalar, DateTimeScalar, JsonScalar, UrlScalar } from '../../../src/graphql/scalars';

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

test.each([
  ['Date', DateScalar, '1990-02-28', '1990-02-28'],
  ['CountryCode', CountryCodeScalar, 'de', 'DE'],
  ['URL', UrlScalar, 'https://example.com/a?b=c', 'https://example.com/a?b=c'],
])('%s is read the same from a variable and from a literal', (_name, scalar, written, read) => {
  expect(scalar.parseValue(written)).toBe(read);
  expect(scalar.parseLiteral(parseValue(JSON.stringify(written)))).toBe(read);
});

test.each([
  ['Date', DateScalar, ['1990-02-30', '28.02.1990', '1990-02-28T00:00:00Z', 19900228, null]],
  ['CountryCode', CountryCodeScalar, ['DEU', 'XX', '', 49]],
  ['URL', UrlScalar, ['/relative', 'ftp://example.com', 'javascript:alert(1)', 'https://', 7]],
  ['DateTime', DateTimeScalar, ['yesterday', '2025-03-14']],
])('%s refuses what is none', (_name, scalar, values) => {
  for (const value of values) {
    expect(() => scalar.parseValue(value)).toThrow();
    expect(() => scalar.parseLiteral(parseValue(JSON.stringify(value)))).toThrow();
  }
});

test('JSON is any value that is not too deep to be passed on', () => {
  for (const value of [null, 1, 'text', [1, [2]], nested(60)]) {
    expect(JsonScalar.parseValue(value)).toEqual(value);
  }
  expect(JsonScalar.parseLiteral(parseValue('{ a: [1, { b: "c" }] }'))).toEqual({ a: [1, { b: 'c' }] });
  let bottomless: unknown = [];
  for (let level = 0; level < 100_000; level += 1) bottomless = [bottomless];
  for (const value of [nested(70), bottomless]) {
    expect(() => JsonScalar.parseValue(value)).toThrow('JSON must not be nested deeper than 60 levels');
  }
});

test('values that are texts already go out as they are', () => {
  expect(DateScalar.serialize('1990-02-28')).toBe('1990-02-28');
  expect(UrlScalar.serialize('https://example.com/%7Ea')).toBe('https://example.com/%7Ea');
});
