import fc from 'fast-check';
import { isNestedDeeperThan } from '../../../src/webhooks/jsonDepth';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test('the depth of any JSON is known without parsing it', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 6 })), (value) => {
      const json = Buffer.from(JSON.stringify(value));
      expect(isNestedDeeperThan(depthOf(value), json)).toBe(false);
      expect(isNestedDeeperThan(depthOf(value) - 1, json)).toBe(true);
    }),
  );
});

test('brackets, quotes and backslashes inside strings do not count', () => {
  expect(isNestedDeeperThan(1, Buffer.from(String.raw`{"a\"[[[":"]}{{\\"}`))).toBe(false);
  expect(isNestedDeeperThan(1, Buffer.from(String.raw`{"a\\":[1]}`))).toBe(true);
});

test('bytes that are no JSON do no harm', () => {
  for (const text of ['', '"', '"\\', ']]]]', '}{', '\u00e9'])
    expect(isNestedDeeperThan(1, Buffer.from(text))).toBe(false);
});
