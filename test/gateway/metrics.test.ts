import { deliver, readSample } from '../support/deliver';
import { parseMetrics, type Sample, scrape, sumOf } from '../support/scrape';
import { eventually, postGraphql, startGateway, subscribeTo, type TestGateway, TOKEN } from '../support/startGateway';
import { createVerification, force } from '../support/verifications';

let app: TestGateway;
let before: readonly Sample[];
beforeAll(async () => {
  app = await startGateway({ LIMIT_ALIASES: '1' });
});
beforeEach(async () => {
  before = await scrape(app.gateway.metricsUrl);
});
afterAll(() => app.close());

/** How much it has grown since the test began. */
async function growth(name: string, labels: Record<string, string> = {}): Promise<number> {
  return sumOf(await scrape(app.gateway.metricsUrl), name, labels) - sumOf(before, name, labels);
}

test('a scrape holds every metric of the contract, and those of Node', async () => {
  const response = await fetch(app.gateway.metricsUrl);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  const types = Object.fromEntries([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
  expect(types).toMatchObject({
    graphql_operations_total: 'counter',
    graphql_operation_seconds: 'histogram',
    dataspike_requests_total: 'counter',
    dataspike_request_seconds: 'histogram',
    dataspike_breaker_state: 'gauge',
    entity_cache_reads_total: 'counter',
    webhook_deliveries_total: 'counter',
    verification_events_total: 'counter',
    watchers: 'gauge',
    watcher_dropped_total: 'counter',
    event_delivery_seconds: 'histogram',
    process_cpu_seconds_total: 'counter',
    process_resident_memory_bytes: 'gauge',
    nodejs_eventloop_lag_p99_seconds: 'gauge',
    nodejs_gc_duration_seconds: 'histogram',
  });
  expect(parseMetrics(text).length).toBeGreaterThan(50);
});

test('a query is counted by its name, with what it asked Dataspike and how the cache served it', async () => {
  const { id } = await createVerification(app);
  const query = 'query Status($id: ID!) { verification(id: $id) { id status } }';
  await app.graphql(query, { id });
  await app.graphql(query, { id });
  expect(await growth('graphql_operations_total', { operation: 'Status', status: 'OK' })).toBe(2);
  expect(await growth('graphql_operations_total', { operation: 'anonymous', status: 'OK' })).toBe(1);
  expect(await growth('graphql_operation_seconds_count')).toBe(3);
  expect(await growth('dataspike_requests_total', { endpoint: 'createVerification', status: '201' })).toBe(1);
  expect(await growth('dataspike_request_seconds_count')).toBe(await growth('dataspike_requests_total'));
  expect(await growth('entity_cache_reads_total', { result: 'hit' })).toBeGreaterThan(0);
  expect(await growth('verification_events_total', { source: 'mutation' })).toBe(1);
});

test('a mutation whose input is wrong for Dataspike is counted with the endpoint and the status', async () => {
  await app.graphql(
    'mutation Cancel { cancelVerification(input: { verificationId: "none" }) { userErrors { code } } }',
  );
  expect(await growth('graphql_operations_total', { operation: 'Cancel', status: 'OK' })).toBe(1);
  expect(await growth('dataspike_requests_total', { endpoint: 'cancelVerification', status: '404' })).toBe(1);
});

test('an outage shows as the code that the client sees, per request and per operation', async () => {
  app.simulator.control.addFault({ kind: 'status', status: 503, match: { endpoint: 'listApplicants' }, times: 1 });
  app.simulator.control.addFault({ kind: 'truncate', match: { endpoint: 'listApplicants' }, times: 2 });
  const { errors } = await app.graphql('query People { applicants(first: 1) { nodes { id } } }');
  app.simulator.control.clearFaults();
  expect(errors?.[0]?.extensions.code).toBe('UPSTREAM_UNAVAILABLE');
  expect(await growth('graphql_operations_total', { operation: 'People', status: 'UPSTREAM_UNAVAILABLE' })).toBe(1);
  expect(await growth('dataspike_requests_total', { endpoint: 'listApplicants', status: '503' })).toBe(1);
  const cutOff = { endpoint: 'listApplicants', status: 'UPSTREAM_UNAVAILABLE' };
  expect(await growth('dataspike_requests_total', cutOff)).toBe(2);
});

test('an open breaker shows', async () => {
  expect(sumOf(before, 'dataspike_breaker_state')).toBe(0);
  const other = await startGateway();
  try {
    other.simulator.control.addFault({ kind: 'status', status: 503, times: 1_000 });
    await eventually(async () => {
      await other.graphql('{ applicants(first: 1) { nodes { id } } }');
      return sumOf(await scrape(other.gateway.metricsUrl), 'dataspike_breaker_state') === 1;
    }, 20_000);
    expect(sumOf(await scrape(app.gateway.metricsUrl), 'dataspike_breaker_state')).toBe(0);
  } finally {
    await other.close();
  }
});

test.each([
  ['without a token', '{ __typename }', { authorization: '' }, 'UNAUTHENTICATED'],
  ['that cannot be parsed', '{', {}, 'GRAPHQL_PARSE_FAILED'],
  ['that is not of the schema', '{ nothing }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  ['that asks too much', '{ a: __typename b: __typename }', {}, 'QUERY_TOO_COMPLEX'],
])(
  'a request %s is counted with the code of its refusal, whatever it calls itself',
  async (_how, query, headers, status) => {
    await postGraphql(`${app.gateway.url}/graphql`, query, {}, headers as Record<string, string>);
    expect(await growth('graphql_operations_total', { operation: 'other', status })).toBe(1);
    expect(await growth('graphql_operations_total')).toBe(1);
  },
);

test('operations over WebSocket and Server-Sent Events are counted as over HTTP', async () => {
  const client = app.webSocketClient();
  for (const query of ['query OverSocket { __typename }', '{ nothing }']) {
    await new Promise<void>((resolve) => {
      client.subscribe({ query }, { next() {}, error: () => resolve(), complete: resolve });
    });
  }
  const stream = await fetch(
    `${app.gateway.url}/graphql?query=${encodeURIComponent('query OverStream { __typename }')}`,
    {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${TOKEN}` },
    },
  );
  await stream.text();
  expect(await growth('graphql_operations_total', { operation: 'OverSocket', status: 'OK' })).toBe(1);
  expect(await growth('graphql_operations_total', { operation: 'OverStream', status: 'OK' })).toBe(1);
  expect(await growth('graphql_operations_total', { status: 'GRAPHQL_VALIDATION_FAILED' })).toBe(1);
});

test('a subscription is counted when it opens; its updates with the time from accepting the event to sending', async () => {
  const { id } = await createVerification(app);
  const query = `subscription Watch { verificationUpdated(verificationId: "${id}") { kind verification { status } } }`;
  const subscribed = subscribeTo(app.webSocketClient(), query);
  await subscribed.waitFor(1);
  expect(await growth('watchers')).toBe(1);
  expect(await growth('event_delivery_seconds_count')).toBe(0);
  force(app, id, 'pending');
  await subscribed.waitFor(2);
  await eventually(async () => (await growth('event_delivery_seconds_count')) === 1);
  expect(await growth('event_delivery_seconds_sum')).toBeLessThan(5);
  subscribed.stop();
  await eventually(async () => (await growth('watchers')) === 0);
  expect(await growth('graphql_operations_total', { operation: 'Watch', status: 'OK' })).toBe(1);
});

test('a delivery is counted by what became of it', async () => {
  const sample = readSample('docver_verified');
  await deliver(app, sample);
  await deliver(app, sample, { headers: { 'x-webhook-signature': null } });
  await deliver(app, 'not JSON');
  expect(await growth('webhook_deliveries_total')).toBe(3);
  expect(await growth('webhook_deliveries_total', { result: 'signature_missing' })).toBe(1);
  expect(await growth('webhook_deliveries_total', { result: 'unreadable' })).toBe(1);
});

test('a client that makes up names makes no more than a hundred series', async () => {
  for (let count = 0; count < 120; count += 1) await app.graphql(`query MadeUp${count} { __typename }`);
  await app.graphql(`query ${'Long'.repeat(20)} { __typename }`);
  const names = new Set((await scrape(app.gateway.metricsUrl)).map(({ labels }) => labels.operation));
  expect(names.size).toBeLessThanOrEqual(103);
  expect(await growth('graphql_operations_total', { operation: 'other', status: 'OK' })).toBeGreaterThan(20);
});

test('METRICS_PORT moves the metrics to a port that has nothing else', async () => {
  const other = await startGateway({ METRICS_PORT: '0' });
  try {
    const { url, metricsUrl } = other.gateway;
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect(sumOf(await scrape(metricsUrl), 'watchers')).toBe(0);
    for (const path of ['/', '/graphql', '/livez']) {
      expect((await fetch(new URL(path, metricsUrl))).status).toBe(404);
    }
    expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(404);
    await other.close();
    await expect(fetch(metricsUrl)).rejects.toThrow();
  } finally {
    await other.close();
  }
});
