import { ApolloLink } from '@apollo/client';

/**
 * Lets a subscription with `resumeAfter` in its context go on where it stood. graphql-ws keeps the variables of a
 * subscription and sends them again after each reconnect: with `after` as a getter it sends the newest cursor, not the
 * one that the subscription began with.
 */
export const resumingLink = new ApolloLink((operation, forward) => {
  const resumeAfter: unknown = operation.getContext().resumeAfter;
  if (typeof resumeAfter === 'function') {
    operation.variables = Object.defineProperty({ ...operation.variables }, 'after', {
      enumerable: true,
      get: () => resumeAfter(),
    });
  }
  return forward(operation);
});
