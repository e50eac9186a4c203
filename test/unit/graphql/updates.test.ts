import { EventLogUnavailable } from '../../../src/events/eventLog';
import { createMemoryEventLog } from '../../../src/events/memoryEventLog';
import { createWatchers } from '../../../src/events/watchers';
import type { Services } from '../../../src/graphql/context';
import { openUpdates, type UpdateSource } from '../../../src/graphql/updates';
import { makeCandidate, makeVerification } from '../events/verificationFixture';

/** A log and its watchers, and somebody who reads what is told of `verification-1`, which Dataspike shows as `state`. */
async function open(state = makeVerification('PENDING')) {
  let isReachable = true;
  const memory = createMemoryEventLog({ retention: 100 });
  const log = {
    ...memory,
    isReachable: () => isReachable,
    async read(cursor: string, limit: number) {
      if (!isReachable) throw new EventLogUnavailable();
      return memory.read(cursor, limit);
    },
  };
  const watchers = createWatchers();
  log.follow(watchers.publish);
  const services = {
    log,
    watchers,
    operationMs: 1_000,
    telemetry: { start: () => ({ report: {}, run: (work: () => unknown) => work(), end() {} }) },
    clientFor: () => ({ getVerification: async () => state }),
    cache: { read: async (_kind: string, _id: string, load: (signal: AbortSignal | null) => unknown) => load(null) },
  } as unknown as Services;
  const caller = { id: 'one', kind: 'USER', scopes: new Set<never>(), expiresAt: null } as const;
  const source = openUpdates({ services, caller, requestId: '1' }, { verificationId: state.id }, null);
  const told: string[] = [];
  const reading = readAll(source, told);
  return {
    log,
    watchers,
    source,
    told,
    reading,
    setReachable(value: boolean) {
      isReachable = value;
    },
  };
}

/** Until the source has nothing; again with each news. */
async function readAll(source: UpdateSource, told: string[]): Promise<void> {
  let isReading = false;
  const read = async () => {
    if (isReading) return;
    isReading = true;
    for (;;) {
      const taken = source.take();
      if (taken === null) break;
      const update = await taken;
      if (update) told.push(`${update.kind} ${update.verification.status}`);
    }
    isReading = false;
  };
  // What ends with its reader rejects.
  source.onNews(() => void read().catch(() => {}));
  await read().catch(() => {});
}

afterEach(() => jest.useRealTimers());

test('a reader who must look into a log that cannot be reached waits for it, and misses nothing', async () => {
  jest.useFakeTimers();
  const { log, watchers, source, told, reading, setReachable } = await open();
  await jest.advanceTimersByTimeAsync(0);
  await reading;
  setReachable(false);
  watchers.interrupt();
  await log.append(makeCandidate(makeVerification('IN_PROGRESS')));
  await log.append(makeCandidate(makeVerification('VERIFIED')));
  await jest.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['SNAPSHOT PENDING']);
  setReachable(true);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual(['SNAPSHOT PENDING', 'CHANGE IN_PROGRESS', 'CHANGE VERIFIED']);
  source.leave();
});

test('a reader who leaves while the log cannot be reached leaves nothing behind', async () => {
  jest.useFakeTimers();
  const { watchers, source, reading, setReachable } = await open();
  await jest.advanceTimersByTimeAsync(0);
  await reading;
  setReachable(false);
  watchers.interrupt();
  await jest.advanceTimersByTimeAsync(10);
  expect(jest.getTimerCount()).toBe(1);
  source.leave();
  await jest.advanceTimersByTimeAsync(0);
  expect([jest.getTimerCount(), watchers.size()]).toEqual([0, 0]);
});

test('what the log hears of first is no change for who was shown the same', async () => {
  const { log, source, told, reading } = await open();
  await reading;
  await log.append(makeCandidate(makeVerification('PENDING'), { source: 'POLL' }));
  await log.append(makeCandidate(makeVerification('IN_PROGRESS')));
  expect(told).toEqual(['SNAPSHOT PENDING', 'CHANGE IN_PROGRESS']);
  source.leave();
});
