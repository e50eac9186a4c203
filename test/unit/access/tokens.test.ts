import { type Caller, Unauthenticated } from '../../../src/access/caller';
import { deriveKey } from '../../../src/access/deriveKey';
import { createAuthenticator } from '../../../src/access/tokens';

const anna = (expiresAt: string | null = null): Caller => ({ id: 'anna', kind: 'USER', scopes: new Set(), expiresAt });

function openAuthenticator(answer: (token: string) => Caller | null, maxRemembered?: number) {
  const verify = jest.fn(async (token: string) => answer(token));
  return {
    verify,
    authenticate: createAuthenticator({ apiKeys: [], disabled: false, verifiers: [verify], maxRemembered }),
  };
}

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

test('a token that was accepted is not verified again for five minutes', async () => {
  // lru-cache holds on to the performance object that it found when it was loaded.
  jest.useFakeTimers({ doNotFake: ['performance'] });
  jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
  const { verify, authenticate } = openAuthenticator(() => anna());
  for (let n = 0; n < 3; n += 1) expect(await authenticate('Bearer a.b.c')).toEqual(anna());
  expect(verify).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(300_001);
  await authenticate('Bearer a.b.c');
  expect(verify).toHaveBeenCalledTimes(2);
});

test('a token that was refused is verified each time', async () => {
  const { verify, authenticate } = openAuthenticator(() => null);
  for (let n = 0; n < 2; n += 1) await expect(authenticate('Bearer a.b.c')).rejects.toThrow(Unauthenticated);
  expect(verify).toHaveBeenCalledTimes(2);
});

test('a remembered token is refused once it has ended', async () => {
  jest.useFakeTimers({ now: Date.parse('2025-01-01T00:00:00Z') });
  const { verify, authenticate } = openAuthenticator(() => anna('2025-01-01T00:00:10.000Z'));
  await authenticate('Bearer a.b.c');
  jest.setSystemTime(Date.parse('2025-01-01T00:01:09Z'));
  await authenticate('Bearer a.b.c');
  jest.setSystemTime(Date.parse('2025-01-01T00:01:10Z'));
  await expect(authenticate('Bearer a.b.c')).rejects.toThrow(Unauthenticated);
  expect(verify).toHaveBeenCalledTimes(1);
});

test('however many tokens come, only so many are remembered', async () => {
  const { verify, authenticate } = openAuthenticator(() => anna(), 2);
  for (const token of ['a.a.1', 'a.a.2', 'a.a.3', 'a.a.3', 'a.a.1']) await authenticate(`Bearer ${token}`);
  expect(verify.mock.calls.map(([token]) => token)).toEqual(['a.a.1', 'a.a.2', 'a.a.3', 'a.a.1']);
});

test.each(['a.b', 'a.b.c.d', 'a..c', 'a.b.c=', 'plain'])('what is no JWT, as %s, is not verified', async (token) => {
  const { verify, authenticate } = openAuthenticator(() => anna());
  await expect(authenticate(`Bearer ${token}`)).rejects.toThrow(Unauthenticated);
  expect(verify).not.toHaveBeenCalled();
});

test('verifiers are asked in turn until one accepts', async () => {
  const asked: string[] = [];
  const verifier = (name: string, accepts: boolean) => async () => {
    asked.push(name);
    return accepts ? { ...anna(), id: name } : null;
  };
  const verifiers = [verifier('first', false), verifier('second', true), verifier('third', true)];
  const authenticate = createAuthenticator({ apiKeys: [], disabled: false, verifiers });
  expect((await authenticate('Bearer a.b.c')).id).toBe('second');
  expect(asked).toEqual(['first', 'second']);
});

test('keys for two purposes differ, and neither is the secret', () => {
  const secret = Buffer.from('a secret that serves several purposes');
  const key = deriveKey(secret, 'watch token');
  expect(key).toHaveLength(32);
  expect(deriveKey(secret, 'watch token')).toEqual(key);
  expect(deriveKey(secret, 'file ticket')).not.toEqual(key);
  expect(deriveKey(Buffer.from('another'), 'watch token')).not.toEqual(key);
});
