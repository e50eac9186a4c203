import { randomBytes } from 'node:crypto';
import type { DataspikeClient } from '../dataspike/client';
import type { DocumentType } from '../dataspike/document';

/** A verification that was started and is not submitted yet. */
interface Started {
  readonly verificationId: string;
  readonly applicantId: string;
  readonly missing: DocumentType[];
  /** Who gives up instead of submitting. */
  readonly givesUp: boolean;
}

/** How many verifications are under way at once. */
const AT_ONCE = 3;

/**
 * Applicants who come, upload and submit, one step at a time. What a frontend would do goes through GraphQL; what the
 * hosted page does, the upload, goes to Dataspike.
 * @returns what takes the next step
 */
export function createDemoLife(graphqlUrl: string, token: string, client: DataspikeClient): () => Promise<void> {
  const started: Started[] = [];
  let steps = 0;
  let arrivals = 0;

  async function start(): Promise<void> {
    arrivals += 1;
    const { createApplicant } = await request(CREATE_APPLICANT, { externalId: `demo-${Date.now()}-${arrivals}` });
    const applicantId = createApplicant.applicant.id;
    const sandboxResult = arrivals % 4 === 2 ? { status: 'FAILED', errors: { faceComparison: [4001] } } : null;
    const { createVerification } = await request(CREATE_VERIFICATION, { applicantId, sandboxResult });
    const { id: verificationId, session } = createVerification.verification;
    started.push({
      verificationId,
      applicantId,
      missing: [...session.pendingDocuments],
      givesUp: arrivals % 5 === 0,
    });
  }

  async function upload(applicantId: string, documentType: DocumentType): Promise<void> {
    await client.uploadDocument(applicantId, {
      file: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(256)]),
      fileName: `${documentType.toLowerCase()}.jpg`,
      contentType: 'image/jpeg',
      documentType,
    });
  }

  async function request(query: string, variables: Record<string, unknown>) {
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data } = (await response.json()) as { data: DemoData };
    return data;
  }

  return async () => {
    steps += 1;
    const current = started[steps % AT_ONCE];
    if (!current) return start();
    const documentType = current.missing.shift();
    if (documentType !== undefined) return upload(current.applicantId, documentType);
    started.splice(started.indexOf(current), 1);
    await request(current.givesUp ? CANCEL : PROCEED, { verificationId: current.verificationId });
  };
}

interface DemoData {
  readonly createApplicant: { readonly applicant: { readonly id: string } };
  readonly createVerification: {
    readonly verification: { readonly id: string; readonly session: { readonly pendingDocuments: DocumentType[] } };
  };
}

const CREATE_APPLICANT = `mutation ($externalId: String!) {
  createApplicant(input: { externalId: $externalId }) { applicant { id } }
}`;
const CREATE_VERIFICATION = `mutation ($applicantId: ID!, $sandboxResult: SandboxResultInput) {
  createVerification(input: { applicantId: $applicantId, sandboxResult: $sandboxResult }) {
    verification { id session { pendingDocuments } }
  }
}`;
const PROCEED = `mutation ($verificationId: ID!) {
  proceedVerification(input: { verificationId: $verificationId }) { userErrors { code } }
}`;
const CANCEL = `mutation ($verificationId: ID!) {
  cancelVerification(input: { verificationId: $verificationId }) { userErrors { code } }
}`;
