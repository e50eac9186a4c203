import { type ApplicantCalls, createApplicantCalls } from './applicantCalls';
import { createDocumentCalls, type DocumentCalls } from './documentCalls';
import { createProfileCalls, type ProfileCalls } from './profileCalls';
import { createSdkCalls, type SdkCalls } from './sdkCalls';
import type { Transport } from './transport';
import { createVerificationCalls, type VerificationCalls } from './verificationCalls';
import { createWebhookCalls, type WebhookCalls } from './webhookCalls';

/**
 * Dataspike's REST API, one method per endpoint, in the vendor's words. Reads of one thing answer null when there is
 * none; everything else that goes wrong is a DataspikeError (see errors.ts), or the reason of the caller's signal.
 */
export type DataspikeClient = ApplicantCalls &
  VerificationCalls &
  DocumentCalls &
  SdkCalls &
  ProfileCalls &
  WebhookCalls;

/** @param transport the way to Dataspike; the caller closes it */
export function createDataspikeClient({ transport }: { readonly transport: Transport }): DataspikeClient {
  return {
    ...createApplicantCalls(transport),
    ...createVerificationCalls(transport),
    ...createDocumentCalls(transport),
    ...createSdkCalls(transport),
    ...createProfileCalls(transport),
    ...createWebhookCalls(transport),
  };
}
