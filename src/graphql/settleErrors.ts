import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isNullableType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The errors of a query as its answer tells them: one for each part that is null for it, in the document's order. When a
 * part is null because of a required field, other errors inside of it depend on what happened to settle first; they are
 * left out. So the answer is the same whichever way it was executed.
 */
export function settleErrors(
  result: ExecutionResult,
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ExecutionResult {
  const { data, errors } = result;
  if (errors === undefined || data === undefined) return result;
  const told = new Set<string>();
  const settled = errors.filter(({ path = [] }) => {
    const depth = depthOfNull(data, path);
    const place = path.slice(0, depth).join('.');
    if (told.has(place) || depth !== depthOfNullable(schema, document, operation, path)) return false;
    told.add(place);
    return true;
  });
  return { ...result, errors: settled.map((error) => asGraphqlError(error, document)).sort(inDocumentOrder) };
}

/** How many steps of the path lead to the first null. */
function depthOfNull(data: unknown, path: readonly (string | number)[]): number {
  let part = data;
  for (const [depth, key] of path.entries()) {
    if (part === null || part === undefined) return depth;
    part = (part as Record<string | number, unknown>)[key];
  }
  return path.length;
}

/** How many steps of the path lead to the innermost part that its type lets be null. */
function depthOfNullable(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operation, selectionSet }: OperationDefinitionNode,
  path: readonly (string | number)[],
): number {
  let type: GraphQLOutputType | undefined = schema.getRootType(operation) ?? undefined;
  let selectionSets: readonly SelectionSetNode[] = [selectionSet];
  let depth = 0;
  for (const [index, key] of path.entries()) {
    if (typeof key === 'number') {
      const list: GraphQLOutputType | undefined = type && getNullableType(type);
      type = isListType(list) ? list.ofType : undefined;
    } else {
      const found = selectionSets.flatMap((set) => fieldsOf(document, set, key));
      const parent: unknown = type && getNamedType(type);
      const name: string = found[0]?.name.value ?? '';
      type = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name]?.type : undefined;
      selectionSets = found.flatMap((field) => field.selectionSet ?? []);
    }
    if (!type) return path.length;
    if (isNullableType(type)) depth = index + 1;
  }
  return depth;
}

/** The selections that an answer's key stands for. Fields that share a key are of one type, which validation checks. */
function fieldsOf(document: DocumentNode, { selections }: SelectionSetNode, key: string): readonly FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return (selection.alias ?? selection.name).value === key ? [selection] : [];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(document, selection.selectionSet, key);
    return document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === selection.name.value
        ? fieldsOf(document, node.selectionSet, key)
        : [],
    );
  });
}

/** Those of graphql-jit lack what graphql-js promises: `extensions`, and that they know their source. */
function asGraphqlError(error: GraphQLError, { loc }: DocumentNode): GraphQLError {
  if (error.extensions !== undefined) return error;
  const { message, path, originalError, locations = [] } = error;
  const source = loc?.source;
  const starts = [0, ...[...(source?.body ?? '').matchAll(/\r\n|[\n\r]/g)].map((end) => end.index + end[0].length)];
  const positions = locations.map(({ line, column }) => (starts[line - 1] ?? 0) + column - 1);
  return new GraphQLError(message, { path, originalError, source, positions });
}

function inDocumentOrder(one: GraphQLError, other: GraphQLError): number {
  const [a, b] = [one.locations?.[0], other.locations?.[0]];
  if (a && b && (a.line !== b.line || a.column !== b.column)) return a.line - b.line || a.column - b.column;
  return comparePaths(one.path ?? [], other.path ?? []);
}

/** For a stable order of what an answer tells about its parts: by number in lists, by name else. */
export function comparePaths(one: readonly (string | number)[], other: readonly (string | number)[]): number {
  for (const [index, key] of one.entries()) {
    const counterpart = other[index];
    if (key === counterpart) continue;
    if (counterpart === undefined) return 1;
    if (typeof key === 'number' && typeof counterpart === 'number') return key - counterpart;
    return String(key) < String(counterpart) ? -1 : 1;
  }
  return one.length - other.length;
}
