import fc from 'fast-check';
import { createDueQueue } from '../../../../src/events/reconciler/dueQueue';

test('what is due first comes out first, and nothing before its time', () => {
  const queue = createDueQueue<string>();
  queue.set('late', 30);
  queue.set('early', 10);
  queue.set('middle', 20);
  expect(queue.nextDueAtMs()).toBe(10);
  expect(queue.takeDue(9)).toBeNull();
  expect([queue.takeDue(25), queue.takeDue(25), queue.takeDue(25)]).toEqual(['early', 'middle', null]);
  expect(queue.nextDueAtMs()).toBe(30);
});

test('what is set again is moved, not doubled', () => {
  const queue = createDueQueue<string>();
  queue.set('a', 10);
  queue.set('b', 20);
  queue.set('a', 30);
  expect([queue.dueAtMs('a'), queue.size()]).toEqual([30, 2]);
  expect([queue.takeDue(99), queue.takeDue(99), queue.takeDue(99)]).toEqual(['b', 'a', null]);
});

test('after any changes it holds what a sorted list would', () => {
  const item = fc.integer({ min: 0, max: 20 });
  const change = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), item, dueAtMs: fc.integer({ min: 0, max: 30 }) }),
    fc.record({ kind: fc.constant('remove' as const), item }),
    fc.record({ kind: fc.constant('take' as const), nowMs: fc.integer({ min: 0, max: 30 }) }),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const queue = createDueQueue<number>();
      const expected = new Map<number, number>();
      for (const each of changes) {
        if (each.kind === 'set') {
          queue.set(each.item, each.dueAtMs);
          expected.set(each.item, each.dueAtMs);
        } else if (each.kind === 'remove') {
          queue.remove(each.item);
          expected.delete(each.item);
        } else {
          const earliest = Math.min(...expected.values());
          const taken = queue.takeDue(each.nowMs);
          if (earliest > each.nowMs) expect(taken).toBeNull();
          else expect(expected.get(taken as number)).toBe(earliest);
          if (taken !== null) expected.delete(taken);
        }
        expect(queue.size()).toBe(expected.size);
        expect(queue.nextDueAtMs()).toBe(expected.size > 0 ? Math.min(...expected.values()) : null);
      }
    }),
    { numRuns: 300 },
  );
});
