import type { Verification } from '../../../src/dataspike/verification';
import { createEntityCache } from '../../../src/entities/entityCache';
import { createSharedReads } from '../../../src/entities/sharedReads';
import { makeVerification } from '../events/verificationFixture';

const present = new AbortController().signal;

beforeEach(() => {
  // lru-cache holds on to the performance object that it found when it was loaded.
  jest.useFakeTimers({ doNotFake: ['performance'] });
  jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** A cache in front of a Dataspike whose state the test decides. */
function open(maxEntries?: number) {
  const cache = createEntityCache({ sharedReads: createSharedReads(), maxEntries });
  let loads = 0;
  return {
    cache,
    loads: () => loads,
    read(load: () => Verification | null | Promise<Verification | null>, id = 'verification-1') {
      return cache.read(
        'verification',
        id,
        async () => {
          loads += 1;
          return load();
        },
        present,
      );
    },
  };
}

test.each([
  ['what can still change', 'PENDING', 2_000],
  ['a final verification', 'VERIFIED', 60_000],
] as const)('%s is kept for its time and then read again', async (_what, status, keptMs) => {
  const { read, loads } = open();
  const verification = makeVerification(status);
  await read(() => verification);
  await jest.advanceTimersByTimeAsync(keptMs - 50);
  expect(await read(() => null)).toBe(verification);
  expect(loads()).toBe(1);
  await jest.advanceTimersByTimeAsync(100);
  expect(await read(() => null)).toBeNull();
  expect(loads()).toBe(2);
});

test('what an event says is kept for 2 s even when it is final', async () => {
  const { cache, read, loads } = open();
  const told = makeVerification('VERIFIED');
  cache.replace('verification', told);
  expect(await read(() => null)).toBe(told);
  expect(loads()).toBe(0);
  await jest.advanceTimersByTimeAsync(2_050);
  await read(() => told);
  expect(loads()).toBe(1);
});

test('what does not exist is asked for again', async () => {
  const { read, loads } = open();
  expect(await read(() => null)).toBeNull();
  expect(await read(() => null)).toBeNull();
  expect(loads()).toBe(2);
});

test('a failed read leaves nothing behind', async () => {
  const { read } = open();
  await expect(read(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
  const verification = makeVerification('PENDING');
  expect(await read(() => verification)).toBe(verification);
});

test('a kind does not answer for another', async () => {
  const { cache, read } = open();
  cache.replace('verification', makeVerification('PENDING', { id: 'same' }));
  const profile = await cache.read('profile', 'same', async () => null, present);
  expect(profile).toBeNull();
  cache.forget('profile', 'same');
  expect(await read(() => null, 'same')).not.toBeNull();
});

test('the least recently used go first', async () => {
  const { read, loads } = open(2);
  for (const id of ['a', 'b', 'a', 'c']) await read(() => makeVerification('PENDING', { id }), id);
  expect(loads()).toBe(3);
  await read(() => null, 'a');
  expect(loads()).toBe(3);
  await read(() => null, 'b');
  expect(loads()).toBe(4);
});

describe('a change during a read', () => {
  const before = makeVerification('IN_PROGRESS');
  const after = makeVerification('VERIFIED');

  /** A read that began and waits for its answer. */
  function begin({ read }: ReturnType<typeof open>) {
    let answer: (verification: Verification) => void = () => {};
    const promise = read(() => new Promise<Verification>((resolve) => (answer = resolve)));
    return { promise, answer: (verification: Verification) => answer(verification) };
  }

  test('wins: the read answers who waited, and brings nothing old back', async () => {
    const opened = open();
    const slow = begin(opened);
    opened.cache.replace('verification', after);
    slow.answer(before);
    expect(await slow.promise).toBe(before);
    expect(await opened.read(() => null)).toBe(after);
  });

  test('wins also over the older of two reads, which another change had parted', async () => {
    const opened = open();
    const older = begin(opened);
    opened.cache.forget('applicant', 'somebody else');
    const newer = begin(opened);
    opened.cache.replace('verification', after);
    newer.answer(before);
    older.answer(before);
    await Promise.all([older.promise, newer.promise]);
    expect(await opened.read(() => null)).toBe(after);
  });

  test('parts those who ask after it from those who asked before', async () => {
    const opened = open();
    const slow = begin(opened);
    opened.cache.forget('verification', before.id);
    expect(await opened.read(() => after)).toBe(after);
    slow.answer(before);
    expect(await slow.promise).toBe(before);
    expect(await opened.read(() => null)).toBe(after);
  });

  test('of all of a kind concerns each of it, and no other kind', async () => {
    const opened = open();
    const slow = begin(opened);
    opened.cache.replace('verification', makeVerification('PENDING', { id: 'kept before' }));
    opened.cache.forgetAll('verification');
    slow.answer(before);
    await slow.promise;
    const count = opened.loads();
    await opened.read(() => after);
    await opened.read(() => null, 'kept before');
    expect(opened.loads()).toBe(count + 2);
    opened.cache.forgetAll('profile');
    expect(await opened.read(() => null)).toBe(after);
  });

  test('that nobody told of may concern everything', async () => {
    const opened = open();
    const slow = begin(opened);
    opened.cache.replace('verification', makeVerification('VERIFIED', { id: 'kept before' }));
    opened.cache.forgetAll();
    slow.answer(before);
    await slow.promise;
    expect(await opened.read(() => after)).toBe(after);
    expect(await opened.read(() => null, 'kept before')).toBeNull();
  });
});
