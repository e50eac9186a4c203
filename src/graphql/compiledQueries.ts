import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { LRUCache } from 'lru-cache';

/**
 * Runs a query, or an update of a subscription, whose variables are coerced already.
 * @param root the update; left out: of a query
 * @returns errors without `nodes` and perhaps without `extensions`, in another order than graphql-js
 */
export type CompiledQuery = (
  context: unknown,
  variables: Readonly<Record<string, unknown>>,
  root?: unknown,
) => Promise<ExecutionResult> | ExecutionResult;

/** Queries and updates as functions, for those that come again and again. */
export interface CompiledQueries {
  /** @returns null where graphql-js has to run it: not (yet) compiled */
  find(document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | null;
}

/** When it is first wanted: it is a twentieth of the time that the start takes. */
const loadCompiler = () => import('graphql-jit');
type Compiler = Awaited<ReturnType<typeof loadCompiler>>;

/** A plan is some 100 KiB. */
const MAX_PLANS = 200;
/** Fields with those of every spread fragment: a plan has code for each. */
const MAX_FIELDS = 500;

/**
 * Compiles with graphql-jit, and only what it does exactly as graphql-js does; the differential test holds the two
 * against each other. What stays with graphql-js, and why:
 *
 * - mutations, the schema's own fields, interfaces and unions: seldom asked, nothing to win;
 * - directives: graphql-jit writes the conditions of a fragment's fields into the document, one for all its spreads;
 * - texts, lists and objects as literals: it writes them into its code, where `__proto__` and some magic texts mean more
 *   than they say, and it cannot tell a variable that was left out from null inside of them. Documents with ids in their
 *   text come once anyway;
 * - variables of nested input types: it does not end with recursive ones.
 *
 * @param runsBefore runs of an operation until it is compiled: a plan is some 5 ms of work, and much is asked once only
 */
export function createCompiledQueries(
  schema: GraphQLSchema,
  { runsBefore }: { readonly runsBefore: number },
): CompiledQueries {
  /** How often an operation ran; null: never to be compiled. */
  const runs = new WeakMap<OperationDefinitionNode, number | null>();
  const plans = new LRUCache<OperationDefinitionNode, CompiledQuery>({ max: MAX_PLANS });

  let compiler: Compiler | null = null;
  let isLoading = false;

  async function load(): Promise<void> {
    isLoading = true;
    compiler = await loadCompiler();
  }

  function compile(
    { compileQuery, isCompiledQuery }: Compiler,
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): CompiledQuery | null {
    if (!isSuited(schema, document, operation)) return null;
    const compiled = compileQuery(schema, document, operation.name?.value);
    return isCompiledQuery(compiled)
      ? (context, variables, root = {}) => compiled.query(root, context, variables)
      : null;
  }

  return {
    find(document, operation) {
      const plan = plans.get(operation);
      if (plan) return plan;
      const ran = runs.get(operation) ?? (runs.has(operation) ? null : 0);
      if (ran === null) return null;
      runs.set(operation, ran + 1);
      if (ran < runsBefore) return null;
      if (!compiler) {
        // Without it graphql-js goes on.
        if (!isLoading) load().catch(() => {});
        return null;
      }
      const made = compile(compiler, document, operation);
      if (made) plans.set(operation, made);
      else runs.set(operation, null);
      return made;
    },
  };
}

const SUITED_VALUES: ReadonlySet<string> = new Set([
  Kind.VARIABLE,
  Kind.INT,
  Kind.FLOAT,
  Kind.BOOLEAN,
  Kind.ENUM,
  Kind.NULL,
]);

function isSuited(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation === OperationTypeNode.MUTATION) return false;
  let suits = true;
  const refuse = () => {
    suits = false;
  };
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    Directive: refuse,
    StringValue: refuse,
    ListValue: refuse,
    ObjectValue: refuse,
    Argument: ({ value }) => (SUITED_VALUES.has(value.kind) ? undefined : refuse()),
    Field: ({ name: { value } }) => {
      const isOfSchema = value.startsWith('__') && value !== '__typename';
      if (isOfSchema || isAbstractType(getNamedType(types.getType()))) refuse();
    },
    VariableDefinition: ({ type }) => (isFlat(typeFromAST(schema, type) as GraphQLInputType) ? undefined : refuse()),
  });
  visit(document, visitor);
  return suits && countFields(document, operation.selectionSet, MAX_FIELDS) <= MAX_FIELDS;
}

/** A leaf, a list of such, or an object of these. */
function isFlat(type: GraphQLInputType, mayBeObject = true): boolean {
  if (isNonNullType(type) || isListType(type)) return isFlat(type.ofType, mayBeObject);
  if (!isInputObjectType(type)) return true;
  return mayBeObject && Object.values(type.getFields()).every((field) => isFlat(field.type, false));
}

/** Stops counting beyond `most`. */
function countFields(document: DocumentNode, { selections }: SelectionSetNode, most: number): number {
  let count = 0;
  for (const selection of selections) {
    if (count > most) return count;
    const inner =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? document.definitions.find(
            (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === selection.name.value,
          )
        : selection;
    if (selection.kind === Kind.FIELD) count += 1;
    if (inner && 'selectionSet' in inner && inner.selectionSet) {
      count += countFields(document, inner.selectionSet, most - count);
    }
  }
  return count;
}
