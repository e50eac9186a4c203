import { pendingDocumentsOfStep } from '../world/checks';
import type { Info, Settings, Verification } from '../world/records';
import type { Stamp } from './stamp';

export interface VerificationViews {
  /** `Verification` of the contract, as REST answers it. */
  full(verification: Verification): Info;
  /** The same with what only deliveries carry (guide, section 7). */
  delivered(verification: Verification): Info;
  /** `SdkVerification`: the reduced view for the capturing client. */
  client(verification: Verification): Info;
}

export function createVerificationViews(stamp: Stamp, organizationId: string): VerificationViews {
  function full(verification: Verification): Info {
    const { ordinal, completedAtMs, documents } = verification;
    return {
      id: verification.id,
      organization_id: organizationId,
      account_id: null,
      account_email: null,
      applicant_id: verification.applicant.id,
      status: verification.status,
      ...(verification.identityDocumentType ? { document_type: verification.identityDocumentType } : {}),
      country_code: verification.country,
      is_sandbox: true,
      profile_id: verification.profile.id,
      checks: viewChecks(verification),
      created_at: stamp('verification.created', ordinal, verification.createdAtMs),
      updated_at: stamp('verification.updated', ordinal, verification.updatedAtMs),
      completed_at: completedAtMs === null ? null : stamp('verification.completed', ordinal, completedAtMs),
      expires_at: stamp('verification.expires', ordinal, verification.expiresAtMs),
      document_ids: documents.map((document) => document.id),
      documents:
        documents.length === 0
          ? null
          : documents.map((document) => ({
              document_id: document.id,
              document_type: document.type,
              content_type: document.contentType,
            })),
      ...(verification.identityData ? { poi_data: verification.identityData } : {}),
      ...(verification.manualFields ? { manual_fields: verification.manualFields } : {}),
      ...(verification.duplicateApplicantIds.length > 0
        ? { duplicated_applicant_ids: verification.duplicateApplicantIds }
        : {}),
      settings: viewSettings(verification),
      verification_url: hostedUrl(verification),
      verification_url_id: verification.shortId,
    };
  }

  return {
    full,
    delivered: (verification) => ({
      ...full(verification),
      ...(verification.applicant.externalId === null ? {} : { external_id: verification.applicant.externalId }),
      ...(verification.amlSearchId === null ? {} : { aml_search_id: verification.amlSearchId }),
      details: {},
    }),
    client: (verification) => ({
      id: verification.shortId,
      status: clientStatusOf(verification),
      checks: viewChecks(verification),
      redirect_url: verification.redirectUrl,
      // The Android SDK wants no fraction here (guide, section 9).
      expires_at: `${new Date(verification.expiresAtMs).toISOString().slice(0, 19)}Z`,
      country_code: verification.country,
      verification_url: hostedUrl(verification),
      settings: viewSettings(verification),
    }),
  };
}

/** Mapping of the guide's section 3. */
export function clientStatusOf({ status }: Verification): 'active' | 'completed' | 'expired' {
  if (status === 'initial' || status === 'pending') return 'active';
  return status === 'expired' || status === 'canceled' ? 'expired' : 'completed';
}

function viewChecks(verification: Verification): Info {
  return Object.fromEntries(
    verification.checks.map((check) => [
      check.step,
      {
        status: check.status,
        errors: check.errors,
        pending_documents: pendingDocumentsOfStep(verification, check.step),
        data: check.data,
      },
    ]),
  );
}

function viewSettings({ profile, settings }: Verification): Settings {
  return { name: profile.name, ...settings };
}

/** Both hosts occur in samples (guide, section 9). */
function hostedUrl({ ordinal, shortId }: Verification): string {
  return `https://am.dataspike.${ordinal % 3 === 0 ? 'dev' : 'io'}/${shortId}`;
}
