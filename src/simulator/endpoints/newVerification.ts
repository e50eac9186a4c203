import type { World } from '../createWorld';
import { type Call, Refused, refuse } from '../http/endpoint';
import { acceptsCountry } from '../world/checks';
import type { VerificationDetails } from '../world/enrolment';
import type { Settings } from '../world/records';
import { identityDocumentTypes, proofOfAddressTypes } from '../world/vocabulary';
import { describeIssues, toFixedResult, verificationCreate } from './input';

const defaultExpirationMinutes = 240;

/**
 * Reads the body of createVerification. Without an applicant a new, anonymous one is made.
 * @throws Refused with 400 and `{error, validation_errors}`, or with 404 for an unknown applicant or profile
 */
export async function readNewVerification(call: Call, world: World): Promise<VerificationDetails> {
  const parsed = verificationCreate.safeParse(await readBody(call));
  if (!parsed.success) throw refuseFields(describeIssues(parsed.error));
  const input = parsed.data;
  const profile = input.profile_id ? world.store.findProfile(input.profile_id) : world.profiles.defaultProfile();
  if (!profile) {
    if (input.profile_id) throw refuse(404);
    throw refuseFields(['profile_id: there is no default profile']);
  }
  if (profile.isArchived) throw refuseFields(['profile_id: profile is archived']);
  const applicant = input.applicant_id ? world.store.findApplicant(input.applicant_id) : null;
  if (input.applicant_id && !applicant) throw refuse(404, { message: 'applicant not found' });
  if (input.applicant_country && !acceptsCountry(profile.settings, input.applicant_country)) {
    throw refuseFields(['applicant_country: not accepted by the profile']);
  }
  const sandbox = input.sandbox_result;
  const hasCodes = Object.values(sandbox?.errors ?? {}).some((codes) => Array.isArray(codes) && codes.length > 0);
  return {
    applicant: applicant ?? world.enrolment.enrolApplicant(),
    profile,
    settings: overrideChecks(profile.settings, input.checks_required ?? []),
    expirationMinutes: input.expiration_minutes ?? defaultExpirationMinutes,
    country: input.applicant_country,
    redirectUrl: input.redirect_url,
    sandboxResult: sandbox ? toFixedResult(sandbox.status ?? (hasCodes ? 'failed' : 'verified'), sandbox.errors) : null,
  };
}

/** Malformed JSON is refused in this operation's own shape. */
async function readBody(call: Call): Promise<unknown> {
  try {
    return await call.readJson();
  } catch (error) {
    throw error instanceof Refused && error.reply.status === 400 ? refuseFields(['body: is not JSON']) : error;
  }
}

function refuseFields(validationErrors: string[]): Refused {
  return refuse(400, { error: 'validation_failed', validation_errors: validationErrors });
}

/** The deprecated `checks_required` replaces what the profile says; an empty one leaves it alone. */
function overrideChecks(settings: Settings, required: readonly string[]): Settings {
  if (required.length === 0) return settings;
  const only = (types: readonly string[]) => required.filter((type) => types.includes(type));
  const identity = only(identityDocumentTypes);
  const face = only(['selfie', 'liveness_photo']);
  return {
    ...settings,
    poi_required: identity.length > 0,
    poi_allowed_documents: identity,
    face_comparison_required: face.length > 0,
    face_comparison_allowed_documents: face,
    poa_required: only(proofOfAddressTypes).length > 0,
  };
}
