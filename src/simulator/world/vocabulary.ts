/** The vendor's words, as the contract lists them. */
export const verificationStatuses = [
  'initial',
  'pending',
  'in_progress',
  'verified',
  'failed',
  'canceled',
  'expired',
] as const;
export type VerificationStatus = (typeof verificationStatuses)[number];

export const checkSteps = ['document_mrz', 'document_ocr', 'face_comparison', 'liveness', 'poa'] as const;
export type CheckStep = (typeof checkSteps)[number];

export const eventTypes = [
  'AML_SCREENING',
  'DOCVER',
  'TRANSACTION_MONITORING',
  'KYT_WALLET_CHECK',
  'DOCVER_CHECKS',
  'ALL',
  'APPLICANT',
  'AML',
] as const;

export const identityDocumentTypes = ['passport', 'visa', 'id_card', 'residence_permit', 'driver_license'] as const;
export const twoSidedDocumentTypes = ['id_card', 'residence_permit', 'driver_license'] as const;
export const proofOfAddressTypes = [
  'poa',
  'poa_utility_bill',
  'poa_bank_statement',
  'poa_residence_registration',
] as const;

export const documentTypes: readonly string[] = [
  ...identityDocumentTypes,
  ...twoSidedDocumentTypes.flatMap((type) => [`${type}_front`, `${type}_back`]),
  'selfie',
  'liveness_photo',
  'liveness_photo_extra',
  ...proofOfAddressTypes,
  'poi',
  'kyb_certificate_of_incorporation',
  'kyb_ownership_document',
  'other',
];
