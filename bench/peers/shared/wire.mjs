/** Wire JSON → the fields of the schema, as one writes it by hand when nothing odd is expected. */

const FINAL = new Set(['verified', 'failed', 'canceled', 'expired']);

export function toVerification(wire) {
  return {
    id: wire.id,
    shortId: wire.verification_url_id,
    status: wire.status.toUpperCase(),
    isFinal: FINAL.has(wire.status),
    applicantId: wire.applicant_id,
    documentType: wire.document_type?.toUpperCase() ?? null,
    country: wire.country_code,
    createdAt: wire.created_at,
    completedAt: wire.completed_at,
    expiresAt: wire.expires_at,
    isSandbox: wire.is_sandbox,
    documents: (wire.documents ?? []).map(toDocument),
  };
}

export function toApplicant(wire) {
  return {
    id: wire.applicant_id,
    externalId: wire.external_id,
    type: wire.type.toUpperCase(),
    email: wire.email,
    phone: wire.phone,
    verificationStatus: wire.verification_status.toUpperCase(),
    providedInfo: wire.provided_info ? toInfo(wire.provided_info) : null,
  };
}

function toDocument(wire) {
  return { id: wire.document_id, type: wire.document_type.toUpperCase() };
}

function toInfo(wire) {
  return {
    fullName: wire.full_name,
    firstName: wire.first_name,
    lastName: wire.last_name,
    dateOfBirth: wire.dob,
    gender: { F: 'FEMALE', M: 'MALE' }[wire.gender] ?? null,
    citizenship: wire.citizenship,
    country: wire.country,
    address: wire.address,
  };
}

/** Position after a cursor of the list, as the gateway writes it: `…:49` ends the first page of 50. */
export function pageBehind(after, size) {
  if (!after) return 0;
  const position = Number(/:(\d+)$/.exec(Buffer.from(after, 'base64url').toString())?.[1]);
  return Math.floor((position + 1) / size);
}
