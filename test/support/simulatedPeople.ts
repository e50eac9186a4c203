import { callSimulator, type TestGateway } from './startGateway';

/** What a test starts from; everything made behind the gateway's back. */
export interface SimulatedCase {
  readonly applicantId: string;
  readonly verificationId: string;
  /** The default one, which the verification follows. */
  readonly profileId: string;
}

/** An applicant with one verification, which waits for documents. No request of this is left in the simulator's journal. */
export async function createCase(
  { simulator }: TestGateway,
  details: { expirationMinutes?: number; sandboxStatus?: string } = {},
): Promise<SimulatedCase> {
  const applicant = await answerOf<{ id: string }>(
    callSimulator(simulator, 'POST', '/api/v3/applicants', { email: 'anna@example.com', phone: '+49 30 1' }),
  );
  const verification = await answerOf<{ id: string; profile_id: string }>(
    callSimulator(simulator, 'POST', '/api/v3/verifications', {
      applicant_id: applicant.id,
      expiration_minutes: details.expirationMinutes,
      sandbox_result: details.sandboxStatus && { status: details.sandboxStatus },
    }),
  );
  simulator.control.clearRequests();
  return { applicantId: applicant.id, verificationId: verification.id, profileId: verification.profile_id };
}

/** Uploads all that the default profile asks for. */
export async function uploadDocuments({ simulator }: TestGateway, applicantId: string): Promise<void> {
  for (const type of ['passport', 'selfie']) {
    const form = new FormData();
    form.set('document_type', type);
    form.set('file', new Blob([`${type} of ${applicantId}`], { type: 'image/jpeg' }), `${type}.jpg`);
    const headers = { 'ds-api-token': simulator.apiKey };
    await answerOf(fetch(`${simulator.url}/api/v3/upload/${applicantId}`, { method: 'POST', headers, body: form }));
  }
  simulator.control.clearRequests();
}

async function answerOf<T>(request: Promise<Response>): Promise<T> {
  const response = await request;
  if (!response.ok) throw new Error(`The simulator answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
