import { type DocumentNode, getOperationAST } from 'graphql';
import type { Logger } from 'pino';
import type { OperationContext } from './context';
import type { Documents } from './documents';
import { toPublicError } from './errors';
import type { Execution } from './execution';
import type { Limits } from './limits';
import { noteOperation, noteOutcome } from './operationOutcome';
import { concludeDisclosure } from './redacted';
import { concludeStaleness } from './staleAnswers';

/** What a client sends along with an admitted document, as it came. */
export interface OperationParameters {
  readonly operationName?: unknown;
  readonly variables?: unknown;
}

/** Runs one query. @returns the answer's JSON, as Apollo Server writes it */
export type DirectQuery = (context: OperationContext) => Promise<string>;

/** The way past Apollo Server. */
export interface DirectQueries {
  /** @returns null for everything that is not a compiled query with right variables within the limits */
  find(document: DocumentNode, parameters: OperationParameters): DirectQuery | null;
}

/**
 * What Apollo Server does with a query that is admitted, compiled and right in every respect, without its pipeline: that
 * takes as long as all the rest. Whatever is to be refused goes through Apollo Server, so that there is one place that
 * words refusals. A differential test holds the two ways against each other.
 */
export function createDirectQueries({
  documents,
  limits,
  execution,
  logger,
}: {
  documents: Pick<Documents, 'sha256Of'>;
  limits: Pick<Limits, 'checkOperation'>;
  execution: Pick<Execution, 'prepare'>;
  logger: Logger;
}): DirectQueries {
  return {
    find(document, { operationName, variables }) {
      if (!isAbsentOr(operationName, 'string') || !isAbsentOr(variables, 'object') || Array.isArray(variables)) {
        return null;
      }
      const given = variables as Readonly<Record<string, unknown>> | null | undefined;
      const name = operationName as string | null | undefined;
      const operation = getOperationAST(document, name);
      if (!operation || limits.checkOperation(document, name, given)) return null;
      const run = execution.prepare({ document, operation, variables: given });
      if (!run) return null;
      return async (context) => {
        noteOperation(context, operation);
        context.staleness.isAllowed = true;
        const { data, errors } = await run(context);
        const disclosed = concludeDisclosure(context, {
          name: operation.name?.value ?? null,
          sha256: () => documents.sha256Of(document),
        });
        const stale = concludeStaleness(context);
        const answer = {
          errors: errors?.map((error) => toPublicError(error, logger, context.requestId)),
          data,
          extensions: disclosed || stale ? { ...disclosed, ...stale } : undefined,
        };
        noteOutcome(context, answer);
        return `${JSON.stringify(answer)}\n`;
      };
    },
  };
}

function isAbsentOr(value: unknown, type: 'string' | 'object'): boolean {
  return value === undefined || value === null || typeof value === type;
}
