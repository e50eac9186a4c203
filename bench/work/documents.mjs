/**
 * The queries, in the words of each schema. All answers have the same shape; what a REST name or value is elsewhere is an
 * alias here, and is folded before answers are compared.
 */
const VERIFICATION_FIELDS = 'id status shortId createdAt completedAt';
const BOARD_FIELDS = `id shortId status documentType country createdAt completedAt expiresAt isSandbox documents { id type }
applicant { id externalId type email phone verificationStatus providedInfo {
fullName firstName lastName dateOfBirth gender citizenship country address } }`;

const REST_VERIFICATION = 'id status shortId: verification_url_id createdAt: created_at completedAt: completed_at';
const REST_APPLICANT = 'id: applicant_id externalId: external_id email verificationStatus: verification_status';
const REST_BOARD = `id shortId: verification_url_id status documentType: document_type country: country_code createdAt: created_at
completedAt: completed_at expiresAt: expires_at isSandbox: is_sandbox documents { id: document_id type: document_type }`;
const REST_BOARD_APPLICANT = `id: applicant_id externalId: external_id type email phone verificationStatus: verification_status
providedInfo: provided_info { fullName: full_name firstName: first_name lastName: last_name dateOfBirth: dob gender
citizenship country address }`;

/** For each dialect: (a) VERIFICATION and (b) BOARD, as a target of the load generator. */
export const TARGETS = {
  gateway: {
    VERIFICATION: {
      path: '/graphql',
      document: `query One($id: ID!) { verification(id: $id) { ${VERIFICATION_FIELDS} applicant { id externalId email verificationStatus } } }`,
      variables: '{"id":"{id}"}',
    },
    BOARD: {
      path: '/graphql',
      document: `query Board($after: String) { verifications(first: 50, after: $after) { nodes { ${BOARD_FIELDS} } } }`,
      variables: '{"after":"{cursor}"}',
    },
  },
  hive: {
    VERIFICATION: {
      path: '/graphql',
      document: `query One($id: String!) { verification: getVerification(verification_id: $id) { ... on Verification { ${REST_VERIFICATION} applicant { ... on Applicant { ${REST_APPLICANT} } } } } }`,
      variables: '{"id":"{id}"}',
    },
    BOARD: {
      path: '/graphql',
      document: `query Board($page: NonNegativeInt) { verifications: listVerifications(page: $page, limit: 50) { ... on VerificationPage { nodes: data { ${REST_BOARD} applicant { ... on Applicant { ${REST_BOARD_APPLICANT} } } } } } }`,
      variables: '{"page":{page}}',
    },
  },
  openapiToGraphql: {
    VERIFICATION: {
      path: '/graphql',
      document: `query One($id: String!) { verification(verificationId: $id) { id status shortId: verificationUrlId createdAt completedAt applicant { id: applicantId externalId email verificationStatus } } }`,
      variables: '{"id":"{id}"}',
    },
    BOARD: {
      path: '/graphql',
      document: `query Board($page: Int) { verifications: verificationPage(page: $page, limit: 50) { nodes: data { id shortId: verificationUrlId status documentType country: countryCode createdAt completedAt expiresAt isSandbox documents { id: documentId type: documentType } applicant { id: applicantId externalId type email phone verificationStatus providedInfo { fullName firstName lastName dateOfBirth: dob gender citizenship country address } } } } }`,
      variables: '{"page":{page}}',
    },
  },
  rest: {
    VERIFICATION: { path: '/verification/{id}' },
    BOARD: { path: '/board/{page}' },
  },
};

/** What a live board asks for; the second watches one verification. */
export const SUBSCRIPTIONS = {
  ALL: 'subscription { verificationUpdated { cursor kind occurredAt verification { id status isFinal completedAt } } }',
  OWN: 'subscription Watch($id: ID!) { verificationUpdated(verificationId: $id) { cursor kind occurredAt verification { id status isFinal completedAt } } }',
};
