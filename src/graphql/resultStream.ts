import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';

/** The results of one operation, masked: many of a subscription, one of a query or mutation. */
export type ResultStream = AsyncGenerator<FormattedExecutionResult, void, void>;

/** Ends an operation that never ran, for one or more reasons. */
export class OperationRefused extends Error {
  /** @param errors as the client may see them */
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super('The operation is refused');
  }
}

/** A stream whose first `next` rejects with `OperationRefused`. */
export function refused(errors: readonly GraphQLFormattedError[]): ResultStream {
  return resultStream(
    () => Promise.reject(new OperationRefused(errors)),
    async () => {},
  );
}

/**
 * An object with all methods of a generator, since graphql-ws ends nothing else. Unlike one, it ends at once: a `next`
 * under way is answered as done, whatever becomes of what it waits for.
 * @param next not called again before it has settled
 * @param leave lets go of everything; called once, when the reader leaves
 */
export function resultStream(
  next: () => Promise<IteratorResult<FormattedExecutionResult, void>>,
  leave: () => Promise<void>,
): ResultStream {
  const done = { done: true, value: undefined } as const;
  let hasLeft = false;
  let answer: (result: typeof done) => void = () => {};

  async function end() {
    if (hasLeft) return done;
    hasLeft = true;
    answer(done);
    await leave();
    return done;
  }

  return {
    async next() {
      if (hasLeft) return done;
      return new Promise((resolve, reject) => {
        answer = resolve;
        next().then(resolve, reject);
      });
    },
    return: end,
    throw: end,
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}
