import http from 'node:http';
import { createSimulator, type Fault, type Simulator } from '../../../src/simulator/simulator';
import { createCaller, type SimulatorCaller } from './callSimulator';

let simulator: Simulator;
let caller: SimulatorCaller;

beforeEach(async () => {
  simulator = await createSimulator();
  caller = createCaller(simulator);
});

afterEach(() => simulator.close());

const path = '/api/v3/profiles';
const SILENCE_MS = 200;
const PATIENCE_MS = 5_000;

/**
 * What a plain client sees: the status, the bytes that came, and how the connection ended.
 * @param beginMs how long the first bytes of the body may take
 * @param endMs how long the rest may take after them
 */
function observe(
  beginMs: number,
  endMs: number,
): Promise<{ status: number | null; bytes: number; promised: number; end: string }> {
  return new Promise((resolve) => {
    const seen = { status: null as number | null, bytes: 0, promised: 0 };
    const headers = { 'ds-api-token': simulator.apiKey };
    const request = http.get(simulator.url + path, { headers, agent: false }, (response) => {
      seen.status = response.statusCode ?? null;
      seen.promised = Number(response.headers['content-length']);
      response.on('data', (chunk: Buffer) => {
        if (seen.bytes === 0) waitFor(endMs);
        seen.bytes += chunk.length;
      });
      response.on('error', () => finish('cut'));
      response.on('end', () => finish('whole'));
    });
    request.on('error', () => finish('cut'));
    let timer: NodeJS.Timeout;
    waitFor(beginMs);
    function waitFor(patienceMs: number) {
      clearTimeout(timer);
      timer = setTimeout(() => finish('silence'), patienceMs);
    }
    function finish(end: string) {
      clearTimeout(timer);
      request.destroy();
      resolve({ ...seen, end });
    }
  });
}

test.each<[Fault, { readonly end?: string; readonly [key: string]: unknown }]>([
  [
    { kind: 'status', status: 503, headers: { 'retry-after': '2' }, body: '{"message":"busy"}' },
    { status: 503, bytes: 18 },
  ],
  [{ kind: 'status' }, { status: 500, end: 'whole' }],
  [{ kind: 'reset' }, { status: null, end: 'cut' }],
  [
    { kind: 'truncate', when: 'after' },
    { status: 200, end: 'cut' },
  ],
  [
    { kind: 'stall', when: 'after' },
    { status: 200, end: 'silence' },
  ],
  [
    { kind: 'overrun', when: 'after' },
    { status: 200, promised: 10, end: 'cut' },
  ],
  [{ kind: 'drip-headers' }, { status: null, end: 'silence' }],
  [{ kind: 'drip-body' }, { status: 200, end: 'silence' }],
  [{ kind: 'html' }, { status: 200, end: 'whole' }],
  [{ kind: 'oversized' }, { status: 200, end: 'whole', bytes: 8 * 1024 * 1024 + 14 }],
  [{ kind: 'empty' }, { status: 200, bytes: 0, end: 'whole' }],
  [{ kind: 'redirect' }, { status: 302, end: 'whole' }],
])('fault %j shows as %j', async (fault, expected) => {
  simulator.control.addFault(fault);
  // Only silence is waited for; everything else ends by itself, sooner or later.
  const isSilent = expected.end === 'silence';
  const beginMs = isSilent && expected.status === null ? SILENCE_MS : PATIENCE_MS;
  expect(await observe(beginMs, isSilent ? SILENCE_MS : PATIENCE_MS)).toMatchObject(expected);
  expect(await observe(PATIENCE_MS, PATIENCE_MS)).toMatchObject({ status: 200, end: 'whole' });
});

test('a truncated or stalled answer promises more than it sends', async () => {
  for (const kind of ['truncate', 'stall'] as const) {
    simulator.control.addFault({ kind, when: 'after' });
    const { bytes, promised } = await observe(PATIENCE_MS, SILENCE_MS);
    expect(bytes).toBeGreaterThan(100);
    expect(promised).toBeGreaterThan(bytes);
  }
});

test('broken and wrongly typed JSON come with a JSON content type', async () => {
  const headers = { 'ds-api-token': simulator.apiKey };
  simulator.control.addFault({ kind: 'not-json' });
  const broken = await fetch(simulator.url + path, { headers });
  expect(broken.headers.get('content-type')).toBe('application/json');
  await expect(broken.json()).rejects.toThrow(/JSON/);
  simulator.control.addFault({ kind: 'wrong-type' });
  expect(await (await fetch(simulator.url + path, { headers })).json()).toMatchObject({ id: 42, data: 'none' });
});

test('a delayed answer is the true one, later', async () => {
  simulator.control.addFault({ kind: 'delay', delayMs: 60 });
  const startedAt = performance.now();
  expect((await caller.get(path)).json.data).toHaveLength(2);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
});

test('a fault before the work leaves nothing done, one after it only loses the answer', async () => {
  simulator.control.addFault({ kind: 'reset', when: 'before' });
  await expect(caller.post('/api/v3/applicants', { external_id: 'lost' })).rejects.toThrow();
  expect((await caller.get('/api/v3/applicants/by_external_id/lost')).status).toBe(404);
  simulator.control.addFault({ kind: 'reset', when: 'after' });
  await expect(caller.post('/api/v3/applicants', { external_id: 'lost' })).rejects.toThrow();
  expect((await caller.get('/api/v3/applicants/by_external_id/lost')).status).toBe(200);
});

test('a fault strikes only what it matches, as often as it says', async () => {
  simulator.control.addFault({ kind: 'status', match: { endpoint: 'listProfiles', method: 'get' }, times: 2 });
  simulator.control.addFault({ kind: 'status', status: 429, match: { path: '^/api/v3/public/' }, times: 0 });
  const statuses: number[] = [];
  for (const called of ['/api/v3/applicants', path, path, path]) statuses.push((await caller.get(called)).status);
  expect(statuses).toEqual([200, 500, 500, 200]);
  for (let count = 0; count < 3; count += 1) {
    expect((await caller.get('/api/v3/public/dictionary/countries')).status).toBe(429);
  }
  simulator.control.clearFaults();
  expect((await caller.get('/api/v3/public/dictionary/countries')).status).toBe(200);
});

test('the journal knows the status of every request, and none where the connection was cut', async () => {
  await caller.get(`${path}?page=0`);
  await caller.get('/api/v3/aml/search');
  simulator.control.addFault({ kind: 'reset' });
  await caller.get(path).catch(() => {});
  expect(simulator.requests()).toMatchObject([
    { method: 'GET', path: `${path}?page=0`, endpoint: 'listProfiles', status: 200 },
    { method: 'GET', path: '/api/v3/aml/search', endpoint: null, status: 404 },
    { method: 'GET', path, endpoint: 'listProfiles', status: null },
  ]);
});
