import fc from 'fast-check';
import type { Page } from '../../../src/dataspike/page';
import { type Connection, checkFirst, paginate } from '../../../src/graphql/connection';
import { BadUserInput, CursorInvalid } from '../../../src/graphql/errors';

/** A list at Dataspike: numbered pages; null stands for an item that makes no sense, and is left out. */
function makeList(items: readonly (number | null)[]) {
  return async (page: number, limit: number): Promise<Page<number>> => ({
    items: items.slice(page * limit, (page + 1) * limit).filter((item) => item !== null),
    hasNext: items.length > (page + 1) * limit,
  });
}

async function walk(items: readonly (number | null)[], sizeOf: (turn: number) => number): Promise<number[]> {
  const fetchPage = makeList(items);
  const seen: number[] = [];
  let after: string | null = null;
  for (let turn = 0; turn <= 2 * items.length + 1; turn += 1) {
    const first = sizeOf(turn);
    const { nodes, edges, pageInfo }: Connection<number> = await paginate('list', { first, after }, fetchPage);
    expect(nodes.length).toBeLessThanOrEqual(first);
    expect(edges.map(({ node }) => node)).toEqual(nodes);
    seen.push(...nodes);
    if (!pageInfo.hasNextPage) return seen;
    after = pageInfo.endCursor;
  }
  throw new Error('The walk does not end');
}

const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });
const sizeFrom = (list: readonly number[]) => (turn: number) => list[turn % list.length] ?? 1;

test('any list is walked once, in order, whatever sizes the pages have', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 40 }), sizes, async (length, pageSizes) => {
      const items = Array.from({ length }, (_, index) => index);
      expect(await walk(items, sizeFrom(pageSizes))).toEqual(items);
    }),
  );
});

test('items that make no sense hide no other item, and no item is shown twice while the size stays', async () => {
  const items = fc.array(fc.option(fc.constant(0), { freq: 2 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(items, fc.integer({ min: 1, max: 12 }), async (marks, size) => {
      const list = marks.map((mark, index) => (mark === null ? null : index));
      expect(await walk(list, () => size)).toEqual(list.filter((item) => item !== null));
    }),
  );
});

test('a walk continues behind every item', async () => {
  const fetchPage = makeList(Array.from({ length: 30 }, (_, index) => index));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 25 }), fc.integer({ min: 1, max: 12 }), async (first, next) => {
      const { edges } = await paginate('list', { first, after: undefined }, fetchPage);
      for (const { cursor, node } of edges) {
        const { nodes } = await paginate('list', { first: next, after: cursor }, fetchPage);
        expect(nodes[0]).toBe(node + 1);
      }
    }),
  );
});

test('no text but a cursor of this list is taken for one', async () => {
  const fetchPage = makeList([1, 2, 3]);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.base64String()), async (after) => {
      await expect(paginate('list', { first: 1, after }, fetchPage)).rejects.toThrow(CursorInvalid);
    }),
  );
  const { pageInfo } = await paginate('another list', { first: 1, after: null }, fetchPage);
  await expect(paginate('list', { first: 1, after: pageInfo.endCursor }, fetchPage)).rejects.toThrow(CursorInvalid);
});

test('what does not exist has one empty page', async () => {
  expect(await paginate('list', { first: null, after: null }, async () => null)).toEqual({
    edges: [],
    nodes: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  });
});

test('first is 1 to 100, and 20 when it is left out', () => {
  expect([undefined, null, 1, 100].map(checkFirst)).toEqual([20, 20, 1, 100]);
  for (const first of [0, -1, 101]) expect(() => checkFirst(first)).toThrow(BadUserInput);
});
