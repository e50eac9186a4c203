import type { Fault } from '../../src/simulator/simulator';
import { callSimulator, startGateway, type TestGateway } from '../support/startGateway';

/** How many applicants, each with one verification; 1,000 takes some minutes. */
const PEOPLE = Number(process.env.CERTAIN_CREATIONS ?? 100);
const CLIENTS = 20;
const FAULTY_SHARE = 0.25;

const FAULTS: readonly Omit<Fault, 'match'>[] = [
  { kind: 'delay', delayMs: 700, when: 'before' },
  { kind: 'delay', delayMs: 700, when: 'after' },
  { kind: 'stall', when: 'after' },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'status', status: 503 },
];

let app: TestGateway;
beforeAll(async () => {
  app = await startGateway({ DATASPIKE_TIMEOUT_MS: '500', LIMIT_REQUESTS_PER_MINUTE: '0' });
});
afterAll(() => app.close());

/** A quarter of the requests to each step goes wrong, in any way and order. */
function disturbEveryStep(): void {
  const random = createRandom(7);
  for (const endpoint of [
    'createApplicant',
    'createVerification',
    'getApplicantByExternalId',
    'listVerificationsForApplicant',
    'getApplicant',
    'getVerification',
  ]) {
    for (let request = 0; request < PEOPLE; request += 1) {
      const fault = random() < FAULTY_SHARE ? FAULTS[Math.floor(random() * FAULTS.length)] : null;
      app.simulator.control.addFault({ ...(fault ?? { kind: 'delay', delayMs: 0 }), match: { endpoint } });
    }
  }
}

/** Asks again with the same key until it is told an id. */
async function makeCertain(query: string, input: object, answers: string[]): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { data, errors } = await app.graphql(query, { input });
    const id: string | undefined = data?.payload?.id?.id;
    const code = data?.payload?.userErrors?.[0]?.code ?? errors?.[0]?.extensions.code;
    answers.push(code ?? 'MADE');
    if (id !== undefined) return id;
    if (code !== 'UNCERTAIN_OUTCOME' && errors?.[0]?.extensions.retryable !== true && code !== undefined) {
      throw new Error(`A client was told ${code}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200));
  }
  throw new Error('A client was never told');
}

const APPLICANT = `mutation ($input: CreateApplicantInput!) {
  payload: createApplicant(input: $input) { id: applicant { id } userErrors { code } } }`;
const VERIFICATION = `mutation ($input: CreateVerificationInput!) {
  payload: createVerification(input: $input) { id: verification { id } userErrors { code } } }`;

test(
  `${PEOPLE} people are made once each, with one verification each, whatever goes wrong, and everybody is told the truth`,
  async () => {
    disturbEveryStep();
    const answers: string[] = [];
    const told = new Map<string, { applicantId: string; verificationId: string }>();
    let next = 0;
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        while (next < PEOPLE) {
          const externalId = `person-${next++}`;
          const applicant = { externalId, email: 'anna@example.com', idempotencyKey: `a ${externalId}` };
          const applicantId = await makeCertain(APPLICANT, applicant, answers);
          const verification = { applicantId, idempotencyKey: `v ${externalId}` };
          told.set(externalId, {
            applicantId,
            verificationId: await makeCertain(VERIFICATION, verification, answers),
          });
        }
      }),
    );

    app.simulator.control.clearFaults();
    console.log({ answers: countBy(answers), requests: countBy(endpointsAsked()) });
    const applicants = await listAll<{ applicant_id: string; external_id: string }>('/api/v3/applicants');
    const verifications = await listAll<{ id: string; applicant_id: string }>('/api/v3/verifications');
    expect(applicants).toHaveLength(PEOPLE);
    expect(verifications).toHaveLength(PEOPLE);
    expect(new Map(applicants.map((made) => [made.external_id, made.applicant_id]))).toEqual(
      new Map([...told].map(([externalId, { applicantId }]) => [externalId, applicantId])),
    );
    expect(new Map(verifications.map((made) => [made.applicant_id, made.id]))).toEqual(
      new Map([...told.values()].map(({ applicantId, verificationId }) => [applicantId, verificationId])),
    );
    // The weather was bad enough to mean something.
    expect(answers.filter((answer) => answer !== 'MADE').length).toBeGreaterThan(PEOPLE / 10);
  },
  60_000 + PEOPLE * 600,
);

function endpointsAsked(): string[] {
  return app.simulator.requests().map(({ endpoint }) => endpoint ?? 'something else');
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

async function listAll<T>(path: string): Promise<T[]> {
  const all: T[] = [];
  for (let page = 0; ; page += 1) {
    const answer = await callSimulator(app.simulator, 'GET', `${path}?page=${page}&limit=100`, undefined);
    const { data, has_next: hasNext } = (await answer.json()) as { data: T[]; has_next: boolean };
    all.push(...data);
    if (!hasNext) return all;
  }
}

/** Numbers from 0 to 1, the same every time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
