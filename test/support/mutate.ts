import type { GraphqlAnswer, TestGateway } from './startGateway';

/** Everything that a refusal says, of every concrete type. */
const USER_ERRORS = `userErrors {
  __typename code message path
  ... on InvalidTransitionError { currentStatus }
  ... on DocumentsMissingError { pendingDocuments countryRequired }
}`;

/** Runs one mutation. @param selection of its payload, beside the user errors */
export async function mutate(app: TestGateway, name: string, input: object, selection = '') {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const answer: GraphqlAnswer = await app.graphql(
    `mutation ($input: ${type}!) { payload: ${name}(input: $input) { ${USER_ERRORS} ${selection} } }`,
    { input },
  );
  expect(answer.errors).toBeUndefined();
  return answer.data.payload;
}

/** A user error as it comes back. */
export const invalid = (message: unknown, path: string[] | null = null) => ({
  __typename: 'ValidationError',
  code: 'INVALID',
  message,
  path,
});
export const refused = (message: string) => ({ __typename: 'ValidationError', code: 'REFUSED', message, path: null });
export const notFound = (path: string[] | null = null) => ({
  __typename: 'NotFoundError',
  code: 'NOT_FOUND',
  message: 'Not found',
  path,
});
export const impossible = (currentStatus: string) => ({
  __typename: 'InvalidTransitionError',
  code: 'INVALID_TRANSITION',
  message: `This is not possible while the verification is ${currentStatus}`,
  path: null,
  currentStatus,
});
