import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
  type ValueNode,
} from 'graphql';

/** What an operation or a fragment has, fragments counted as often as they are spread. */
export interface Complexity {
  /** Levels of fields; the schema's own (`__schema`) count as one, graphql-js bounds what is below them. */
  readonly depth: number;
  /** One for each field; what stands below a connection counts `first` times, below `_entities` once a representation. */
  readonly cost: number;
  /** Fields under another name, and fields that are repeated in one selection: both ask for the same once more. */
  readonly aliases: number;
  /** Fields on the first level. */
  readonly rootFields: number;
  readonly directives: number;
}

/** What is asked for when `first` is null or left out of a document whose schema has no default. */
const DEFAULT_FIRST = 20;
/** Arguments that say how often what stands below counts: a number, or a list by its length. */
const COUNTED: ReadonlySet<string> = new Set(['first', 'representations']);
/** Of a list that has none of them but whose items are read from Dataspike one by one. */
const ASSUMED_LENGTH = 5;
/** Sums of sums grow exponentially with the length of a chain of fragments; beyond this, they are all the same. */
const MOST = 1e9;

/**
 * Measures definitions in time linear to the document's length: each fragment once, whatever spreads it. A fragment
 * that spreads itself counts nothing the second time; NoFragmentCycles refuses it. Written here because
 * graphql-query-complexity walks a fragment again for every spread of it.
 * @param variableValues raw, as the client sent them; left out: every `first` that is a variable counts as 1
 */
export function createMeasure(
  schema: GraphQLSchema,
  document: DocumentNode,
  variableValues?: Readonly<Record<string, unknown>> | null,
) {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, Complexity>();
  const entities = readOneByOne(schema);
  let hasVariableFirst = false;

  function ofFragment(name: string): Complexity {
    const measured = known.get(name);
    if (measured) return measured;
    known.set(name, NOTHING);
    const fragment = fragments.get(name);
    const complexity = fragment ? ofDefinition(fragment, typeFromAST(schema, fragment.typeCondition)) : NOTHING;
    known.set(name, complexity);
    return complexity;
  }

  function ofDefinition(
    { selectionSet, directives }: FragmentDefinitionNode | OperationDefinitionNode,
    type: GraphQLNamedType | null | undefined,
  ): Complexity {
    return add(ofSelections(selectionSet, type, new Set()), { ...NOTHING, directives: directives?.length ?? 0 });
  }

  function ofSelections(
    { selections }: SelectionSetNode,
    parent: GraphQLNamedType | null | undefined,
    seen: Set<string>,
  ): Complexity {
    let total = NOTHING;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) total = add(total, ofField(selection, parent, seen));
      else if (selection.kind === Kind.FRAGMENT_SPREAD) total = add(total, ofFragment(selection.name.value));
      else {
        const type = selection.typeCondition ? typeFromAST(schema, selection.typeCondition) : parent;
        total = add(total, ofSelections(selection.selectionSet, type, seen));
      }
      total = add(total, { ...NOTHING, directives: selection.directives?.length ?? 0 });
    }
    return total;
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | null | undefined, seen: Set<string>): Complexity {
    const field = fieldOf(parent, node.name.value);
    const below = node.selectionSet
      ? ofSelections(node.selectionSet, field && getNamedType(field.type), new Set())
      : NOTHING;
    const key = `${parent?.name} ${(node.alias ?? node.name).value}`;
    const isAgain = node.alias !== undefined || seen.has(key);
    seen.add(key);
    return {
      depth: isOfSchema(node.name.value) || isOfSchema(parent?.name) ? 1 : 1 + below.depth,
      cost: Math.min(MOST, 1 + below.cost * (field ? factorOf(node, field, parent) : 1)),
      aliases: below.aliases + (isAgain ? 1 : 0),
      rootFields: 1,
      directives: below.directives,
    };
  }

  function factorOf(
    node: FieldNode,
    field: GraphQLField<unknown, unknown>,
    parent: GraphQLNamedType | null | undefined,
  ) {
    const isPage = parent?.name.endsWith('Connection') || parent?.name.endsWith('Edge');
    const counted = field.args.find(({ name }) => COUNTED.has(name));
    if (!counted) {
      const isList = isListType(getNullableType(field.type));
      return isList && !isPage && entities.has(getNamedType(field.type)) ? ASSUMED_LENGTH : 1;
    }
    const given = node.arguments?.find(({ name }) => name.value === counted.name)?.value;
    if (given?.kind !== Kind.VARIABLE) return atLeastOne(sizeOf(given) ?? counted.defaultValue ?? DEFAULT_FIRST);
    hasVariableFirst = true;
    if (variableValues === undefined) return 1;
    const value = variableValues?.[given.name.value] ?? defaultOf(given.name.value);
    return atLeastOne((Array.isArray(value) ? value.length : value) ?? counted.defaultValue ?? DEFAULT_FIRST);
  }

  /** The greatest of the document's operations: they may give the same variable different defaults. */
  function defaultOf(variable: string): number | undefined {
    const sizes = document.definitions
      .flatMap((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? definition.variableDefinitions : []))
      .filter((definition) => definition?.variable.name.value === variable)
      .flatMap((definition) => sizeOf(definition?.defaultValue) ?? []);
    return sizes.length > 0 ? Math.max(...sizes) : undefined;
  }

  return {
    operation: (node: OperationDefinitionNode) => ofDefinition(node, schema.getRootType(node.operation)),
    fragment: ofFragment,
    /** Whether anything measured so far depends on the variables. */
    dependsOnVariables: () => hasVariableFirst,
  };
}

const NOTHING: Complexity = { depth: 0, cost: 0, aliases: 0, rootFields: 0, directives: 0 };

function add(one: Complexity, other: Complexity): Complexity {
  return {
    depth: Math.max(one.depth, other.depth),
    cost: Math.min(MOST, one.cost + other.cost),
    aliases: Math.min(MOST, one.aliases + other.aliases),
    rootFields: Math.min(MOST, one.rootFields + other.rootFields),
    directives: Math.min(MOST, one.directives + other.directives),
  };
}

function fieldOf(type: GraphQLNamedType | null | undefined, name: string) {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function isOfSchema(name: string | undefined): boolean {
  return name?.startsWith('__') ?? false;
}

/** What can be asked for by its id. */
function readOneByOne(schema: GraphQLSchema): ReadonlySet<GraphQLNamedType> {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
  return new Set(
    fields.filter(({ args }) => args.some(({ name }) => name === 'id')).map(({ type }) => getNamedType(type)),
  );
}

/** What a literal counts for; undefined for what is neither a number nor a list. */
function sizeOf(node: ValueNode | undefined): number | undefined {
  if (node?.kind === Kind.INT) return Number(node.value);
  return node?.kind === Kind.LIST ? node.values.length : undefined;
}

/** What is no number is refused when the variables are read, and what is below 1 by the list itself. */
function atLeastOne(value: unknown): number {
  return typeof value === 'number' && value > 1 ? value : 1;
}
