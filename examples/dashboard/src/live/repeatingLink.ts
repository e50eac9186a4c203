import { ApolloLink } from '@apollo/client';
import { tap } from 'rxjs';
import type { Updates } from './updates';

/**
 * The answer to a query may be older than updates that came in while it was under way, and would overwrite them in the
 * cache. So these are said again once the answer is there.
 */
export function createRepeatingLink(updates: Updates): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const mark = updates.mark();
    // A task of its own: by then Apollo Client has written the answer into its cache.
    return forward(operation).pipe(tap(() => setTimeout(() => updates.repeatSince(mark))));
  });
}
