import type { World } from '../createWorld';
import type { Endpoint } from '../http/endpoint';
import { createApplicantEndpoints } from './applicantEndpoints';
import { createClientEndpoints } from './clientEndpoints';
import { createDocumentEndpoints } from './documentEndpoints';
import { createProfileEndpoints } from './profileEndpoints';
import { createUploads } from './uploads';
import { createVerificationEndpoints } from './verificationEndpoints';
import { createWebhookEndpoints } from './webhookEndpoints';

/** Every core operation of the contract, over one world. */
export function createEndpoints(world: World): Endpoint[] {
  const uploads = createUploads(world);
  return [
    ...createApplicantEndpoints(world),
    ...createVerificationEndpoints(world),
    ...createDocumentEndpoints(world, uploads),
    ...createClientEndpoints(world, uploads),
    ...createProfileEndpoints(world),
    ...createWebhookEndpoints(world),
  ];
}
