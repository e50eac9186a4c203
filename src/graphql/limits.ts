import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { type Complexity, createMeasure } from './complexity';
import { hasMoreValues } from './variableSize';

/** Refuses what would cost too much, before anything else looks at it. */
export interface Limits {
  /** @returns what is exceeded whatever the variables are; empty when nothing is. In time linear to the document */
  check(document: DocumentNode): readonly GraphQLError[];

  /**
   * The same for the one operation that is about to run, with its variables, which may be no larger than a document:
   * coercing them would make up to fifty errors, each of which quotes a whole object.
   * @returns null when it may run
   */
  checkOperation(
    document: DocumentNode,
    operationName?: string | null,
    variables?: Readonly<Record<string, unknown>> | null,
  ): GraphQLError | null;
}

const NAMES = {
  depth: 'LIMIT_DEPTH',
  cost: 'LIMIT_COST',
  aliases: 'LIMIT_ALIASES',
  rootFields: 'LIMIT_ROOT_FIELDS',
  directives: 'LIMIT_DIRECTIVES',
} as const satisfies Record<keyof Complexity, string>;
const KEYS = Object.keys(NAMES) as (keyof Complexity)[];

/** @param limits the most that one operation may have of each; `tokens` also bounds the names and values of variables */
export function createLimits({
  schema,
  limits,
}: {
  schema: GraphQLSchema;
  limits: Complexity & { readonly tokens: number };
}): Limits {
  /** Documents that were accepted, and whether that holds whatever the variables are. */
  const accepted = new WeakMap<DocumentNode, 'always' | 'dependsOnVariables'>();

  function check(document: DocumentNode): readonly GraphQLError[] {
    const measure = createMeasure(schema, document);
    const errors: GraphQLError[] = [];
    for (const node of document.definitions) {
      if (node.kind === Kind.OPERATION_DEFINITION) errors.push(...exceeded(measure.operation(node), node));
      // Also what no operation spreads: the rules of validation would look at it all the same.
      if (node.kind === Kind.FRAGMENT_DEFINITION) {
        errors.push(...exceeded({ ...measure.fragment(node.name.value), rootFields: 0 }));
      }
      if (errors.length > 0) return errors;
    }
    accepted.set(document, measure.dependsOnVariables() ? 'dependsOnVariables' : 'always');
    return [];
  }

  function exceeded(complexity: Complexity, node?: OperationDefinitionNode): GraphQLError[] {
    return KEYS.filter((key) => complexity[key] > limits[key]).map((key) =>
      queryTooComplex(
        `${NAMES[key]} is ${limits[key]}, and the ${node?.operation ?? 'fragment'} has ${complexity[key]}`,
      ),
    );
  }

  return {
    check,
    checkOperation(document, operationName, variables) {
      if (hasMoreValues(variables, limits.tokens)) {
        return queryTooComplex(`LIMIT_TOKENS is ${limits.tokens}, and the variables have more names and values`);
      }
      const known = accepted.get(document);
      if (known === 'always') return null;
      if (!known) {
        const [error] = check(document);
        if (error || accepted.get(document) === 'always') return error ?? null;
      }
      const operation = getOperationAST(document, operationName);
      if (!operation) return null;
      const complexity = createMeasure(schema, document, variables ?? {}).operation(operation);
      return exceeded(complexity, operation)[0] ?? null;
    },
  };
}

/** @param message which limit, its value and what the document has */
export function queryTooComplex(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 } } });
}
