import { compareCursors, isCursor } from '../../../src/events/cursor';

test('cursors compare by time, then by sequence, as numbers', () => {
  const sorted = ['9-0', '10-2', '10-10', '1741944000000-1'];
  expect([...sorted].reverse().sort(compareCursors)).toEqual(sorted);
  expect(compareCursors('10-2', '10-2')).toBe(0);
});

test('only two runs of digits are a cursor', () => {
  expect(isCursor('1741944000000-0')).toBe(true);
  for (const text of ['', '1', '1-', '-1', '1-1-1', ' 1-1', '1-1\n', 'a-1', '1-1e3', '1-'.padEnd(40, '9')]) {
    expect([text, isCursor(text)]).toEqual([text, false]);
  }
});

test('comparing what is not a cursor is refused', () => {
  expect(() => compareCursors('1-1', 'x')).toThrow(TypeError);
});
