import { createUpdates, type Update } from '../src/live/updates';

const update = (cursor: string): Update => ({
  cursor,
  kind: 'CHANGE',
  source: 'WEBHOOK',
  occurredAt: '2026-11-23T10:00:00.000Z',
  previousStatus: null,
  verification: { id: cursor, status: 'INITIAL', isFinal: false },
});

test('the cursor is that of the newest update', () => {
  const updates = createUpdates();
  updates.startAt('1-0');
  expect(updates.cursor()).toBe('1-0');
  updates.take(update('1-1'));
  expect(updates.cursor()).toBe('1-1');
});

test('what came after a mark is said again, in order, as repeated, and nothing else', () => {
  const updates = createUpdates();
  updates.take(update('1-1'));
  const mark = updates.mark();
  updates.take(update('1-2'));
  updates.take(update('1-3'));
  const heard: [string, boolean][] = [];
  updates.listen(({ cursor }, isRepeated) => heard.push([cursor, isRepeated]));
  updates.repeatSince(mark);
  updates.repeatSince(updates.mark());
  expect(heard).toEqual([
    ['1-2', true],
    ['1-3', true],
  ]);
  expect(updates.cursor()).toBe('1-3');
});

test('a tab that stays open keeps the newest 500', () => {
  const updates = createUpdates();
  for (let number = 0; number < 600; number += 1) updates.take(update(`1-${number}`));
  expect(updates.recent.get()).toHaveLength(500);
  expect(updates.recent.get().at(-1)?.cursor).toBe('1-599');
});
