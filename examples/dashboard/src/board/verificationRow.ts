import { graphql } from '../generated';
import type { VerificationRowFragment } from '../generated/graphql';

/** What the table shows of a verification, and what every update brings. */
export type VerificationRow = VerificationRowFragment;

// Documents name it; codegen finds it here.
graphql(`
  fragment VerificationRow on Verification {
    id
    shortId
    status
    isFinal
    createdAt
    completedAt
    country
    documentType
  }
`);
