import { parseRefusal, refuseInput } from '../../../src/dataspike/refusal';

const NOTHING = { text: null, error: null, validationErrors: [], pendingDocuments: [], checkErrors: [] };

test.each<[string, unknown, object]>([
  ['profile update, KYT', { message: 'Bad request' }, { text: 'Bad request' }],
  [
    'create verification',
    { error: 'validation failed', validation_errors: ['country: unknown', 'expiration_minutes: too large'] },
    {
      text: 'validation failed',
      error: 'validation failed',
      validationErrors: ['country: unknown', 'expiration_minutes: too large'],
    },
  ],
  [
    'only validation errors',
    { validation_errors: ['first', 'second'] },
    { text: 'first', validationErrors: ['first', 'second'] },
  ],
  ['client view, set country', { error: 'invalid', details: 'no such country' }, { text: 'invalid', error: 'invalid' }],
  ['only details', { details: 'no such country' }, { text: 'no such country' }],
  [
    'proceed',
    { id: 'V1', error: 'country_unknown', message: 'Set the country', pending_documents: ['selfie', 'passport'] },
    { text: 'Set the country', error: 'country_unknown', pendingDocuments: ['selfie', 'passport'] },
  ],
  [
    'upload',
    { document_id: null, errors: [{ code: 8000, message: 'verification expired' }] },
    { text: 'verification expired', checkErrors: [{ code: 8000, message: 'verification expired' }] },
  ],
  [
    'multi-frame upload',
    {
      message: 'No frame will do',
      frames_results: [{ document_id: null, errors: [{ code: 5014, message: 'blink' }] }, { errors: null }, 'odd'],
    },
    { text: 'No frame will do', checkErrors: [{ code: 5014, message: 'blink' }] },
  ],
  ['an error as an object', { error: { code: 'conflict', message: 'Taken' } }, { text: 'conflict', error: 'conflict' }],
  ['an error as an object with a message alone', { error: { message: 'Taken' } }, { text: 'Taken' }],
  [
    'a lone text where lists are due',
    { validation_errors: 'first', pending_documents: 'selfie' },
    { text: 'first', validationErrors: ['first'], pendingDocuments: ['selfie'] },
  ],
  ['errors as texts', { errors: ['first'] }, { text: 'first' }],
  ['a JSON text', 'Bad request', { text: 'Bad request' }],
  ['an empty object', {}, {}],
  ['null', null, {}],
  ['a list', [{ message: 'no' }], {}],
  ['members of other types', { message: 7, error: true, errors: 'x', pending_documents: { a: 1 } }, { text: '7' }],
])('%s', (_name, body, expected) => {
  expect(parseRefusal(JSON.stringify(body))).toEqual({ ...NOTHING, ...expected });
});

test.each([
  ['nothing', '', null],
  ['plain text', 'Bad request\r\n', 'Bad request'],
  ['HTML', '  <!doctype html><title>502</title>', null],
  ['half of a JSON text', '{"message":', '{"message":'],
])('a body of %s is no accident', (_name, body, text) => {
  expect(parseRefusal(body)).toEqual({ ...NOTHING, text });
});

test('a text is one line of at most 300 characters, whole ones', () => {
  const { text } = parseRefusal(
    JSON.stringify({ message: `one\ntwo\u0000three\u2028four \u202eevil ${'😀'.repeat(200)}` }),
  );
  expect(text).toMatch(/^one two three four evil 😀/u);
  expect(text?.length).toBeLessThanOrEqual(300);
  expect(text).not.toMatch(/\p{Cs}|\p{Cc}/u);
});

test.each([
  ['See https://docs.dataspike.io/x?y=1 please', 'See please'],
  ['See www.dataspike.io now', 'See now'],
  ['POST api.dataspike.io/api/v3/verifications failed', 'POST failed'],
  ['upstream kyc-core.internal:8080 refused', 'upstream refused'],
  ['dial tcp 10.2.3.4:5432: refused', 'dial tcp refused'],
  ['no route for /api/v3/applicants/42', 'no route for'],
  ['postgres://user:pass@db/kyc is down', 'is down'],
  ['anna@example.com is taken', 'anna@example.com is taken'],
  ['Must be between 1.5 and 10.', 'Must be between 1.5 and 10.'],
])('addresses are taken out of %p', (message, text) => {
  expect(parseRefusal(JSON.stringify({ message })).text).toBe(text);
});

test('a text that is nothing but an address leaves the word to the next member', () => {
  expect(parseRefusal('{"message":"https://x.example/y","error":"country_unknown"}').text).toBe('country_unknown');
});

test('lists are bounded', () => {
  const refusal = parseRefusal(
    JSON.stringify({ validation_errors: Array(500).fill('no'), pending_documents: Array(500).fill('poa') }),
  );
  expect(refusal.validationErrors).toHaveLength(50);
  expect(refusal.pendingDocuments).toHaveLength(50);
});

test('a large body full of dots is read in no time', () => {
  const startedAt = performance.now();
  parseRefusal('a.'.repeat(1_000_000));
  parseRefusal(JSON.stringify({ message: 'a-'.repeat(1_000_000), error: 'http:'.repeat(500_000) }));
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test('input that Dataspike has no word for is refused in our own words', () => {
  expect(refuseInput('No such word')).toMatchObject({ status: 400, refusal: { ...NOTHING, text: 'No such word' } });
});
