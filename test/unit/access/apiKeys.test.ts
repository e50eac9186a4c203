import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { findApiKey, parseApiKeys } from '../../../src/access/apiKeys';

const digest = (key: string) => createHash('sha256').update(key).digest('hex');

test('any of several keys is found by its secret, and by nothing else', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }),
      fc.string(),
      (secrets, other) => {
        const keys = parseApiKeys(secrets.map((secret, index) => `key-${index}:${digest(secret)}:kyc:read`));
        for (const [index, secret] of secrets.entries()) expect(findApiKey(keys, secret)?.name).toBe(`key-${index}`);
        if (!secrets.includes(other)) expect(findApiKey(keys, other)).toBeNull();
      },
    ),
  );
});

test('no key is found where there are none, also under names that every object has', () => {
  for (const secret of ['', '__proto__', 'constructor', 'toString']) expect(findApiKey([], secret)).toBeNull();
});

test('digests are read in either case, scopes in any order', () => {
  const [key] = parseApiKeys([`ops.team-1:${digest('k').toUpperCase()}:kyc:admin+kyc:read`]);
  expect(key).toEqual({
    name: 'ops.team-1',
    sha256: Buffer.from(digest('k'), 'hex'),
    scopes: ['kyc:admin', 'kyc:read'],
  });
});

test.each([
  ['no parts', 'secret-in-clear'],
  ['no scopes', `web:${digest('k')}:`],
  ['a digest that is too short', `web:${digest('k').slice(2)}:kyc:read`],
  ['a digest that is no hex', `web:${'z'.repeat(64)}:kyc:read`],
  ['a name with a space', `my web:${digest('k')}:kyc:read`],
  ['no name', `:${digest('k')}:kyc:read`],
  ['an unknown scope', `web:${digest('k')}:kyc:everything`],
  ['a scope of every object', `web:${digest('k')}:constructor`],
  ['an empty scope', `web:${digest('k')}:kyc:read+`],
])('an entry with %s is refused by its position, not by its text', (_what, entry) => {
  const good = `first:${digest('f')}:kyc:read`;
  const parse = () => parseApiKeys([good, entry]);
  expect(parse).toThrow(/^key 2 /);
  expect(parse).not.toThrow(entry);
});

test('two keys cannot have one name', () => {
  const entries = ['a', 'b'].map((key) => `web:${digest(key)}:kyc:read`);
  expect(() => parseApiKeys(entries)).toThrow('the names of two keys are the same');
});
