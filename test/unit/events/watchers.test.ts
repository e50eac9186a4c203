import type { VerificationStatus } from '../../../src/dataspike/verification';
import { type Watcher, WatcherInterrupted } from '../../../src/events/watcher';
import { createWatchers, type WatchFilter } from '../../../src/events/watchers';
import { makeEvent, makeVerification } from './verificationFixture';

const NOTHING_WATCHED = { verificationIds: [], applicantIds: [], unfiltered: 0 };

function event(sequence: number, id: string, status: VerificationStatus = 'PENDING', applicantId = 'applicant-1') {
  return makeEvent(sequence, makeVerification(status, { id, applicantId }));
}

/** Cursor sequences and flags of what waits for the watcher; ends it. */
async function drain(watcher: Watcher): Promise<string[]> {
  const out: string[] = [];
  for (;;) {
    const result = await Promise.race([watcher.next(), Promise.resolve(null)]);
    if (!result || result.done) break;
    out.push(`${result.value.event.cursor.split('-')[1]}${result.value.skipped ? ' skipped' : ''}`);
  }
  await watcher.return();
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
])('whoever watches %s hears just that', async (_what, filter, expected) => {
  const watchers = createWatchers();
  const watcher = watchers.watch(filter);
  watchers.publish(event(1, 'v1', 'PENDING', 'a1'));
  watchers.publish(event(2, 'v2', 'PENDING', 'a1'));
  watchers.publish(event(3, 'v1', 'VERIFIED', 'a2'));
  watchers.publish(event(4, 'v3', 'FAILED', 'a2'));
  expect(await drain(watcher)).toEqual(expected);
});

test('an event without an applicant concerns nobody who watches one', async () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({ applicantId: 'a1' });
  watchers.publish(makeEvent(1, makeVerification('PENDING', { applicantId: null })));
  expect(await drain(watcher)).toEqual([]);
});

test('all watchers get the same event object', async () => {
  const watchers = createWatchers();
  const all = [watchers.watch({}), watchers.watch({ verificationId: 'v1' })];
  const published = event(1, 'v1');
  watchers.publish(published);
  for (const watcher of all) {
    const result = await watcher.next();
    expect(result.value?.event).toBe(published);
    await watcher.return();
  }
});

test('ten thousand watchers of other ids are not looked at', async () => {
  const watchers = createWatchers();
  let looks = 0;
  const counted = (filter: WatchFilter): WatchFilter => ({
    ...filter,
    get statuses() {
      looks++;
      return null;
    },
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

test('ten thousand rounds of watching and returning leave the index empty', async () => {
  const watchers = createWatchers();
  for (let round = 0; round < 10_000; round++) {
    const all = [
      watchers.watch({ verificationId: `v${round % 7}` }),
      watchers.watch({ applicantId: `a${round}` }),
      watchers.watch({ statuses: ['VERIFIED'] }),
    ];
    const pending = all.map((watcher) => watcher.next());
    watchers.publish(event(round, `v${round % 7}`, 'PENDING', 'none'));
    for (const watcher of all) await watcher.return();
    expect((await Promise.all(pending)).filter((result) => !result.done)).toHaveLength(1);
  }
  expect(watchers.size()).toBe(0);
  expect(watchers.watched()).toEqual(NOTHING_WATCHED);
});

test('what is watched can be listed, each id once', async () => {
  const watchers = createWatchers();
  const first = watchers.watch({ verificationId: 'v1' });
  watchers.watch({ verificationId: 'v1', applicantId: 'a9' });
  watchers.watch({ applicantId: 'a1' });
  watchers.watch({});
  expect(watchers.watched()).toEqual({ verificationIds: ['v1'], applicantIds: ['a1'], unfiltered: 1 });
  await first.return();
  expect(watchers.watched().verificationIds).toEqual(['v1']);
  watchers.closeAll();
  expect(watchers.watched()).toEqual(NOTHING_WATCHED);
});

test('an event wakes the reader that waits for it', async () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  const next = watcher.next();
  watchers.publish(event(1, 'v1'));
  expect(await next).toMatchObject({ done: false, value: { skipped: false } });
  watchers.closeAll();
});

test('several waiting calls are answered in order', async () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  const answers = [watcher.next(), watcher.next(), watcher.next()];
  watchers.publish(event(1, 'v1'));
  watchers.publish(event(2, 'v1'));
  await watcher.return();
  const results = await Promise.all(answers);
  expect(results.map((result) => result.value?.event.cursor.split('-')[1] ?? 'done')).toEqual(['1', '2', 'done']);
});

test('return works while next is waiting, may be repeated, and everything after it is done', async () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({ verificationId: 'v1' });
  const next = watcher.next();
  const done = { done: true, value: undefined };
  expect(await watcher.return()).toEqual(done);
  expect(await next).toEqual(done);
  expect(await watcher.return()).toEqual(done);
  watchers.publish(event(1, 'v1'));
  expect(await watcher.next()).toEqual(done);
  expect(watchers.size()).toBe(0);
});

test('leaving a for-await loop ends the watcher', async () => {
  const watchers = createWatchers();
  watchers.publish(event(0, 'v1'));
  const watcher = watchers.watch({ verificationId: 'v1' });
  watchers.publish(event(1, 'v1'));
  for await (const { event: received } of watcher) {
    expect(received.cursor).toBe('1741944000000-1');
    break;
  }
  expect(watchers.watched()).toEqual(NOTHING_WATCHED);
});

test('closing with an error tells the reader once, and discards what waits', async () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  watchers.publish(event(1, 'v1'));
  watcher.close(new Error('rights have changed'));
  watcher.close(new Error('too late'));
  await expect(watcher.next()).rejects.toThrow('rights have changed');
  expect(await watcher.next()).toEqual({ done: true, value: undefined });
  expect(watchers.size()).toBe(0);
});

test('closing with an error rejects the first waiting call and ends the others', async () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  const [first, second] = [watcher.next(), watcher.next()];
  watchers.closeAll(new Error('going down'));
  await expect(first).rejects.toThrow('going down');
  expect(await second).toEqual({ done: true, value: undefined });
});

test('a reader that has left is not told of an error any more', async () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  watcher.close(new Error('going down'));
  await watcher.return();
  expect(await watcher.next()).toEqual({ done: true, value: undefined });
});

test('closing without an error ends it', async () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  watcher.close();
  expect(await watcher.next()).toEqual({ done: true, value: undefined });
});

test('a slow reader keeps the newest state of each verification', async () => {
  const dropped: number[] = [];
  const watchers = createWatchers({ queueLimit: 4, onDropped: (events) => dropped.push(events) });
  const slow = watchers.watch({});
  for (let sequence = 1; sequence <= 10; sequence++) watchers.publish(event(sequence, `v${sequence % 2}`));
  expect(await drain(slow)).toEqual(['9 skipped', '10 skipped']);
  expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(8);
});

test('a slow reader costs the others nothing', async () => {
  const watchers = createWatchers({ queueLimit: 2 });
  const slow = watchers.watch({});
  const fast = watchers.watch({});
  const heard: string[] = [];
  for (let sequence = 1; sequence <= 10; sequence++) {
    watchers.publish(event(sequence, 'v1'));
    const result = await fast.next();
    heard.push(`${result.value?.event.cursor.split('-')[1]} ${result.value?.skipped}`);
  }
  expect(heard).toEqual(Array.from({ length: 10 }, (_, index) => `${index + 1} false`));
  expect(await drain(slow)).toEqual(['10 skipped']);
  await fast.return();
});

test('a reader that is behind on too many verifications is sent to the log rather than given gaps', async () => {
  const watchers = createWatchers({ queueLimit: 2, verificationLimit: 5 });
  const slow = watchers.watch({});
  for (let sequence = 1; sequence <= 6; sequence++) watchers.publish(event(sequence, `v${sequence}`));
  watchers.publish(event(7, 'v7'));
  await expect(slow.next()).rejects.toThrow(WatcherInterrupted);
  const next = slow.next();
  watchers.publish(event(8, 'v8'));
  expect((await next).value).toEqual({ event: expect.objectContaining({ cursor: '1741944000000-8' }), skipped: false });
  await slow.return();
  expect(watchers.size()).toBe(0);
});

test('where the log may have a gap, every reader is sent to it, waiting or not, and goes on', async () => {
  const watchers = createWatchers();
  const [waiting, behind] = [watchers.watch({}), watchers.watch({})];
  watchers.publish(event(1, 'v1'));
  await waiting.next();
  const next = waiting.next();
  watchers.interrupt();
  await expect(next).rejects.toThrow(WatcherInterrupted);
  await expect(behind.next()).rejects.toThrow(WatcherInterrupted);
  watchers.publish(event(2, 'v1'));
  for (const watcher of [waiting, behind]) {
    expect((await watcher.next()).value?.event.cursor).toBe('1741944000000-2');
    await watcher.return();
  }
});

test('after a replay the watcher goes on behind it, also where the follower lags', async () => {
  const watchers = createWatchers();
  const watcher = watchers.watch({});
  watchers.publish(event(1, 'v1'));
  watchers.publish(event(2, 'v1'));
  watcher.dropThrough('1741944000000-3');
  const next = watcher.next();
  watchers.publish(event(3, 'v1'));
  watchers.publish(event(4, 'v1'));
  expect((await next).value?.event.cursor).toBe('1741944000000-4');
  await watcher.return();
});
