import { parseExporterHeaders } from '../../../src/telemetry/exporterHeaders';

test('headers are names and values, percent-encoded, values with further signs of equality', () => {
  expect(parseExporterHeaders(['authorization=Basic%20dXNlcjpwYXNz==', ' x-scope = eu '])).toEqual({
    authorization: 'Basic dXNlcjpwYXNz==',
    'x-scope': 'eu',
  });
});

test.each(['name', '=value', 'name=', 'na me=value', 'name=a%0D%0Ab', 'name=%zz', 'name=%C3%A9'])(
  '%s is refused without being repeated',
  (item) => {
    expect(() => parseExporterHeaders([item])).toThrow(/^must be a comma list of name=value, percent-encoded$/);
  },
);
