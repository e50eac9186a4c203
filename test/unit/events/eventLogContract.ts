import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { VerificationStatus } from '../../../src/dataspike/verification';
import { compareCursors, isCursor } from '../../../src/events/cursor';
import type { AppendResult, EventLog } from '../../../src/events/eventLog';
import type { VerificationEvent } from '../../../src/events/verificationEvent';
import { makeCandidate, makeVerification } from './verificationFixture';

/**
 * What every event log owes. Clock, listeners that are called at once and the like belong into the tests of one kind.
 * @param create makes an empty log; the suite closes it
 * @param describeTests default jest's `describe`
 */
export function describeEventLog(
  name: string,
  create: (options: { retention: number }) => Promise<EventLog>,
  describeTests: (name: string, tests: () => void) => void = describe,
): void {
  describeTests(`${name} as an event log`, () => {
    const open: EventLog[] = [];
    async function createLog(retention = 1000) {
      const log = await create({ retention });
      open.push(log);
      return log;
    }
    afterEach(async () => {
      await Promise.all(open.splice(0).map((log) => log.close()));
    });

    test('an appended event can be read back and is the latest of its verification', async () => {
      const log = await createLog();
      const start = log.position();
      const verification = makeVerification('PENDING', { country: 'DE' });
      const before = Date.now();
      const event = appended(await log.append(makeCandidate(verification, { source: 'POLL' })));

      expect(event).toMatchObject({ source: 'POLL', occurredAt: '2025-03-14T09:26:53.589Z', previousStatus: null });
      expect(event.verification).toEqual(verification);
      expect(event.acceptedAt).toBeGreaterThanOrEqual(before);
      expect(isCursor(event.cursor)).toBe(true);
      expect(await log.latest(verification.id)).toEqual({ ...event, confirmations: 0 });
      expect(await log.latest('another')).toBeNull();
      expect(await log.read(start, 10)).toEqual([event]);
      await positionAt(log, event.cursor);
    });

    test('an event keeps the trace of what brought it', async () => {
      const log = await createLog();
      const start = log.position();
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await log.append(makeCandidate(makeVerification('PENDING'), { traceparent }));
      await log.append(makeCandidate(makeVerification('IN_PROGRESS')));
      expect((await log.read(start, 10))?.map((event) => event.traceparent)).toEqual([traceparent, undefined]);
    });

    test('an empty log has a head, and reading after it gives nothing', async () => {
      const log = await createLog();
      expect(isCursor(log.position())).toBe(true);
      expect(await log.read(log.position(), 10)).toEqual([]);
    });

    test('each event names the status in the event before it', async () => {
      const log = await createLog();
      await log.append(makeCandidate(makeVerification('INITIAL')));
      await log.append(makeCandidate(makeVerification('EXPIRED', { id: 'other' })));
      const second = appended(await log.append(makeCandidate(makeVerification('PENDING'))));
      const third = appended(await log.append(makeCandidate(makeVerification('IN_PROGRESS'))));
      expect([second.previousStatus, third.previousStatus]).toEqual(['INITIAL', 'PENDING']);
    });

    test('reading pages through the events in order, each once', async () => {
      const log = await createLog();
      const start = log.position();
      const events = await appendMany(log, 25);
      expect(events.map((event) => event.cursor)).toEqual(
        events.map((event) => event.cursor).sort((a, b) => compareCursors(a, b)),
      );

      const read: VerificationEvent[] = [];
      for (let cursor = start, isMore = true; isMore; ) {
        const page = (await log.read(cursor, 10)) ?? [];
        read.push(...page);
        cursor = page.at(-1)?.cursor ?? cursor;
        isMore = page.length === 10;
      }
      expect(read).toEqual(events);
    });

    test('reading after a cursor that is no longer kept gives null, after one that is kept gives the rest', async () => {
      const log = await createLog(10);
      const start = log.position();
      const events = await appendMany(log, 500);
      expect(await log.read(start, 10)).toBeNull();
      expect(await log.read(cursorOf(events[0]), 10)).toBeNull();
      // Whoever saw the newest event that is gone misses nothing.
      expect(await log.read(cursorOf(events.at(-11)), 100)).toEqual(events.slice(-10));
      expect(await log.read(cursorOf(events.at(-1)), 100)).toEqual([]);
    });

    test('cursors of another log, from the future, or no cursors at all give null', async () => {
      const log = await createLog();
      const [time] = cursorOf((await appendMany(log, 3)).at(-1)).split('-');
      for (const cursor of [
        '1-1',
        `${Number(time) + 3_600_000}-0`,
        `${time}-999999`,
        '',
        'x',
        '-',
        '1-',
        '1-1-1',
        '-1-5',
        '$',
        '+',
      ]) {
        expect([cursor, await log.read(cursor, 10)]).toEqual([cursor, null]);
      }
    });

    test('the same delivery key is taken once', async () => {
      const log = await createLog();
      expect(await log.hasSeen('delivery-1')).toBe(false);
      appended(await log.append(makeCandidate(makeVerification('PENDING'), { deliveryKey: 'delivery-1' })));
      expect(await log.hasSeen('delivery-1')).toBe(true);
      const again = makeCandidate(makeVerification('IN_PROGRESS'), { deliveryKey: 'delivery-1' });
      expect(await log.append(again)).toEqual({ outcome: 'DUPLICATE' });
      expect((await log.latest('verification-1'))?.verification.status).toBe('PENDING');
    });

    test('of many appends of one delivery at once, one is taken', async () => {
      const log = await createLog();
      const candidate = makeCandidate(makeVerification('PENDING'), { deliveryKey: 'delivery-1', basedOn: null });
      const results = await Promise.all(Array.from({ length: 20 }, () => log.append(candidate)));
      const outcomes = results.map((result) => result.outcome);
      expect(outcomes.filter((outcome) => outcome === 'APPENDED')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'DUPLICATE')).toHaveLength(19);
    });

    test('a marked delivery key counts as seen', async () => {
      const log = await createLog();
      await log.markSeen('delivery-1');
      expect(await log.hasSeen('delivery-1')).toBe(true);
      expect(await log.hasSeen('delivery-2')).toBe(false);
      const candidate = makeCandidate(makeVerification('PENDING'), { deliveryKey: 'delivery-1' });
      expect(await log.append(candidate)).toEqual({ outcome: 'DUPLICATE' });
    });

    test('what changes nothing is not appended, and its delivery is remembered', async () => {
      const log = await createLog();
      const head = appended(await log.append(makeCandidate(makeVerification('PENDING')))).cursor;
      const same = makeCandidate(makeVerification('PENDING'), { deliveryKey: 'delivery-1' });
      expect(await log.append(same)).toEqual({ outcome: 'UNCHANGED' });
      expect(await log.read(head, 10)).toEqual([]);
      expect(await log.hasSeen('delivery-1')).toBe(true);
    });

    test('a state that is not final never follows a final one, and its delivery is not remembered', async () => {
      const log = await createLog();
      const head = appended(await log.append(makeCandidate(makeVerification('VERIFIED')))).cursor;
      for (const basedOn of [undefined, { cursor: head, confirmations: 0 }]) {
        const late = makeCandidate(makeVerification('IN_PROGRESS'), { deliveryKey: 'delivery-1', basedOn });
        expect(await log.append(late)).toEqual({ outcome: 'OUTDATED' });
      }
      expect(await log.read(head, 10)).toEqual([]);
      expect(await log.hasSeen('delivery-1')).toBe(false);
    });

    test('a final state replaces another only when it says what it is based on', async () => {
      const log = await createLog();
      const head = appended(await log.append(makeCandidate(makeVerification('FAILED')))).cursor;
      const corrected = makeVerification('VERIFIED');
      expect(await log.append(makeCandidate(corrected))).toEqual({ outcome: 'OUTDATED' });
      const event = appended(
        await log.append(makeCandidate(corrected, { basedOn: { cursor: head, confirmations: 0 } })),
      );
      expect(event.previousStatus).toBe('FAILED');
    });

    test('a candidate based on another event than the newest is a conflict, and its delivery is not remembered', async () => {
      const log = await createLog();
      const first = appended(await log.append(makeCandidate(makeVerification('INITIAL'), { basedOn: null })));
      const late = makeCandidate(makeVerification('IN_PROGRESS'), { basedOn: null, deliveryKey: 'delivery-1' });
      expect(await log.append(late)).toEqual({ outcome: 'CONFLICT' });
      expect(await log.hasSeen('delivery-1')).toBe(false);
      const basedOn = { cursor: first.cursor, confirmations: 0 };
      appended(await log.append({ ...late, basedOn }));
      expect(await log.append(makeCandidate(makeVerification('PENDING'), { basedOn }))).toEqual({
        outcome: 'CONFLICT',
      });
    });

    test('a candidate based on a state that was said again since is a conflict, whatever it would replace', async () => {
      const log = await createLog();
      const told = [makeVerification('PENDING'), makeVerification('EXPIRED')];
      for (const [index, verification] of told.entries()) {
        appended(await log.append(makeCandidate(verification)));
        const before = await log.latest(verification.id);
        expect(await log.append(makeCandidate(verification))).toEqual({ outcome: 'UNCHANGED' });
        const late = makeCandidate(makeVerification('CANCELED'), { basedOn: before });
        expect(await log.append(late)).toEqual({ outcome: 'CONFLICT' });
        expect(await log.latest(verification.id)).toMatchObject({ confirmations: 1, verification });
        if (index === 1) appended(await log.append({ ...late, basedOn: await log.latest(verification.id) }));
      }
      expect(await log.latest('verification-1')).toMatchObject({ confirmations: 0, previousStatus: 'EXPIRED' });
    });

    test('of many candidates based on the same event, one is appended', async () => {
      const log = await createLog();
      const { cursor } = appended(await log.append(makeCandidate(makeVerification('INITIAL'))));
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          log.append(
            makeCandidate(makeVerification('PENDING', { country: `C${index}` }), {
              basedOn: { cursor, confirmations: 0 },
            }),
          ),
        ),
      );
      expect(results.filter(({ outcome }) => outcome === 'APPENDED')).toHaveLength(1);
      expect(results.filter(({ outcome }) => outcome === 'CONFLICT')).toHaveLength(19);
    });

    test('followers hear every event from then on, in order, until they stop', async () => {
      const log = await createLog();
      await positionAt(log, cursorOf((await appendMany(log, 2)).at(-1)));
      const heard: string[] = [];
      const other: string[] = [];
      const stop = log.follow((event) => heard.push(event.cursor));
      log.follow((event) => other.push(event.cursor));
      const events = (await appendMany(log, 50, 'later')).map((event) => event.cursor);
      await until(() => heard.length >= 50 && other.length >= 50);
      expect(heard).toEqual(events);

      stop();
      stop();
      const [after] = await appendMany(log, 1, 'last');
      await until(() => other.length >= 51);
      expect(heard).toEqual(events);
      expect(other).toEqual([...events, after?.cursor]);
    });

    test('a follower that throws stops neither the append nor the other followers', async () => {
      const log = await createLog();
      const heard: string[] = [];
      log.follow(() => {
        throw new Error('broken follower');
      });
      log.follow((event) => heard.push(event.cursor));
      const events = (await appendMany(log, 3)).map((event) => event.cursor);
      await until(() => heard.length >= 3);
      expect(heard).toEqual(events);
    });

    test('a closed log is not reachable and refuses', async () => {
      const log = await createLog();
      expect(log.isReachable()).toBe(true);
      await log.close();
      await log.close();
      expect(log.isReachable()).toBe(false);
      await expect(log.append(makeCandidate(makeVerification('PENDING')))).rejects.toThrow('cannot be reached');
      await expect(log.hasSeen('x')).rejects.toThrow('cannot be reached');
      await expect(log.markSeen('x')).rejects.toThrow('cannot be reached');
      await expect(log.latest('x')).rejects.toThrow('cannot be reached');
      expect(() => log.position()).toThrow('cannot be reached');
      await expect(log.read('1-1', 1)).rejects.toThrow('cannot be reached');
    });

    test('in whatever order states come, a final one is the last, and cursors grow', async () => {
      const arrivals = fc.array(
        fc.record({
          status: fc.constantFrom<VerificationStatus>('INITIAL', 'PENDING', 'IN_PROGRESS', 'VERIFIED', 'UNKNOWN'),
          id: fc.constantFrom('a', 'b', 'c'),
          isBased: fc.boolean(),
          deliveryKey: fc.option(fc.constantFrom('k1', 'k2', 'k3', 'k4')),
        }),
        { maxLength: 30 },
      );
      // One log for all runs, each with ids and keys of its own: opening one may take much longer than a run.
      const log = await createLog(10_000);
      let run = 0;
      await fc.assert(
        fc.asyncProperty(arrivals, async (all) => {
          const prefix = `run${run++}-`;
          const start = log.position();
          await Promise.all(
            all.map(async ({ status, id, isBased, deliveryKey }) => {
              const verification = makeVerification(status, { id: prefix + id });
              const basedOn = isBased ? await log.latest(verification.id) : undefined;
              await log.append(
                makeCandidate(verification, { basedOn, deliveryKey: deliveryKey && prefix + deliveryKey }),
              );
            }),
          );
          const isOfThisRun = ({ verification }: VerificationEvent) => verification.id.startsWith(prefix);
          const events = (await log.read(start, 1000))?.filter(isOfThisRun) ?? [];
          expect(events.length > 0).toBe(all.length > 0);
          for (const [index, { cursor, previousStatus, verification }] of events.entries()) {
            const before = events.slice(0, index).filter((event) => event.verification.id === verification.id);
            expect(previousStatus).toBe(before.at(-1)?.verification.status ?? null);
            expect(before.some((event) => event.verification.isFinal)).toBe(false);
            if (index > 0) expect(compareCursors(cursor, cursorOf(events[index - 1]))).toBeGreaterThan(0);
          }
        }),
        { numRuns: 50 },
      );
    });
  });
}

/** Waits until the followers on this process were told of everything up to the cursor. */
export async function positionAt(log: EventLog, cursor: string): Promise<void> {
  await until(() => log.position() === cursor);
  expect(log.position()).toBe(cursor);
}

/** The event of a result that must be APPENDED. */
export function appended(result: AppendResult): VerificationEvent {
  if (result.outcome !== 'APPENDED') throw new Error(`expected APPENDED, got ${result.outcome}`);
  return result.event;
}

export async function appendMany(log: EventLog, count: number, prefix = 'many'): Promise<VerificationEvent[]> {
  const events: VerificationEvent[] = [];
  for (let index = 0; index < count; index++) {
    events.push(appended(await log.append(makeCandidate(makeVerification('PENDING', { id: `${prefix}-${index}` })))));
  }
  return events;
}

function cursorOf(event: VerificationEvent | undefined): string {
  if (!event) throw new Error('no such event');
  return event.cursor;
}

export async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!isTrue() && Date.now() < deadline) await sleep(5);
}
