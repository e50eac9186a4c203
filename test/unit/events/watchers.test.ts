import type { VerificationStatus } from '../../../src/dataspike/verification';
import { type Watcher, WatcherInterrupted } from '../../../src/events/watcher';
import { createWatchers } from '../../../src/events/watchers';
import type { WatchFilter } from '../../../src/events/watchFilter';
import { makeEvent, makeVerification } from './verificationFixture';

const NOTHING_WATCHED = { verificationIds: [], applicantIds: [], unfiltered: 0 };

function event(sequence: number, id: string, status: VerificationStatus = 'PENDING', applicantId = 'applicant-1') {
  return makeEvent(sequence, makeVerification(status, { id, applicantId }));
}

/** Cursor sequences and flags of what waits for the watcher; ends it. */
function drain(watcher: Watcher): string[] {
  const out: string[] = [];
  for (let watched = watcher.take(); watched; watched = watcher.take()) {
    out.push(`${watched.event.cursor.split('-')[1]}${watched.skipped ? ' skipped' : ''}`);
  }
  watcher.close();
  return out;
}

test.each<[string, WatchFilter, string[]]>([
  ['a verification', { verificationId: 'v1' }, ['1', '3']],
  ['an applicant', { applicantId: 'a1' }, ['1', '2']],
  ['everything', {}, ['1', '2', '3', '4']],
  ['a verification of a certain applicant', { verificationId: 'v1', applicantId: 'a1' }, ['1']],
  ['certain statuses', { statuses: ['VERIFIED', 'FAILED'] }, ['3', '4']],
  ['certain statuses of an applicant', { applicantId: 'a2', statuses: ['VERIFIED'] }, ['3']],
  [
    'nothing in particular, said with nulls',
    { verificationId: null, applicantId: null, statuses: null },
    ['1', '2', '3', '4'],
  ],
])('whoever watches %s hears just that', (_what, filter, expected) => {
  const watchers = createWatchers();
  const watcher = watchers.watch(filter);
  watchers.publish(event(1, 'v1', 'PENDING', 'a1'));
  watchers.publish(event(2, 'v2', 'PENDING', 'a1'));
  watchers.publish(event(3, 'v1', 'VERIFIED', 'a2'));
  watchers.publish(event(4, 'v3', 'FAILED', 'a2'));
  expect(drain(watcher)).toEqual(expected);
});

test('an event without an applicant concerns nobody who watches one', () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({ applicantId: 'a1' });
  watchers.publish(makeEvent(1, makeVerification('PENDING', { applicantId: null })));
  expect(drain(watcher)).toEqual([]);
});

test('all watchers get the same event object', () => {
  const watchers = createWatchers();
  const all = [watchers.watch({}), watchers.watch({ verificationId: 'v1' })];
  const published = event(1, 'v1');
  watchers.publish(published);
  for (const watcher of all) expect(watcher.take()?.event).toBe(published);
  watchers.closeAll();
});

test('ten thousand watchers of other ids are not looked at', () => {
  const watchers = createWatchers();
  let looks = 0;
  const counted = (filter: WatchFilter): WatchFilter => ({
    ...filter,
    statuses: Object.assign(['PENDING'] as const, {
      includes() {
        looks++;
        return true;
      },
    }),
  });
  for (let index = 0; index < 10_000; index++) {
    watchers.watch(counted(index % 2 ? { verificationId: `v${index}` } : { applicantId: `a${index}` }));
  }
  watchers.publish(event(1, 'v1', 'PENDING', 'a2'));
  expect(looks).toBe(2);
  watchers.publish(event(2, 'none', 'PENDING', 'none'));
  expect(looks).toBe(2);
  expect(watchers.size()).toBe(10_000);
  watchers.closeAll();
  expect(watchers.size()).toBe(0);
});

test('ten thousand rounds of watching and leaving leave the index empty', () => {
  const watchers = createWatchers();
  for (let round = 0; round < 10_000; round++) {
    const all = [
      watchers.watch({ verificationId: `v${round % 7}` }),
      watchers.watch({ applicantId: `a${round}` }),
      watchers.watch({ statuses: ['VERIFIED'] }),
    ];
    watchers.publish(event(round, `v${round % 7}`, 'PENDING', 'none'));
    expect(all.filter((watcher) => watcher.take())).toHaveLength(1);
    for (const watcher of all) watcher.close();
  }
  expect(watchers.size()).toBe(0);
  expect(watchers.watched()).toEqual(NOTHING_WATCHED);
});

test('what is watched can be listed, each id once', () => {
  const watchers = createWatchers();
  const first = watchers.watch({ verificationId: 'v1' });
  watchers.watch({ verificationId: 'v1', applicantId: 'a9' });
  watchers.watch({ applicantId: 'a1' });
  watchers.watch({});
  expect(watchers.watched()).toEqual({ verificationIds: ['v1'], applicantIds: ['a1'], unfiltered: 1 });
  first.close();
  expect(watchers.watched().verificationIds).toEqual(['v1']);
  watchers.closeAll();
  expect(watchers.watched()).toEqual(NOTHING_WATCHED);
});

test('a reader is told of each event when it can be taken', () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  const taken: unknown[] = [];
  watcher.onNews(() => taken.push(watcher.take()?.event.cursor.split('-')[1]));
  watchers.publish(event(1, 'v1'));
  watchers.publish(event(2, 'v1'));
  expect(taken).toEqual(['1', '2']);
  expect(watcher.take()).toBeUndefined();
  watchers.closeAll();
});

test('leaving is told to the reader, may be repeated, and nothing comes after it', () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({ verificationId: 'v1' });
  let news = 0;
  watcher.onNews(() => {
    news += 1;
  });
  watchers.publish(event(1, 'v1'));
  watcher.close();
  watcher.close();
  watchers.publish(event(2, 'v1'));
  expect(news).toBe(2);
  expect([watcher.take(), watcher.hasEnded()]).toEqual([undefined, true]);
  expect(watchers.size()).toBe(0);
});

test('a reader that leaves in the middle of an event takes it from nobody', () => {
  const watchers = createWatchers();
  const all = [1, 2, 3].map(() => watchers.watch({}));
  const heard: number[] = [];
  for (const [index, watcher] of all.entries()) {
    watcher.onNews(() => {
      if (watcher.take()) heard.push(index);
      watcher.close();
    });
  }
  watchers.publish(event(1, 'v1'));
  expect(heard).toEqual([0, 1, 2]);
  expect(watchers.size()).toBe(0);
});

test('closing with an error tells the reader once, and discards what waits', () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  watchers.publish(event(1, 'v1'));
  watchers.closeAll(new Error('rights have changed'));
  watcher.close(new Error('too late'));
  expect(() => watcher.take()).toThrow('rights have changed');
  expect([watcher.take(), watcher.hasEnded()]).toEqual([undefined, true]);
  expect(watchers.size()).toBe(0);
});

test('a reader that has left is not told of an error any more', () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  watcher.close(new Error('going down'));
  watcher.close();
  expect(watcher.take()).toBeUndefined();
});

test('a slow reader keeps the newest state of each verification', () => {
  const dropped: number[] = [];
  const watchers = createWatchers({ queueLimit: 4, onDropped: (events) => dropped.push(events) });
  const slow = watchers.watch({});
  for (let sequence = 1; sequence <= 10; sequence++) watchers.publish(event(sequence, `v${sequence % 2}`));
  expect(drain(slow)).toEqual(['9 skipped', '10 skipped']);
  expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(8);
});

test('a slow reader costs the others nothing', () => {
  const watchers = createWatchers({ queueLimit: 2 });
  const slow = watchers.watch({});
  const fast = watchers.watch({});
  const heard: string[] = [];
  fast.onNews(() => {
    const watched = fast.take();
    heard.push(`${watched?.event.cursor.split('-')[1]} ${watched?.skipped}`);
  });
  for (let sequence = 1; sequence <= 10; sequence++) watchers.publish(event(sequence, 'v1'));
  expect(heard).toEqual(Array.from({ length: 10 }, (_, index) => `${index + 1} false`));
  expect(drain(slow)).toEqual(['10 skipped']);
  watchers.closeAll();
});

test('a reader that is behind on too many verifications is sent to the log rather than given gaps', () => {
  const watchers = createWatchers({ queueLimit: 2, verificationLimit: 5 });
  const slow = watchers.watch({});
  for (let sequence = 1; sequence <= 6; sequence++) watchers.publish(event(sequence, `v${sequence}`));
  watchers.publish(event(7, 'v7'));
  expect(() => slow.take()).toThrow(WatcherInterrupted);
  watchers.publish(event(8, 'v8'));
  expect(drain(slow)).toEqual(['8']);
  expect(watchers.size()).toBe(0);
});

test('where the log may have a gap, every reader is told and sent to it, and goes on', () => {
  const watchers = createWatchers();
  const [waiting, behind] = [watchers.watch({}), watchers.watch({})];
  watchers.publish(event(1, 'v1'));
  waiting.take();
  let news = 0;
  waiting.onNews(() => {
    news += 1;
  });
  watchers.interrupt();
  expect(news).toBe(1);
  for (const watcher of [waiting, behind]) expect(() => watcher.take()).toThrow(WatcherInterrupted);
  watchers.publish(event(2, 'v1'));
  for (const watcher of [waiting, behind]) expect(drain(watcher)).toEqual(['2']);
});

test('after a replay the watcher goes on behind it, also where the follower lags', () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  watchers.publish(event(1, 'v1'));
  watchers.publish(event(2, 'v1'));
  watcher.dropThrough('1741944000000-3');
  watchers.publish(event(3, 'v1'));
  watchers.publish(event(4, 'v1'));
  expect(drain(watcher)).toEqual(['4']);
});
