/** The part of the gateway's schema that the benchmark asks for, for the peers that let us choose theirs. */
export const TYPE_DEFINITIONS = /* GraphQL */ `
  scalar DateTime
  scalar Date

  enum VerificationStatus {
    INITIAL
    PENDING
    IN_PROGRESS
    VERIFIED
    FAILED
    CANCELED
    EXPIRED
  }

  type Document {
    id: ID!
    type: String!
  }

  type ApplicantInfo {
    fullName: String
    firstName: String
    lastName: String
    dateOfBirth: Date
    gender: String
    citizenship: String
    country: String
    address: String
  }

  type Applicant {
    id: ID!
    externalId: String
    type: String!
    email: String
    phone: String
    verificationStatus: String!
    providedInfo: ApplicantInfo
  }

  type Verification {
    id: ID!
    shortId: String
    status: VerificationStatus!
    isFinal: Boolean!
    documentType: String
    country: String
    createdAt: DateTime
    completedAt: DateTime
    expiresAt: DateTime
    isSandbox: Boolean
    documents: [Document!]!
    applicant: Applicant
  }

  type VerificationConnection {
    nodes: [Verification!]!
  }

  type VerificationUpdate {
    cursor: String!
    kind: String!
    occurredAt: DateTime!
    verification: Verification!
  }

  type Query {
    verification(id: ID!): Verification
    verifications(first: Int, after: String): VerificationConnection!
  }

  type Subscription {
    verificationUpdated(verificationId: ID): VerificationUpdate!
  }
`;
