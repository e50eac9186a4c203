import type { TestGateway } from './startGateway';

/** The statuses that the simulator can be forced into, in Dataspike's words. */
export type ForcedStatus = 'initial' | 'pending' | 'in_progress' | 'verified' | 'failed' | 'canceled' | 'expired';

/** Creates one through the gateway, so that its log begins with INITIAL. @returns ids */
export async function createVerification(
  app: TestGateway,
  input: { applicantId?: string } = {},
): Promise<{ id: string; shortId: string; applicantId: string }> {
  const { data, errors } = await app.graphql(
    `mutation ($input: CreateVerificationInput!) {
      createVerification(input: $input) { verification { id shortId applicant { id } } userErrors { message } }
    }`,
    { input },
  );
  const verification = data?.createVerification?.verification;
  if (!verification) throw new Error(`No verification was created: ${JSON.stringify(errors)}`);
  return { id: verification.id, shortId: verification.shortId, applicantId: verification.applicant.id };
}

/**
 * Makes up verifications that have expired and that the gateway's log knows nothing of: nobody polls for what is final,
 * so only what a test does to them is told.
 * @returns their ids
 */
export async function seedVerifications({ simulator }: TestGateway, count: number): Promise<string[]> {
  simulator.control.seed({ applicants: 3, verifications: count });
  const ids: string[] = [];
  for (let page = 0; ids.length < count; page += 1) {
    const response = await fetch(`${simulator.url}/api/v3/verifications?page=${page}&limit=100`, {
      headers: { 'ds-api-token': simulator.apiKey },
    });
    const { data } = (await response.json()) as { data: { id: string }[] };
    if (data.length === 0) throw new Error('The simulator lists fewer verifications than it was asked to make up');
    ids.push(...data.map(({ id }) => id));
  }
  const seeded = ids.slice(0, count);
  simulator.control.addDeliveryFault('drop', 0);
  for (const id of seeded) simulator.control.forceVerification(id, { status: 'expired', errors: {} });
  simulator.control.clearDeliveryFaults();
  simulator.control.clearRequests();
  return seeded;
}

/** Puts a verification into a status, legal or not, and lets Dataspike deliver it. */
export function force({ simulator }: TestGateway, id: string, status: ForcedStatus): void {
  if (!simulator.control.forceVerification(id, { status, errors: {} }, true)) throw new Error('no such verification');
}
