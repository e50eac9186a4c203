import { createSimulator } from '../../../src/simulator/simulator';
import { createIdentifiers } from '../../../src/simulator/world/identifiers';
import { createCaller, waitUntil } from './callSimulator';

/** Lives through a small story and keeps every byte that was answered. */
async function record(seed: number): Promise<string[]> {
  const simulator = await createSimulator({
    seed,
    now: () => Date.UTC(2025, 2, 14, 9, 26, 53, 589),
    checkDurationMs: 1,
  });
  const caller = createCaller(simulator);
  const answers: string[] = [];
  const keep = (answer: { text: string }) => void answers.push(answer.text);
  keep(
    await caller.post('/api/v3/organization/webhooks', {
      webhook_url: 'http://127.0.0.1:9',
      event_types: ['KYT_WALLET_CHECK'],
    }),
  );
  keep(await caller.get('/api/v3/profiles'));
  const created = await caller.post('/api/v3/verifications');
  keep(created);
  const { id, applicant_id: applicantId } = created.json;
  keep(await caller.upload(`/api/v3/upload/${applicantId}`, 'passport', 'passport'));
  keep(await caller.upload(`/api/v3/upload/${applicantId}`, 'selfie', 'selfie'));
  keep(await caller.post(`/api/v3/verifications/${id}/proceed`));
  keep(
    await waitUntil(
      () => caller.get(`/api/v3/verifications/${id}`),
      ({ json }) => json.status === 'verified',
    ),
  );
  simulator.control.seed({ applicants: 20, verifications: 30 });
  keep(await caller.get('/api/v3/verifications?limit=100'));
  keep(await caller.get('/api/v3/applicants?limit=100'));
  await simulator.close();
  return answers;
}

test('two runs under one seed answer the same bytes, and another seed does not', async () => {
  const first = await record(7);
  expect(await record(7)).toEqual(first);
  expect((await record(8))[2]).not.toBe(first[2]);
});

test('a reset begins the same story again', async () => {
  const simulator = await createSimulator({ seed: 3, now: () => 0 });
  const caller = createCaller(simulator);
  const before = await caller.post('/api/v3/verifications');
  await caller.post('/_simulator/reset');
  expect((await caller.post('/api/v3/verifications')).text).toBe(before.text);
  await caller.post('/_simulator/reset', { seed: 4 });
  expect((await caller.post('/api/v3/verifications')).text).not.toBe(before.text);
  await simulator.close();
});

test('times come with 0, 3, 6 and 9 fractional digits', async () => {
  const simulator = await createSimulator();
  simulator.control.seed({ applicants: 50, verifications: 50 });
  const { json } = await createCaller(simulator).get('/api/v3/verifications?limit=50');
  const lengths = json.data.map(
    ({ created_at }: { created_at: string }) => /\.(\d+)Z/.exec(created_at)?.[1]?.length ?? 0,
  );
  expect([...new Set<number>(lengths)].sort()).toEqual([0, 3, 6, 9]);
  await simulator.close();
});

test('ids, short ids and secrets never repeat', () => {
  const identifiers = createIdentifiers(1);
  const made = new Set<string>();
  for (let count = 0; count < 50_000; count += 1) {
    made.add(identifiers.nextId('verification')).add(identifiers.nextId('applicant')).add(identifiers.nextShortId());
  }
  expect(made.size).toBe(150_000);
  expect(identifiers.nextSecret()).not.toBe(identifiers.nextSecret());
  expect(identifiers.nextLinkId()).toMatch(/^L[A-Za-z0-9]{23}$/);
});
