/**
 * What the explorers begin with, from looking to changing to watching; GraphiQL shows each in a tab of its own. Each can
 * be sent as it stands: GraphiQL drops the variables of the first tab that it is given.
 */
export const EXAMPLE_OPERATIONS: readonly string[] = [
  `# Every request needs a token: it stands in the Authorization header below.
query LatestVerifications {
  verifications(first: 10) {
    nodes {
      id
      status
      createdAt
      applicant {
        id
        verificationStatus
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
  `query FailedChecks {
  verifications(first: 10, filter: { statuses: [FAILED] }) {
    nodes {
      id
      completedAt
      checks {
        step
        status
        errors {
          category
          code
          message
        }
      }
    }
  }
}
`,
  `query WhoAmI {
  viewer {
    id
    kind
    scopes
    expiresAt
  }
}
`,
  `mutation StartVerification {
  createVerification(input: { expirationMinutes: 60 }) {
    verification {
      id
      status
      session {
        url
        pendingDocuments
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
`,
  `subscription Updates {
  verificationUpdated {
    cursor
    kind
    previousStatus
    verification {
      id
      status
    }
  }
}
`,
];
