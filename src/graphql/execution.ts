import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
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
export type Execute = (request: ExecutionRequest) => Promise<ExecutionResult>;

/**
 * Compiled where that is known to give the same answer, by graphql-js otherwise.
 * @param runsBeforeCompiling how often graphql-js runs an operation first; Infinity: always. Default: 3
 */
export function createExecution(
  schema: GraphQLSchema,
  { runsBeforeCompiling = 3 }: { runsBeforeCompiling?: number } = {},
): Execute {
  const compiled = createCompiledQueries(schema, { runsBefore: runsBeforeCompiling });

  async function run(request: ExecutionRequest): Promise<ExecutionResult> {
    const { document, operation, operationName, variables, context } = request;
    const plan = operation && compiled.find(document, operation);
    if (operation && plan) {
      const definitions = operation.variableDefinitions ?? [];
      // By graphql-js, as it words its errors; `maxErrors` as it sets it itself.
      const { coerced, errors } = getVariableValues(schema, definitions, variables ?? {}, { maxErrors: 50 });
      if (errors) return { errors };
      return plan(context, coerced);
    }
    return execute({ schema, document, operationName, variableValues: variables, contextValue: context });
  }

  return async (request) => {
    const result = await run(request);
    const { document, operation } = request;
    const isQuery = operation?.operation === OperationTypeNode.QUERY;
    return isQuery && result.errors ? settleErrors(result, schema, document, operation) : result;
  };
}
