import type { ApolloClient } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { graphql } from '../generated';
import type { VerificationUpdatedSubscriptionVariables } from '../generated/graphql';
import type { Updates } from './updates';

const VERIFICATION_UPDATED = graphql(`
  subscription VerificationUpdated($verificationId: ID, $after: String) {
    verificationUpdated(verificationId: $verificationId, after: $after) {
      cursor
      kind
      source
      occurredAt
      previousStatus
      verification {
        ...VerificationRow
      }
    }
  }
`);

/** Before a subscription that failed is asked for again. */
const PAUSE_MS = 5_000;

/**
 * Feeds `updates` from where they stand, until it is stopped. Lost connections are graphql-ws' business; this begins
 * again when the gateway ends the subscription itself.
 * @param onCursorInvalid the gateway does not know the cursor: ask for everything again, with a new one
 * @returns what stops it
 */
export function followUpdates({
  apollo,
  updates,
  variables = {},
  onCursorInvalid,
}: {
  apollo: ApolloClient;
  updates: Updates;
  variables?: VerificationUpdatedSubscriptionVariables;
  onCursorInvalid: () => void;
}): () => void {
  let stop = () => {};
  begin();
  return () => stop();

  function begin(): void {
    const context = { resumeAfter: updates.cursor };
    // An update that lacks a part still says where the verification stands.
    const started = apollo
      .subscribe({ query: VERIFICATION_UPDATED, variables, context, errorPolicy: 'all' })
      .subscribe({
        next({ data, error }) {
          if (data?.verificationUpdated) updates.take(data.verificationUpdated);
          else if (CombinedGraphQLErrors.is(error)) recover(codeOf(error));
        },
        complete: () => recover(null),
      });
    stop = () => started.unsubscribe();

    function recover(code: unknown): void {
      started.unsubscribe();
      stop = () => {};
      if (code === 'FORBIDDEN' || code === 'UNAUTHENTICATED') return;
      if (code === 'CURSOR_INVALID') {
        onCursorInvalid();
        return;
      }
      const timer = setTimeout(begin, PAUSE_MS);
      stop = () => clearTimeout(timer);
    }
  }
}

function codeOf({ errors }: CombinedGraphQLErrors): unknown {
  return errors[0]?.extensions?.code;
}
