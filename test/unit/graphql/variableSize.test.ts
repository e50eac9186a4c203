import { hasMoreValues } from '../../../src/graphql/variableSize';

test.each([
  [{ id: 'a' }, 2],
  [{ ids: ['a', 'b', 'c'] }, 5],
  [{ filter: { statuses: ['FAILED'], from: null } }, 2 + 4 + 1],
])('%j has so many names and values: %i', (json, count) => {
  expect(hasMoreValues(json, count)).toBe(false);
  expect(hasMoreValues(json, count - 1)).toBe(true);
});

test('what is deep needs no stack, and what is long is not walked', () => {
  let deep: unknown = null;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  expect(hasMoreValues(deep, 1_000_000)).toBe(false);
  expect(hasMoreValues(deep, 100)).toBe(true);
  const long = Array.from({ length: 1_000_000 });
  expect(hasMoreValues(long, 1_000_000)).toBe(false);
  expect(hasMoreValues(long, 1_000)).toBe(true);
});
