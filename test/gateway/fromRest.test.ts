import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startGateway, subscribeTo, type TestGateway } from '../support/startGateway';

const PAGE = readFileSync(path.join(__dirname, '../../docs/from-rest.md'), 'utf8');
const STEPS = PAGE.split(/^## \d\. /m).slice(1);
const blocksOf = (step: number, language: string): string[] =>
  [...(STEPS[step - 1] ?? '').matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text = '']) => text,
  );

let app: TestGateway;
let folder: string;
beforeAll(async () => {
  app = await startGateway();
  folder = mkdtempSync(path.join(tmpdir(), 'from-rest-'));
  photograph('Anna');
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

test('the five steps of the guide work as the page shows them, on either side', async () => {
  const known: Record<string, string> = { DATASPIKE: app.simulator.url, API_KEY: app.simulator.apiKey };

  // 1. An applicant. Two of the same external id would be another story.
  const [createApplicant = ''] = blocksOf(1, 'sh');
  known.APPLICANT_ID = (await run(createApplicant.replace('12345678', 'by-rest'), known)).id;
  const applicant = (await ask(blocksOf(1, 'gql')[0])).createApplicant.applicant;
  expect(applicant).toEqual({ id: expect.any(String), externalId: '12345678', verificationStatus: 'INITIAL' });

  // 2. A verification.
  const verificationByRest = await run(blocksOf(2, 'sh')[0], known);
  known.VERIFICATION_ID = verificationByRest.id;
  expect(verificationByRest).toMatchObject({ status: 'initial', applicant_id: known.APPLICANT_ID });
  const { verification } = (await ask(blocksOf(2, 'gql')[0], { applicantId: applicant.id })).createVerification;
  expect(verification).toMatchObject({ status: 'INITIAL', session: { widgetApiUrl: app.simulator.url } });
  const { id: verificationId } = verification;

  // 4. comes before 3., so that somebody watches.
  expect(await run(blocksOf(4, 'sh')[0], known)).toMatchObject({ hmac_signing_secret: expect.any(String) });
  const updates = subscribeTo(app.webSocketClient(), blocksOf(4, 'gql')[0] ?? '', { verificationId });
  await updates.waitFor(1);

  // 3. Documents, and off they go.
  const [upload = '', proceedByRest] = blocksOf(3, 'sh');
  const [, , put] = blocksOf(3, 'sh');
  const [askToUpload, proceed] = blocksOf(3, 'gql');
  await run(upload, known);
  await run(upload.replace('document_type=passport', 'document_type=selfie'), known);
  await run(proceedByRest, known);
  const tooEarly = (await ask(proceed, { verificationId }, { refused: true })).proceedVerification;
  expect(tooEarly.userErrors).toEqual([expect.objectContaining({ code: 'DOCUMENTS_MISSING' })]);
  // The same passport again would be found out.
  photograph('Berta');
  for (const documentType of ['PASSPORT', 'SELFIE']) {
    const { createDocumentUpload } = await ask(askToUpload, { verificationId, documentType });
    expect(await run(put, { UPLOAD_URL: createDocumentUpload.uploadUrl })).toMatchObject({
      documentId: expect.any(String),
    });
  }
  expect((await ask(proceed, { verificationId })).proceedVerification.verification.status).toBe('IN_PROGRESS');

  // 4. The end, as it happens.
  const results = await endOf(updates);
  expect(results.at(-1)).toMatchObject({ kind: 'CHANGE', verification: { status: 'VERIFIED', isFinal: true } });

  // 5. Both sides say the same.
  const [readVerification, readApplicant] = blocksOf(5, 'sh');
  expect((await ask(blocksOf(5, 'gql')[0], { verificationId })).verification).toMatchObject({
    status: 'VERIFIED',
    applicant: { externalId: '12345678', verificationStatus: 'PASSED' },
    identityDocument: { number: expect.any(String) },
  });
  expect(await run(readVerification, { ...known, VERIFICATION_ID: verificationId })).toMatchObject({
    status: 'verified',
  });
  expect(await run(readApplicant, known)).toMatchObject({ applicant_id: known.APPLICANT_ID, external_id: 'by-rest' });
});

function photograph(name: string): void {
  writeFileSync(path.join(folder, 'passport.jpg'), Buffer.from(`\xff\xd8\xff\xe0 ${name}`, 'latin1'));
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
async function run(script: string | undefined, variables: Record<string, string>): Promise<any> {
  const environment = { PATH: process.env.PATH ?? '', ...variables };
  const { stdout } = await promisify(execFile)('sh', ['-ec', script ?? 'false'], { cwd: folder, env: environment });
  return stdout.trim() === '' ? null : JSON.parse(stdout);
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
async function ask(document: string | undefined, variables = {}, { refused = false } = {}): Promise<any> {
  const { data, errors } = await app.graphql(document ?? '', variables);
  expect(errors).toBeUndefined();
  const [payload] = Object.values(data) as { userErrors?: unknown[] }[];
  if (!refused) expect(payload?.userErrors ?? []).toEqual([]);
  return data;
}

async function endOf(updates: ReturnType<typeof subscribeTo>) {
  for (let count = 1; ; count += 1) {
    const results = (await updates.waitFor(count)).map(({ data }) => data.verificationUpdated);
    if (results.at(-1).verification.isFinal) return results;
  }
}
