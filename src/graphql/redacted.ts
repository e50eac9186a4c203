import type { ApolloServerPlugin } from '@apollo/server';
import type { OperationContext } from './context';
import type { Disclosure } from './disclosure';
import { comparePaths } from './settleErrors';

/**
 * Ends the operation's disclosure: records what was shown.
 * @returns what belongs into the answer's `extensions`; undefined when nothing was left out
 */
export function concludeDisclosure(
  {
    caller,
    requestId,
    disclosure,
    services,
  }: Pick<OperationContext, 'caller' | 'requestId' | 'disclosure' | 'services'>,
  operation: { readonly name: string | null; readonly sha256: () => string },
): { redacted: Disclosure['redacted'] } | undefined {
  const { redacted, fields, applicantIds } = disclosure;
  if (fields.size > 0) {
    services.recordAccess({
      caller,
      requestId,
      operationName: operation.name,
      documentSha256: operation.sha256(),
      // Sorted, since what is met first depends on what answers first.
      applicantIds: [...applicantIds].sort(),
      fields: [...fields].sort(),
    });
  }
  return redacted.length > 0 ? { redacted: redacted.sort(comparePaths) } : undefined;
}

/** For queries and mutations, whichever way they come. */
export const discloseAnswers: ApolloServerPlugin<OperationContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response, contextValue, operationName, queryHash }) {
        const operation = { name: operationName ?? null, sha256: () => queryHash ?? '' };
        const extensions = concludeDisclosure(contextValue, operation);
        if (extensions === undefined || response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        singleResult.extensions = { ...singleResult.extensions, ...extensions };
      },
    };
  },
};
