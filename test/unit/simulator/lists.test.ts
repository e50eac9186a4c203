import { createSimulator, type Simulator } from '../../../src/simulator/simulator';
import { createCaller, type SimulatorCaller } from './callSimulator';

let simulator: Simulator;
let caller: SimulatorCaller;

beforeEach(async () => {
  simulator = await createSimulator();
  caller = createCaller(simulator);
});

afterEach(() => simulator.close());

async function listIds(query: string): Promise<string[]> {
  const { json } = await caller.get(`/api/v3/verifications${query}`);
  return json.data.map(({ id }: { id: string }) => id);
}

test('pages cover every item once, newest first', async () => {
  const created: string[] = [];
  for (let count = 0; count < 7; count += 1) created.push((await caller.post('/api/v3/verifications')).json.id);
  const pages = await Promise.all([0, 1, 2, 3].map((page) => caller.get(`/api/v3/verifications?page=${page}&limit=3`)));
  expect(pages.flatMap(({ json }) => json.data.map(({ id }: { id: string }) => id))).toEqual(created.reverse());
  expect(pages.map(({ json }) => json.has_next)).toEqual([true, true, false, false]);
});

test('a limit that says nothing falls back to ten, and a huge one to a hundred', async () => {
  simulator.control.seed({ applicants: 150, verifications: 0 });
  const count = async (query: string) => (await caller.get(`/api/v3/applicants${query}`)).json.data.length;
  expect(await Promise.all(['', '?limit=0', '?limit=-5', '?limit=x', '?limit=5000'].map(count))).toEqual([
    10, 10, 10, 10, 100,
  ]);
});

test('lists filter verifications by status, profile, document type, country, day and name', async () => {
  const { json: applicant } = await caller.post('/api/v3/applicants', {
    info: { first_name: 'Zoë', last_name: 'Quill' },
  });
  const { json: plain } = await caller.post('/api/v3/verifications', { applicant_id: applicant.id });
  const { json: german } = await caller.post('/api/v3/verifications', { applicant_country: 'DE' });
  await caller.upload(`/api/v3/upload/${german.applicant_id}`, 'passport', 'any');
  await caller.post(`/api/v3/verifications/${plain.id}/cancel`);
  expect(await listIds('?status=canceled,expired')).toEqual([plain.id]);
  expect(await listIds('?status=pending')).toEqual([german.id]);
  expect(await listIds('?status=verified')).toEqual([]);
  expect(await listIds('?country=DE')).toEqual([german.id]);
  expect(await listIds('?document_type=visa,passport')).toEqual([german.id]);
  expect(await listIds('?name=zo%C3%AB%20QUI')).toEqual([plain.id]);
  expect(await listIds(`?profile=none,${plain.profile_id}`)).toEqual([german.id, plain.id]);
  const today = new Date().toISOString().slice(0, 10);
  expect(await listIds(`?from=${today}&to=${today}`)).toHaveLength(2);
  expect(await listIds('?to=2001-01-01')).toEqual([]);
});

test('lists filter applicants by type, country and date of birth', async () => {
  const create = (json: object) => caller.post('/api/v3/applicants', json);
  const { json: company } = await create({ applicant_type: 'Organization' });
  const { json: person } = await create({ info: { dob: '1974-08-12T00:00:00Z', citizenship: 'FI' } });
  const ids = async (query: string) =>
    (await caller.get(`/api/v3/applicants${query}`)).json.data.map(
      (item: { applicant_id: string }) => item.applicant_id,
    );
  expect(await ids('?type=Organization')).toEqual([company.id]);
  expect(await ids('?country=FI')).toEqual([person.id]);
  expect(await ids('?dob=1974-08-12')).toEqual([person.id]);
  expect(await ids('')).toEqual([person.id, company.id]);
});

test('the newest applicant answers to a shared external id, until it is deleted', async () => {
  const { json: older } = await caller.post('/api/v3/applicants', { external_id: 'same' });
  const { json: newer } = await caller.post('/api/v3/applicants', { external_id: 'same' });
  const find = async () => (await caller.get('/api/v3/applicants/by_external_id/same')).json.applicant_id;
  expect(await find()).toBe(newer.id);
  await caller.remove(`/api/v3/applicants/${newer.id}`);
  expect(await find()).toBe(older.id);
});
