import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { createCompiledQueries } from './compiledQueries';
import { settleErrors } from './settleErrors';

/** One operation of a valid document, ready to run. */
export interface ExecutionRequest {
  readonly document: DocumentNode;
  /** Undefined where the document has no such operation: the result says so. */
  readonly operation: OperationDefinitionNode | undefined;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly context: unknown;
}

/** Executes queries and mutations; errors as resolvers throw them, not yet public. */
export interface Execution {
  execute(request: ExecutionRequest): Promise<ExecutionResult>;
  /**
   * The shortest way for a query that is compiled and whose variables are right.
   * @returns null where `execute` has to decide or to refuse
   */
  prepare(request: Omit<ExecutionRequest, 'context'>): ((context: unknown) => Promise<ExecutionResult>) | null;
  /**
   * One update of a subscription; the update is the root value.
   * @param coerced its variables, which are right
   * @returns at once where no field waits
   */
  executeUpdate: ExecuteUpdate;
}

export type ExecuteUpdate = (
  args: ExecutionArgs,
  coerced: Readonly<Record<string, unknown>>,
) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Compiled where that is known to give the same answer, by graphql-js otherwise.
 * @param runsBeforeCompiling how often graphql-js runs an operation first; Infinity: always. Default: 3
 */
export function createExecution(
  schema: GraphQLSchema,
  { runsBeforeCompiling = 3 }: { runsBeforeCompiling?: number } = {},
): Execution {
  const compiled = createCompiledQueries(schema, { runsBefore: runsBeforeCompiling });

  function prepare({ document, operation, variables }: Omit<ExecutionRequest, 'context'>) {
    if (operation?.operation !== OperationTypeNode.QUERY) return null;
    const plan = compiled.find(document, operation);
    if (!plan) return null;
    const { coerced } = coerceVariables(schema, operation, variables);
    if (!coerced) return null;
    return async (context: unknown) => settle(await plan(context, coerced), { document, operation });
  }

  function settle(result: ExecutionResult, { document, operation }: Pick<ExecutionRequest, 'document' | 'operation'>) {
    const isSettled = operation === undefined || operation.operation === OperationTypeNode.MUTATION;
    return isSettled || !result.errors ? result : settleErrors(result, schema, document, operation);
  }

  return {
    prepare,
    executeUpdate(args, coerced) {
      const { document, operationName } = args;
      const operation = getOperationAST(document, operationName) ?? undefined;
      const plan = operation && compiled.find(document, operation);
      const result = plan ? plan(args.contextValue, coerced, args.rootValue) : execute(args);
      const asked = { document, operation };
      return result instanceof Promise ? result.then((settled) => settle(settled, asked)) : settle(result, asked);
    },
    async execute(request) {
      const run = prepare(request);
      if (run) return run(request.context);
      const { document, operation, operationName, variables: variableValues, context: contextValue } = request;
      const { errors } = coerceVariables(schema, operation, variableValues);
      if (errors) return { errors };
      return settle(await execute({ schema, document, operationName, variableValues, contextValue }), request);
    },
  };
}

/** Each quotes what is wrong, which may be a whole object with long texts; graphql-js makes fifty by itself. */
const MAX_VARIABLE_ERRORS = 5;

/** The values as resolvers get them, or what is wrong with them. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode | null | undefined,
  variables: ExecutionRequest['variables'],
) {
  const definitions = operation?.variableDefinitions ?? [];
  return getVariableValues(schema, definitions, variables ?? {}, { maxErrors: MAX_VARIABLE_ERRORS });
}
