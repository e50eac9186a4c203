import {
  parseId,
  readBoolean,
  readFilledText,
  readInteger,
  readList,
  readNumber,
  readRecord,
  readText,
} from '../../../src/dataspike/wire';
import { readAlpha3, readCountry } from '../../../src/dataspike/wireCountry';
import { readDate, readMrzBirthDate, readMrzExpiryDate, readTimestamp } from '../../../src/dataspike/wireTime';

type Case = [value: unknown, expected: unknown];

const CASES: [string, (value: unknown) => unknown, Case[]][] = [
  [
    'text',
    readText,
    [
      ['a', 'a'],
      ['', ''],
      [0, '0'],
      [1.5, '1.5'],
      [NaN, null],
      [Infinity, null],
      [true, null],
      [{}, null],
      [['a'], null],
      [null, null],
      [undefined, null],
    ],
  ],
  [
    'filled text',
    readFilledText,
    [
      ['a', 'a'],
      ['', null],
      [' ', null],
      [7, '7'],
      [null, null],
    ],
  ],
  [
    'number',
    readNumber,
    [
      [0.97, 0.97],
      ['0.97', 0.97],
      ['-1', -1],
      ['1e9', null],
      ['', null],
      ['x', null],
      [null, null],
    ],
  ],
  [
    'integer',
    readInteger,
    [
      [5014, 5014],
      ['5014', 5014],
      [1.5, null],
      [2 ** 31, null],
      [-(2 ** 31), -(2 ** 31)],
      [-0, 0],
      ['x', null],
      [null, null],
    ],
  ],
  [
    'boolean',
    readBoolean,
    [
      [true, true],
      [false, false],
      ['true', true],
      ['False', false],
      [1, null],
      ['yes', null],
      [null, null],
    ],
  ],
  [
    'record',
    readRecord,
    [
      [{ a: 1 }, { a: 1 }],
      [[], null],
      ['x', null],
      [null, null],
    ],
  ],
  [
    'timestamp',
    readTimestamp,
    [
      ['2025-03-14T09:26:53Z', '2025-03-14T09:26:53.000Z'],
      ['2025-03-14T09:26:53.5Z', '2025-03-14T09:26:53.500Z'],
      ['2025-03-14T09:26:53.589Z', '2025-03-14T09:26:53.589Z'],
      ['2025-03-14T09:26:53.589793Z', '2025-03-14T09:26:53.589Z'],
      ['2025-03-14T09:26:53.999999999Z', '2025-03-14T09:26:53.999Z'],
      ['2025-03-14T09:26:53.0000000000Z', null],
      ['2025-03-14T09:26:53+02:00', '2025-03-14T07:26:53.000Z'],
      ['2025-03-14t09:26:53z', '2025-03-14T09:26:53.000Z'],
      ['2025-03-14T09:26:53', '2025-03-14T09:26:53.000Z'],
      ['2025-03-14', '2025-03-14T00:00:00.000Z'],
      ['2025-02-30', null],
      ['2025-02-30T00:00:00Z', null],
      ['2025-13-01T00:00:00Z', null],
      ['2025-03-14T24:00:00Z', null],
      ['2025-03-14T09:26:53+99:00', null],
      ['9999-12-31T23:59:59-10:00', null],
      ['0000-01-01T00:00:00+10:00', null],
      ['yesterday', null],
      ['', null],
      [1741944413, null],
      [null, null],
    ],
  ],
  [
    'date',
    readDate,
    [
      ['1974-08-12', '1974-08-12'],
      ['1974-08-12T00:00:00Z', '1974-08-12'],
      ['1974-08-12T00:00:00+02:00', '1974-08-12'],
      ['2024-02-29', '2024-02-29'],
      ['2023-02-29', null],
      ['1974-08', null],
      ['12.08.1974', null],
      [null, null],
    ],
  ],
  [
    'country',
    readCountry,
    [
      ['DE', 'DE'],
      ['de', 'DE'],
      ['DEU', 'DE'],
      ['deu', 'DE'],
      [' FRA ', 'FR'],
      ['D', 'DE'],
      ['D<<', 'DE'],
      ['GBD', 'GB'],
      ['GBN', 'GB'],
      ['GBO', 'GB'],
      ['GBP', 'GB'],
      ['GBS', 'GB'],
      ['RKS', 'XK'],
      ['UTO', null],
      ['ZZ', null],
      ['276', null],
      ['Germany', null],
      ['constructor', null],
      ['', null],
      [276, null],
      [null, null],
    ],
  ],
  [
    'alpha-3',
    readAlpha3,
    [
      ['DE', 'DEU'],
      ['deu', 'DEU'],
      ['ZZ', null],
      [null, null],
    ],
  ],
];

describe.each(CASES)('%s', (_name, read, cases) => {
  test.each(cases)('%j is read as %j', (value, expected) => {
    expect(read(value)).toEqual(expected);
  });
});

test('a list leaves out what is odd, and takes a lone object for a list of one', () => {
  const ids = (value: unknown) => readList(value, (item) => parseId(item, 'id'));
  expect(ids([{ id: 'a' }, {}, null, 'x', { id: 7 }])).toEqual(['a', '7']);
  expect(ids({ id: 'a' })).toEqual(['a']);
  for (const nothing of [null, undefined, 'x', 7]) expect(ids(nothing)).toEqual([]);
});

test('a failure that is not about the shape of an item is not swallowed', () => {
  const broken = () => {
    throw new TypeError('a mistake of ours');
  };
  expect(() => readList([{}], broken)).toThrow(TypeError);
});

test('an object too deep to walk is not taken over', () => {
  const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
  expect(readRecord(nested(64))).not.toBeNull();
  expect(readRecord(nested(65))).toBeNull();
  expect(readRecord(nested(100_000))).toBeNull();
});

test('a date of birth in a machine readable zone lies in the past', () => {
  jest.useFakeTimers({ now: Date.parse('2025-03-14T12:00:00Z') });
  const cases: Case[] = [
    ['740812', '1974-08-12'],
    ['250314', '2025-03-14'],
    ['250315', '1925-03-15'],
    ['000229', '2000-02-29'],
    ['1974-08-12', '1974-08-12'],
    ['7408<<', null],
    ['740832', null],
    ['', null],
    [740812, null],
    [null, null],
  ];
  for (const [value, expected] of cases) expect([value, readMrzBirthDate(value)]).toEqual([value, expected]);
  jest.useRealTimers();
});

test('a date of expiry in a machine readable zone lies between 1970 and 2069', () => {
  const cases: Case[] = [
    ['320415', '2032-04-15'],
    ['991231', '1999-12-31'],
    ['691231', '2069-12-31'],
    ['700101', '1970-01-01'],
    ['2032-04-15', '2032-04-15'],
    ['<<<<<<', null],
    [null, null],
  ];
  for (const [value, expected] of cases) expect([value, readMrzExpiryDate(value)]).toEqual([value, expected]);
});
