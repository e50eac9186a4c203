/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query BoardPage($first: Int!, $after: String, $filter: VerificationFilter) {\n    eventCursor\n    verifications(first: $first, after: $after, filter: $filter) {\n      nodes {\n        ...VerificationRow\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.BoardPageDocument,
    "\n  fragment VerificationRow on Verification {\n    id\n    shortId\n    status\n    isFinal\n    createdAt\n    completedAt\n    country\n    documentType\n  }\n": typeof types.VerificationRowFragmentDoc,
    "\n  query OutcomesPage($filter: VerificationFilter!, $after: String) {\n    verifications(first: 100, after: $after, filter: $filter) {\n      nodes {\n        id\n        status\n        createdAt\n        completedAt\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.OutcomesPageDocument,
    "\n  query VerificationDetail($id: ID!) {\n    verification(id: $id) {\n      ...VerificationRow\n      expiresAt\n      profile {\n        id\n        name\n      }\n      applicant {\n        id\n        externalId\n        type\n      }\n      session {\n        url\n        expiresAt\n        pendingDocuments\n      }\n      checks {\n        step\n        rawStep\n        status\n        pendingDocuments\n        errors {\n          category\n          code\n          message\n        }\n      }\n      documents {\n        id\n        type\n        rawType\n        contentType\n        contentUrl\n      }\n      activity(first: 50) {\n        nodes {\n          event\n          occurredAt\n          deviceType\n          browser\n        }\n      }\n    }\n  }\n": typeof types.VerificationDetailDocument,
    "\n  mutation CreateWatchToken($verificationId: ID!) {\n    createWatchToken(input: { verificationId: $verificationId, expiresInMinutes: 60 }) {\n      token\n      expiresAt\n      userErrors {\n        message\n      }\n    }\n  }\n": typeof types.CreateWatchTokenDocument,
    "\n  subscription VerificationUpdated($verificationId: ID, $after: String) {\n    verificationUpdated(verificationId: $verificationId, after: $after) {\n      cursor\n      kind\n      source\n      occurredAt\n      previousStatus\n      verification {\n        ...VerificationRow\n      }\n    }\n  }\n": typeof types.VerificationUpdatedDocument,
    "\n  query StreamHead {\n    eventCursor\n  }\n": typeof types.StreamHeadDocument,
};
const documents: Documents = {
    "\n  query BoardPage($first: Int!, $after: String, $filter: VerificationFilter) {\n    eventCursor\n    verifications(first: $first, after: $after, filter: $filter) {\n      nodes {\n        ...VerificationRow\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.BoardPageDocument,
    "\n  fragment VerificationRow on Verification {\n    id\n    shortId\n    status\n    isFinal\n    createdAt\n    completedAt\n    country\n    documentType\n  }\n": types.VerificationRowFragmentDoc,
    "\n  query OutcomesPage($filter: VerificationFilter!, $after: String) {\n    verifications(first: 100, after: $after, filter: $filter) {\n      nodes {\n        id\n        status\n        createdAt\n        completedAt\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.OutcomesPageDocument,
    "\n  query VerificationDetail($id: ID!) {\n    verification(id: $id) {\n      ...VerificationRow\n      expiresAt\n      profile {\n        id\n        name\n      }\n      applicant {\n        id\n        externalId\n        type\n      }\n      session {\n        url\n        expiresAt\n        pendingDocuments\n      }\n      checks {\n        step\n        rawStep\n        status\n        pendingDocuments\n        errors {\n          category\n          code\n          message\n        }\n      }\n      documents {\n        id\n        type\n        rawType\n        contentType\n        contentUrl\n      }\n      activity(first: 50) {\n        nodes {\n          event\n          occurredAt\n          deviceType\n          browser\n        }\n      }\n    }\n  }\n": types.VerificationDetailDocument,
    "\n  mutation CreateWatchToken($verificationId: ID!) {\n    createWatchToken(input: { verificationId: $verificationId, expiresInMinutes: 60 }) {\n      token\n      expiresAt\n      userErrors {\n        message\n      }\n    }\n  }\n": types.CreateWatchTokenDocument,
    "\n  subscription VerificationUpdated($verificationId: ID, $after: String) {\n    verificationUpdated(verificationId: $verificationId, after: $after) {\n      cursor\n      kind\n      source\n      occurredAt\n      previousStatus\n      verification {\n        ...VerificationRow\n      }\n    }\n  }\n": types.VerificationUpdatedDocument,
    "\n  query StreamHead {\n    eventCursor\n  }\n": types.StreamHeadDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BoardPage($first: Int!, $after: String, $filter: VerificationFilter) {\n    eventCursor\n    verifications(first: $first, after: $after, filter: $filter) {\n      nodes {\n        ...VerificationRow\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): (typeof documents)["\n  query BoardPage($first: Int!, $after: String, $filter: VerificationFilter) {\n    eventCursor\n    verifications(first: $first, after: $after, filter: $filter) {\n      nodes {\n        ...VerificationRow\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment VerificationRow on Verification {\n    id\n    shortId\n    status\n    isFinal\n    createdAt\n    completedAt\n    country\n    documentType\n  }\n"): (typeof documents)["\n  fragment VerificationRow on Verification {\n    id\n    shortId\n    status\n    isFinal\n    createdAt\n    completedAt\n    country\n    documentType\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OutcomesPage($filter: VerificationFilter!, $after: String) {\n    verifications(first: 100, after: $after, filter: $filter) {\n      nodes {\n        id\n        status\n        createdAt\n        completedAt\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): (typeof documents)["\n  query OutcomesPage($filter: VerificationFilter!, $after: String) {\n    verifications(first: 100, after: $after, filter: $filter) {\n      nodes {\n        id\n        status\n        createdAt\n        completedAt\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query VerificationDetail($id: ID!) {\n    verification(id: $id) {\n      ...VerificationRow\n      expiresAt\n      profile {\n        id\n        name\n      }\n      applicant {\n        id\n        externalId\n        type\n      }\n      session {\n        url\n        expiresAt\n        pendingDocuments\n      }\n      checks {\n        step\n        rawStep\n        status\n        pendingDocuments\n        errors {\n          category\n          code\n          message\n        }\n      }\n      documents {\n        id\n        type\n        rawType\n        contentType\n        contentUrl\n      }\n      activity(first: 50) {\n        nodes {\n          event\n          occurredAt\n          deviceType\n          browser\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query VerificationDetail($id: ID!) {\n    verification(id: $id) {\n      ...VerificationRow\n      expiresAt\n      profile {\n        id\n        name\n      }\n      applicant {\n        id\n        externalId\n        type\n      }\n      session {\n        url\n        expiresAt\n        pendingDocuments\n      }\n      checks {\n        step\n        rawStep\n        status\n        pendingDocuments\n        errors {\n          category\n          code\n          message\n        }\n      }\n      documents {\n        id\n        type\n        rawType\n        contentType\n        contentUrl\n      }\n      activity(first: 50) {\n        nodes {\n          event\n          occurredAt\n          deviceType\n          browser\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateWatchToken($verificationId: ID!) {\n    createWatchToken(input: { verificationId: $verificationId, expiresInMinutes: 60 }) {\n      token\n      expiresAt\n      userErrors {\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CreateWatchToken($verificationId: ID!) {\n    createWatchToken(input: { verificationId: $verificationId, expiresInMinutes: 60 }) {\n      token\n      expiresAt\n      userErrors {\n        message\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription VerificationUpdated($verificationId: ID, $after: String) {\n    verificationUpdated(verificationId: $verificationId, after: $after) {\n      cursor\n      kind\n      source\n      occurredAt\n      previousStatus\n      verification {\n        ...VerificationRow\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription VerificationUpdated($verificationId: ID, $after: String) {\n    verificationUpdated(verificationId: $verificationId, after: $after) {\n      cursor\n      kind\n      source\n      occurredAt\n      previousStatus\n      verification {\n        ...VerificationRow\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query StreamHead {\n    eventCursor\n  }\n"): (typeof documents)["\n  query StreamHead {\n    eventCursor\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;