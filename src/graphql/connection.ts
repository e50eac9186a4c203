import { createHash } from 'node:crypto';
import { type ClassType, Field, ObjectType } from 'type-graphql';
import type { Page } from '../dataspike/page';
import { BadUserInput, CursorInvalid } from './errors';

@ObjectType({
  simpleResolvers: true,
  description: 'Where a page stands in its list; forward only (Relay Cursor Connections).',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'More items follow.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'This is not the first page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last item, for `after`; null on an empty page.' })
  endCursor!: string | null;
}

/** A page of a list, with a cursor for each item. */
export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
}

/** Makes `XConnection` and `XEdge` for a node type. */
export function connectionType<T extends object>(node: ClassType<T>, name: string): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, {
    simpleResolvers: true,
    description: `An item of a list of ${name}, with its place in it.`,
  })
  class Edge {
    @Field(() => String, { description: 'Hand it to `after` to continue behind this item.' })
    cursor!: string;

    @Field(() => node, { description: 'The item.' })
    node!: T;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `A page of a list of ${name}.` })
  class ConnectionClass {
    @Field(() => [Edge], { description: 'The items of this page, each with its cursor.' })
    edges!: Edge[];

    @Field(() => [node], { description: 'The same items without their cursors.' })
    nodes!: T[];

    @Field(() => PageInfo, { description: 'Whether more items follow, and the cursor to go on with.' })
    pageInfo!: PageInfo;
  }
  return ConnectionClass;
}

/** What a client asks for: `first` 1 to 100, default 20. */
export interface PageArguments {
  readonly first: number | null | undefined;
  readonly after: string | null | undefined;
}

/**
 * A connection over Dataspike's numbered pages. The cursor holds the item's position, so a list that grows between two
 * pages can show an item twice or skip one: Dataspike has no cursors (guide, section 5). The same holds where `first` is
 * changed on the way and an item that makes no sense was left out.
 * @param list names the list and its filter; a cursor of another list is refused
 * @param fetchPage one request; null when what the list hangs on does not exist
 * @throws BadUserInput for `first` out of range, CursorInvalid
 */
export async function paginate<T>(
  list: string,
  { first, after }: PageArguments,
  fetchPage: (page: number, limit: number) => Promise<Page<T> | null>,
): Promise<Connection<T>> {
  const size = checkFirst(first);
  const digest = digestOf(list);
  const start = after == null ? 0 : decodePosition(digest, after) + 1;
  const page = Math.floor(start / size);
  const skip = start % size;
  // A cursor inside a page, after `first` was changed, needs the next page as well.
  const [head, tail] = await Promise.all([fetchPage(page, size), skip > 0 ? fetchPage(page + 1, size) : null]);
  const following = tail?.items.slice(0, skip) ?? [];
  const items = [...(head?.items.slice(skip) ?? []), ...following];
  const hasNextPage = tail ? tail.hasNext || tail.items.length > skip : (head?.hasNext ?? false);
  // Items that make no sense are left out of a page, which counts them all the same: the end of a page that has a next
  // one is known by its size. Nor does a walk end at a page of such items alone.
  const end = hasNextPage ? encodePosition(digest, start + size - 1) : null;
  const cursorOf = (index: number) => (index === items.length - 1 && end) || encodePosition(digest, start + index);
  return connect(items, cursorOf, hasNextPage, start > 0, end);
}

/** @throws BadUserInput */
export function checkFirst(first: number | null | undefined): number {
  const size = first ?? 20;
  if (size < 1 || size > 100) throw new BadUserInput('`first` must be from 1 to 100');
  return size;
}

/**
 * Builds the connection. Cursors are made when they are asked for: for a whole page they take as long as the rest of it.
 * @param cursorOf gets the item's index in this page
 * @param endOfNothing the cursor behind a page without items; default null
 */
export function connect<T>(
  nodes: readonly T[],
  cursorOf: (index: number) => string,
  hasNextPage: boolean,
  hasPreviousPage: boolean,
  endOfNothing: string | null = null,
): Connection<T> {
  const { length } = nodes;
  return {
    nodes,
    get edges() {
      return nodes.map((node, index) => ({ cursor: cursorOf(index), node }));
    },
    get pageInfo() {
      const startCursor = length > 0 ? cursorOf(0) : null;
      const endCursor = length > 0 ? cursorOf(length - 1) : endOfNothing;
      return { hasNextPage, hasPreviousPage, startCursor, endCursor };
    },
  };
}

function encodePosition(digest: string, position: number): string {
  return Buffer.from(`${digest}:${position}`).toString('base64url');
}

function decodePosition(digest: string, cursor: string): number {
  const match = /^([\w-]{8}):(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (match?.[1] !== digest) throw new CursorInvalid();
  return Number(match[2]);
}

function digestOf(list: string): string {
  return createHash('sha256').update(list).digest('base64url').slice(0, 8);
}
