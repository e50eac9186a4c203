import { createMemoryEventLog } from '../../../src/events/memoryEventLog';
import type { VerificationEvent } from '../../../src/events/verificationEvent';
import { appended, describeEventLog } from './eventLogContract';
import { makeCandidate, makeVerification } from './verificationFixture';

const NOW = Date.UTC(2025, 2, 14, 9, 0, 0);
const DAY_MS = 24 * 60 * 60 * 1000;

describeEventLog('the memory log', async (options) => createMemoryEventLog(options));

test('cursors are the start time and a sequence from 1', async () => {
  const log = createMemoryEventLog({ retention: 10, now: () => NOW });
  expect(log.position()).toBe(`${NOW}-0`);
  const { cursor } = appended(await log.append(makeCandidate(makeVerification('INITIAL'))));
  expect(cursor).toBe(`${NOW}-1`);
});

test('a cursor from before a restart is refused', async () => {
  const before = createMemoryEventLog({ retention: 10, now: () => NOW });
  const { cursor } = appended(await before.append(makeCandidate(makeVerification('INITIAL'))));
  const after = createMemoryEventLog({ retention: 10, now: () => NOW + 1 });
  await after.append(makeCandidate(makeVerification('INITIAL')));
  await after.append(makeCandidate(makeVerification('PENDING')));
  expect(await after.read(cursor, 10)).toBeNull();
});

test('exactly as many events as the retention says are kept', async () => {
  const log = createMemoryEventLog({ retention: 3, now: () => NOW });
  for (let index = 1; index <= 5; index++) {
    await log.append(makeCandidate(makeVerification('INITIAL', { id: `v${index}` })));
  }
  const ids = async (cursor: string) => (await log.read(cursor, 10))?.map((event) => event.verification.id) ?? null;
  expect(await ids(`${NOW}-1`)).toBeNull();
  expect(await ids(`${NOW}-2`)).toEqual(['v3', 'v4', 'v5']);
  expect(await ids(`${NOW}-4`)).toEqual(['v5']);
  expect(await ids(`${NOW}-5`)).toEqual([]);
  expect(await ids(`${NOW}-6`)).toBeNull();
});

test('the newest event of a verification is forgotten only when that event itself leaves the retention', async () => {
  const log = createMemoryEventLog({ retention: 3 });
  const append = (id: string, country: string) =>
    log.append(makeCandidate(makeVerification('PENDING', { id, country })));
  await append('busy', 'DE');
  await append('silent', 'DE');
  await append('busy', 'FR');
  await append('other', 'DE');
  expect((await log.latest('busy'))?.verification.country).toBe('FR');
  expect(await log.latest('silent')).not.toBeNull();
  await append('other', 'FR');
  expect(await log.latest('silent')).toBeNull();
  await append('other', 'IT');
  expect(await log.latest('busy')).toBeNull();
  expect(await log.latest('other')).not.toBeNull();
});

test('a delivery key is forgotten after 24 hours, not before', async () => {
  let now = NOW;
  const log = createMemoryEventLog({ retention: 10, now: () => now });
  await log.append(makeCandidate(makeVerification('PENDING'), { deliveryKey: 'appended' }));
  await log.markSeen('marked');
  now += DAY_MS - 1;
  expect([await log.hasSeen('appended'), await log.hasSeen('marked')]).toEqual([true, true]);
  now += 2;
  expect([await log.hasSeen('appended'), await log.hasSeen('marked')]).toEqual([false, false]);
});

test('followers have heard an event before append answers', () => {
  const log = createMemoryEventLog({ retention: 10 });
  const heard: VerificationEvent[] = [];
  log.follow((event) => heard.push(event));
  void log.append(makeCandidate(makeVerification('PENDING')));
  expect(heard).toHaveLength(1);
});

test('what a follower throws is handed to whoever wants to know', async () => {
  const failures: unknown[] = [];
  const log = createMemoryEventLog({ retention: 10, onListenerError: (error) => failures.push(error) });
  const failure = new Error('broken follower');
  log.follow(() => {
    throw failure;
  });
  appended(await log.append(makeCandidate(makeVerification('PENDING'))));
  expect(failures).toEqual([failure]);
});

test('a follower that appends does not bring the others out of order', async () => {
  const log = createMemoryEventLog({ retention: 10 });
  log.follow(({ verification }) => {
    if (verification.status === 'INITIAL') void log.append(makeCandidate(makeVerification('PENDING')));
  });
  const heard: string[] = [];
  log.follow(({ verification }) => heard.push(verification.status));
  await log.append(makeCandidate(makeVerification('INITIAL')));
  expect(heard).toEqual(['INITIAL', 'PENDING']);
});

test('a follower that another one stops is not told any more', async () => {
  const log = createMemoryEventLog({ retention: 10 });
  const heard: string[] = [];
  const stops: (() => void)[] = [];
  log.follow(() => {
    for (const stop of stops) stop();
    log.follow(() => heard.push('newcomer'));
  });
  stops.push(log.follow(() => heard.push('stopped')));
  await log.append(makeCandidate(makeVerification('INITIAL')));
  expect(heard).toEqual([]);
});

test('nobody hears anything after close', async () => {
  const log = createMemoryEventLog({ retention: 10 });
  const heard: string[] = [];
  log.follow((event) => heard.push(event.cursor));
  await log.close();
  await expect(log.append(makeCandidate(makeVerification('INITIAL')))).rejects.toThrow();
  expect(heard).toEqual([]);
});

test('a retention that keeps nothing is refused', () => {
  for (const retention of [0, -1, 1.5, Number.NaN]) {
    expect(() => createMemoryEventLog({ retention })).toThrow('retention must be 1 or more');
  }
});
