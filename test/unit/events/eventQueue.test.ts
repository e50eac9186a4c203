import fc from 'fast-check';
import { createEventQueue, type EventQueue } from '../../../src/events/eventQueue';
import { makeEvent, makeVerification } from './verificationFixture';

function event(sequence: number, id = 'a') {
  return makeEvent(sequence, makeVerification('PENDING', { id }));
}

function drain(queue: EventQueue): string[] {
  const out: string[] = [];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const sequence = next.event.cursor.split('-')[1];
    out.push(`${next.event.verification.id}${sequence}${next.skipped ? ' skipped' : ''}`);
  }
  return out;
}

test('up to the limit every event waits, in order', () => {
  const queue = createEventQueue(3);
  for (const sequence of [1, 2, 3]) expect(queue.push(event(sequence))).toBe(0);
  expect(queue.size()).toBe(3);
  expect(drain(queue)).toEqual(['a1', 'a2', 'a3']);
});

test('beyond the limit the newest event of each verification waits, in the order of the newest', () => {
  const queue = createEventQueue(3);
  queue.push(event(1, 'a'));
  queue.push(event(2, 'b'));
  queue.push(event(3, 'c'));
  expect(queue.push(event(4, 'a'))).toBe(1);
  expect(queue.size()).toBe(3);
  expect(drain(queue)).toEqual(['b2', 'c3', 'a4 skipped']);
});

test('nothing counts as skipped when every event is of another verification', () => {
  const queue = createEventQueue(2);
  const leftOut = [event(1, 'a'), event(2, 'b'), event(3, 'c'), event(4, 'd')].map(queue.push);
  expect(leftOut).toEqual([0, 0, 0, 0]);
  expect(drain(queue)).toEqual(['a1', 'b2', 'c3', 'd4']);
});

test('a reader that is behind gets only the newest until it has caught up, then everything again', () => {
  const queue = createEventQueue(2);
  for (const [sequence, id] of [
    [1, 'a'],
    [2, 'a'],
    [3, 'b'],
  ] as const) {
    queue.push(event(sequence, id));
  }
  expect(queue.shift()).toMatchObject({ event: { cursor: '1741944000000-2' }, skipped: true });
  expect(queue.push(event(4, 'b'))).toBe(1);
  expect(drain(queue)).toEqual(['b4 skipped']);
  queue.push(event(5, 'b'));
  queue.push(event(6, 'b'));
  expect(drain(queue)).toEqual(['b5', 'b6']);
});

test('an event that was handed out is not skipped by a later one', () => {
  const queue = createEventQueue(1);
  queue.push(event(1, 'a'));
  queue.push(event(2, 'b'));
  expect(queue.shift()).toMatchObject({ event: { cursor: '1741944000000-1' }, skipped: false });
  queue.push(event(3, 'a'));
  expect(drain(queue)).toEqual(['b2', 'a3']);
});

test('events at or before the given cursor are left out, those still to come as well', () => {
  const queue = createEventQueue(10);
  for (const sequence of [1, 2, 3]) queue.push(event(sequence));
  queue.dropThrough('1741944000000-2');
  expect(drain(queue)).toEqual(['a3']);

  queue.dropThrough('1741944000000-5');
  queue.dropThrough('1741944000000-4');
  for (const sequence of [4, 5, 6, 7]) queue.push(event(sequence));
  expect(drain(queue)).toEqual(['a6', 'a7']);
});

test('what was left out and replayed meanwhile does not count as skipped', () => {
  const queue = createEventQueue(1);
  queue.push(event(1, 'a'));
  queue.push(event(2, 'a'));
  queue.push(event(3, 'b'));
  queue.push(event(4, 'c'));
  queue.push(event(5, 'c'));
  queue.dropThrough('1741944000000-3');
  expect(drain(queue)).toEqual(['c5 skipped']);

  queue.push(event(6, 'a'));
  queue.push(event(7, 'a'));
  queue.dropThrough('1741944000000-6');
  queue.push(event(8, 'b'));
  expect(drain(queue)).toEqual(['a7', 'b8']);
});

test('a queue whose every event was replayed takes all events again', () => {
  const queue = createEventQueue(1);
  queue.push(event(1));
  queue.push(event(2));
  queue.dropThrough('1741944000000-2');
  expect(queue.size()).toBe(0);
  queue.push(event(3));
  expect(drain(queue)).toEqual(['a3']);
});

test('whatever is pushed and read, the last event of each verification arrives, gaps are told, order holds', () => {
  const steps = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), fc.constant(null)), { maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 6 }), (all, limit) => {
      const queue = createEventQueue(limit);
      const pushed: Record<string, number[]> = {};
      const read: { id: string; sequence: number; skipped: boolean }[] = [];
      const take = () => {
        const next = queue.shift();
        if (!next) return false;
        const sequence = Number(next.event.cursor.split('-')[1]);
        read.push({ id: next.event.verification.id, sequence, skipped: next.skipped });
        return true;
      };
      let leftOut = 0;
      for (const [index, id] of all.entries()) {
        if (id === null) take();
        else {
          pushed[id] = [...(pushed[id] ?? []), index];
          leftOut += queue.push(event(index, id));
          expect(queue.size()).toBeLessThanOrEqual(Math.max(limit, 4));
        }
      }
      while (take());

      expect(read.map(({ sequence }) => sequence)).toEqual(read.map(({ sequence }) => sequence).sort((a, b) => a - b));
      expect(Object.values(pushed).flat().length).toBe(read.length + leftOut);
      for (const [id, sequences] of Object.entries(pushed)) {
        const got = read.filter((item) => item.id === id);
        expect(got.at(-1)?.sequence).toBe(sequences.at(-1));
        for (const [index, { sequence, skipped }] of got.entries()) {
          const previous = index === 0 ? -1 : (got[index - 1]?.sequence ?? -1);
          expect(skipped).toBe(sequences.some((other) => other > previous && other < sequence));
        }
      }
    }),
    { numRuns: 500 },
  );
});
