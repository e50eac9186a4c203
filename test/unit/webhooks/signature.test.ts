import fc from 'fast-check';
import { createSignatureVerifier, parseWebhookSecret } from '../../../src/webhooks/signature';
import { readSample, SECRET, signatureOf, signDelivery } from './signDelivery';

const vector = JSON.parse(readSample('signature_vector.json').toString()) as {
  secret: string;
  timestamp: number;
  body: string;
  header_value: string;
  must_not_match: { mistake: string; v1: string }[];
};
const OTHER_SECRET = `whsec_${'ab'.repeat(32)}`;
const SECONDS = vector.timestamp;
const BODY = Buffer.from(vector.body);

function createVerifier({
  secrets = [SECRET],
  nowSeconds = SECONDS,
}: {
  secrets?: string[];
  nowSeconds?: number;
} = {}) {
  return createSignatureVerifier({ secrets, toleranceSeconds: 300, now: () => nowSeconds * 1000 });
}

test('the documented vector is valid', () => {
  const verify = createVerifier({ secrets: [vector.secret] });
  expect(verify(vector.header_value, BODY)).toBe('VALID');
});

test.each(vector.must_not_match.map(({ mistake, v1 }) => [mistake, v1]))('refused: %s', (_mistake, v1) => {
  expect(createVerifier()(`t=${SECONDS},v1=${v1}`, BODY)).toBe('WRONG');
});

test('no header is missing', () => {
  expect(createVerifier()(undefined, BODY)).toBe('MISSING');
  expect(createVerifier()(' ', BODY)).toBe('MISSING');
});

test.each([
  ['no time', `v1=${signatureOf(SECONDS, BODY)}`],
  ['no signature', `t=${SECONDS}`],
  ['two times', `t=${SECONDS},t=${SECONDS},v1=${signatureOf(SECONDS, BODY)}`],
  ['a time that is no number', signDelivery('abc', BODY)],
  ['a negative time', signDelivery('-1', BODY)],
  ['a time with a fraction', signDelivery(`${SECONDS}.5`, BODY)],
  ['a time in hex', signDelivery('0x67d3f5bd', BODY)],
  ['an endless time', signDelivery('9'.repeat(400), BODY)],
  ['an empty signature', `t=${SECONDS},v1=`],
  ['a short signature', `t=${SECONDS},v1=${signatureOf(SECONDS, BODY).slice(2)}`],
  ['a long signature', `t=${SECONDS},v1=${signatureOf(SECONDS, BODY)}00`],
  ['odd hex', `t=${SECONDS},v1=${signatureOf(SECONDS, BODY).slice(1)}`],
  ['no hex', `t=${SECONDS},v1=${'z'.repeat(64)}`],
  ['more behind the signature', `t=${SECONDS},v1=${signatureOf(SECONDS, BODY)}=x`],
  ['the signature alone', signatureOf(SECONDS, BODY)],
  ['only commas', ',,,'],
  ['another version', `t=${SECONDS},v0=${signatureOf(SECONDS, BODY)}`],
])('a header with %s is malformed', (_what, header) => {
  expect(createVerifier()(header, BODY)).toBe('MALFORMED');
});

test('another body, time or secret is wrong', () => {
  const verify = createVerifier();
  const header = signDelivery(SECONDS, BODY);
  expect(verify(header, Buffer.concat([BODY, Buffer.from('\n')]))).toBe('WRONG');
  expect(verify(header, Buffer.alloc(0))).toBe('WRONG');
  expect(verify(header.replace(`t=${SECONDS}`, `t=${SECONDS + 1}`), BODY)).toBe('WRONG');
  expect(verify(signDelivery(SECONDS, BODY, OTHER_SECRET), BODY)).toBe('WRONG');
});

test('any of several secrets may have signed', () => {
  const header = signDelivery(SECONDS, BODY);
  expect(createVerifier({ secrets: [OTHER_SECRET, SECRET] })(header, BODY)).toBe('VALID');
  expect(createVerifier({ secrets: [SECRET, OTHER_SECRET] })(header, BODY)).toBe('VALID');
  expect(createVerifier({ secrets: [OTHER_SECRET] })(header, BODY)).toBe('WRONG');
});

test('any of several signatures may match, unknown parts and spaces do not matter', () => {
  const right = signatureOf(SECONDS, BODY);
  const wrong = signatureOf(SECONDS, BODY, OTHER_SECRET);
  const verify = createVerifier();
  expect(verify(`t=${SECONDS},v1=${wrong},v1=${right}`, BODY)).toBe('VALID');
  expect(verify(`v1=${right}, v1=short , v2=abc,x, t=${SECONDS}`, BODY)).toBe('VALID');
  expect(verify(`t=${SECONDS},v1=${wrong},v1=${wrong}`, BODY)).toBe('WRONG');
});

test('the age may reach the tolerance in both directions and no further', () => {
  const header = signDelivery(SECONDS, BODY);
  expect(createVerifier({ nowSeconds: SECONDS + 300 })(header, BODY)).toBe('VALID');
  expect(createVerifier({ nowSeconds: SECONDS + 301 })(header, BODY)).toBe('STALE');
  expect(createVerifier({ nowSeconds: SECONDS - 300 })(header, BODY)).toBe('VALID');
  expect(createVerifier({ nowSeconds: SECONDS - 301 })(header, BODY)).toBe('FUTURE');
});

test('a forgery is wrong whatever its age', () => {
  expect(createVerifier({ nowSeconds: SECONDS + 9999 })(signDelivery(SECONDS, BODY, OTHER_SECRET), BODY)).toBe('WRONG');
});

test('bytes that are no UTF-8 are signed as they are', () => {
  const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
  expect(createVerifier()(signDelivery(SECONDS, bytes), bytes)).toBe('VALID');
});

test('no header makes it throw, and none but the right one is valid', () => {
  const verify = createVerifier();
  const piece = fc.oneof(fc.string(), fc.constantFrom('t=', 'v1=', ',', `t=${SECONDS}`, `v1=${'0'.repeat(64)}`));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      expect(['MISSING', 'MALFORMED', 'WRONG']).toContain(verify(pieces.join(''), BODY));
    }),
  );
});

test('a secret is the bytes behind its prefix', () => {
  expect(parseWebhookSecret(`whsec_${'0f'.repeat(16)}`)).toEqual(Buffer.alloc(16, 0x0f));
  expect(parseWebhookSecret(SECRET)).toHaveLength(32);
});

test.each([
  ['nothing', ''],
  ['no prefix', 'ab'.repeat(32)],
  ['nothing behind the prefix', 'whsec_'],
  ['an odd number of digits', `whsec_${'a'.repeat(33)}`],
  ['too few bytes', `whsec_${'ab'.repeat(15)}`],
  ['something that is no hex', `whsec_${'xy'.repeat(16)}`],
  ['hex with something behind it', `whsec_${'ab'.repeat(16)} `],
  ['a line break at the end', `whsec_${'ab'.repeat(16)}\n`],
])('a secret with %s is refused without repeating it', (_what, secret) => {
  expect(() => parseWebhookSecret(secret)).toThrow(
    /^must be whsec_ followed by an even number of hex digits, 32 or more$/,
  );
  expect(() => createVerifier({ secrets: [SECRET, secret] })).toThrow('must be whsec_');
});

test('a verifier without secrets is refused', () => {
  expect(() => createVerifier({ secrets: [] })).toThrow('at least one webhook secret');
});
