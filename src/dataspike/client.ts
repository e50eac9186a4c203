import { LRUCache } from 'lru-cache';
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
  // Not by spreading, which in V8 gives every client forty shapes of its own, 15 KB that only a marking of the whole heap
  // takes away.
  return Object.assign(
    {},
    createApplicantCalls(transport),
    createVerificationCalls(transport),
    createDocumentCalls(transport),
    createSdkCalls(transport),
    createProfileCalls(transport),
    createWebhookCalls(transport),
  );
}

/** Operations of one caller that begin within this time share a client, whose deadline is that of the last of them. */
const SHARED_MS = 50;

/**
 * Clients on behalf of callers. A client is some forty functions: at a thousand operations a second it is not made for
 * each of them.
 */
export function createClientsOfCallers(transport: Transport) {
  const clients = new LRUCache<string, { readonly untilMs: number; readonly client: DataspikeClient }>({ max: 100 });
  return ({
    callerId,
    deadlineAtMs,
  }: {
    readonly callerId: string;
    readonly deadlineAtMs: number;
  }): DataspikeClient => {
    const made = clients.get(callerId);
    if (made && deadlineAtMs <= made.untilMs) return made.client;
    const untilMs = deadlineAtMs + SHARED_MS;
    const client = createDataspikeClient({ transport: transport.for({ callerId, deadlineAtMs: untilMs }) });
    clients.set(callerId, { untilMs, client });
    return client;
  };
}
