import type { DocumentType } from './document';
import { refuseInput } from './refusal';
import type { CreateVerification, SandboxResult, VerificationFilter, VerificationStatus } from './verification';
import { written } from './wire';

/**
 * The body of createVerification: what is undefined or null is left out, and so is the profile `default`, which the
 * seed guide shows and no profile has: without a profile the default one applies.
 * @throws {UpstreamRefused} when the sandbox result's status is UNKNOWN
 */
export function verificationToWire(input: CreateVerification): Record<string, unknown> {
  return written({
    applicant_id: input.applicantId,
    profile_id: input.profileId === DEFAULT_PROFILE ? undefined : input.profileId,
    applicant_country: input.applicantCountry,
    expiration_minutes: input.expirationMinutes,
    checks_required: input.checksRequired && documentTypesToWire(input.checksRequired),
    redirect_url: input.redirectUrl,
    sandbox_result: input.sandboxResult && sandboxResultToWire(input.sandboxResult),
  });
}

/**
 * The query of listVerifications; a list becomes one comma-joined value, an empty list does not filter.
 * @returns null when a list names only what no verification can have, so that nothing matches
 */
export function verificationFilterToQuery(
  filter: VerificationFilter,
): Record<string, string | null | undefined> | null {
  const documentTypes = filter.documentTypes && documentTypesToWire(filter.documentTypes);
  const statuses = filter.statuses && statusesToWire(filter.statuses);
  const profileIds = filter.profileIds?.filter((id) => id !== DEFAULT_PROFILE && id !== '' && !id.includes(','));
  const matchesNothing =
    becameEmpty(filter.documentTypes, documentTypes) ||
    becameEmpty(filter.statuses, statuses) ||
    becameEmpty(filter.profileIds, profileIds);
  if (matchesNothing) return null;
  return {
    name: filter.name,
    country: filter.country,
    from: filter.createdFrom,
    to: filter.createdTo,
    document_type: documentTypes?.join(',') || null,
    profile: profileIds?.join(',') || null,
    status: statuses?.join(',') || null,
  };
}

/** Dataspike's word for a kind of document; undefined for UNKNOWN, which has none. */
export function documentTypeToWire(type: DocumentType): string | undefined {
  return type === 'UNKNOWN' ? undefined : type.toLowerCase();
}

/** The id that the seed guide shows for the organisation's default profile; never sent. */
export const DEFAULT_PROFILE = 'default';

function documentTypesToWire(types: readonly DocumentType[]): string[] {
  return types.flatMap((type) => documentTypeToWire(type) ?? []);
}

function statusesToWire(statuses: readonly VerificationStatus[]): string[] {
  return statuses.filter((status) => status !== 'UNKNOWN').map((status) => status.toLowerCase());
}

function becameEmpty(asked: readonly unknown[] | null | undefined, sent: readonly unknown[] | null | undefined) {
  return Boolean(asked?.length) && sent?.length === 0;
}

function sandboxResultToWire(result: SandboxResult): Record<string, unknown> {
  const [status] = statusesToWire([result.status]);
  if (status === undefined) throw refuseInput('The sandbox result needs a status that Dataspike knows');
  const { errors } = result;
  return written({
    status,
    errors:
      errors &&
      written({
        document_mrz: errors.documentMrz,
        face_comparison: errors.faceComparison,
        poa: errors.poa,
        liveness: errors.liveness,
      }),
  });
}
