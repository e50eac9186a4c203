import { CANARY, refuseCanaries } from '../support/canaries';
import { deliver, readSample } from '../support/deliver';
import { eventually, postGraphql, startGateway, subscribeTo, type TestGateway, TOKEN } from '../support/startGateway';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from '../support/traceCollector';
import { createVerification, force } from '../support/verifications';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const QUERY = `query Card($id: ID!) { verification(id: $id) { status profile { id } applicant { id verifications(first: 1) { nodes { id } } } } }`;

let app: TestGateway;
let collector: TraceCollector;
let spans: readonly CollectedSpan[];
let traceparents: readonly (string | null)[];
/** One query, one mutation, one delivery and one subscription; everything is sent when the gateway closes. */
beforeAll(async () => {
  collector = await startTraceCollector();
  app = await startGateway({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-collector',
    OTEL_SERVICE_NAME: 'gateway-under-test',
  });
  const { id } = await createVerification(app);
  app.simulator.control.clearRequests();
  await app.graphql(QUERY, { id }, { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01`, 'x-request-id': 'mine' });
  traceparents = app.simulator.requests().map(({ traceparent }) => traceparent);
  await app.graphql(
    `mutation Cancel { cancelVerification(input: { verificationId: "${id}" }) { userErrors { code } } }`,
  );
  await deliver(app, readSample('docver_verified'), { headers: { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` } });
  const other = await createVerification(app);
  const watch = `subscription Watch { verificationUpdated(verificationId: "${other.id}") { verification { status applicant { id } } } }`;
  const subscribed = subscribeTo(app.webSocketClient(), watch);
  await subscribed.waitFor(1);
  force(app, other.id, 'pending');
  await subscribed.waitFor(2);
  subscribed.stop();
  app.simulator.control.seed({ applicants: 3, verifications: 3 });
  const people =
    'query People { applicants(first: 3, filter: { name: "CANARY" }) { nodes { email systemInfo { fullName } } } }';
  for (let count = 0; count < 3; count += 1) expect(JSON.stringify(await app.graphql(people))).toMatch(CANARY);
  app.simulator.control.addFault({ kind: 'status', status: 503, match: { endpoint: 'listApplicants' }, times: 3 });
  await app.graphql('query Broken { applicants(first: 1) { nodes { id } } }');
  await postGraphql(`${app.gateway.url}/graphql`, '{ nothing }');
  await app.close();
  spans = collector.spans();
});
afterAll(async () => {
  await app.close();
  await collector.close();
});

function spanOf(name: string): CollectedSpan {
  const found = spans.filter((span) => span.name === name);
  if (!found[0]) throw new Error(`No span ${name} among ${spans.map((span) => span.name).join(', ')}`);
  return found[0];
}

function below(parent: CollectedSpan): CollectedSpan[] {
  return spans.filter(({ traceId, parentSpanId }) => traceId === parent.traceId && parentSpanId === parent.spanId);
}

test('a query continues the trace of its caller, with what it asked for and how it went', () => {
  expect(spanOf('query Card')).toMatchObject({
    traceId: TRACE_ID,
    parentSpanId: SPAN_ID,
    kind: 2,
    serviceName: 'gateway-under-test',
    attributes: { 'graphql.operation.type': 'query', 'graphql.operation.name': 'Card', requestId: 'mine' },
  });
  expect(spanOf('query Card').status.code).not.toBe(2);
});

test('a resolver that asks Dataspike is a span with the request below it; what is served from memory is none', () => {
  const resolvers = below(spanOf('query Card')).map(({ name }) => name);
  expect(resolvers).toEqual(expect.arrayContaining(['Applicant.verifications', 'Verification.profile']));
  for (const resolver of spans.filter(({ kind }) => kind === 1)) expect(below(resolver)).not.toEqual([]);
  const [request] = below(spanOf('Verification.profile'));
  expect(request).toMatchObject({
    name: 'getProfile',
    kind: 3,
    attributes: { 'http.request.method': 'GET', 'http.response.status_code': 200 },
  });
  expect(request?.events.map(({ name }) => name)).toEqual(['tried']);
});

test('Dataspike is told the trace and the span of each request', () => {
  const requests = spans.filter(({ traceId, kind }) => traceId === TRACE_ID && kind === 3);
  expect(traceparents.length).toBeGreaterThan(1);
  for (const traceparent of traceparents) {
    expect(requests.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`)).toContain(traceparent);
  }
});

test('a mutation is a span of its own trace, with its request', () => {
  const mutation = spanOf('mutation Cancel');
  expect(mutation.parentSpanId).toBeUndefined();
  const [resolver] = below(mutation);
  expect(resolver?.name).toBe('Mutation.cancelVerification');
  expect(resolver && below(resolver).map(({ name }) => name)).toContain('cancelVerification');
});

test('a delivery is a span with what became of it', () => {
  const delivery = spanOf('webhook delivery');
  expect(delivery).toMatchObject({ kind: 2, attributes: { 'http.response.status_code': 200 } });
  expect(
    spans.filter(({ name, parentSpanId }) => name === 'webhook delivery' && parentSpanId === SPAN_ID),
  ).toHaveLength(1);
});

test('what is told of a change continues the trace of the delivery that brought it', () => {
  const [, change] = spans.filter(({ name }) => name === 'update Watch');
  const deliveries = spans.filter(({ name }) => name === 'webhook delivery');
  expect(deliveries.map(({ spanId }) => spanId)).toContain(change?.parentSpanId);
});

test('a query that comes again, and is compiled, is traced like the first', () => {
  const queries = spans.filter(({ name }) => name === 'query People');
  expect(queries).toHaveLength(3);
  for (const query of queries) expect(below(query).map(({ name }) => name)).toEqual(['Query.applicants']);
});

test('a subscription is a span, and each update that it sends', () => {
  expect(spanOf('subscription Watch').attributes).toMatchObject({ 'graphql.operation.type': 'subscription' });
  const updates = spans.filter(({ name }) => name === 'update Watch');
  expect(updates).toHaveLength(2);
  for (const { kind } of updates) expect(kind).toBe(4);
});

test('what fails is marked with the code that the client sees, with every try', () => {
  expect(spanOf('query Broken')).toMatchObject({
    status: { code: 2 },
    attributes: { 'error.type': 'UPSTREAM_UNAVAILABLE' },
  });
  const [resolver] = below(spanOf('query Broken'));
  const [request] = resolver ? below(resolver) : [];
  expect(request).toMatchObject({ name: 'listApplicants', status: { code: 2 } });
  expect(request?.events).toHaveLength(3);
});

test('the collector gets the headers that it wants, and nobody else does', () => {
  for (const { authorization } of collector.headers()) expect(authorization).toBe('Bearer of-the-collector');
  expect(app.logLines().join('')).not.toContain('of-the-collector');
});

test('no span holds anything of a person, also of one whose data was asked for', () => {
  expect(collector.text()).toContain('query People');
  refuseCanaries('the spans', collector.text(), [TOKEN, app.simulator.apiKey, app.webhookSecret]);
});

test('a collector that fails is told once in the log, and stops nothing', async () => {
  const failing = await startTraceCollector();
  failing.answerWith(400);
  const other = await startGateway({ OTEL_EXPORTER_OTLP_ENDPOINT: failing.url });
  try {
    expect((await other.graphql('{ __typename }')).status).toBe(200);
    await other.close();
    await eventually(() => failing.headers().length > 0);
    expect(other.logLines().filter((line) => line.includes('the collector does not take traces'))).toHaveLength(1);
  } finally {
    await other.close();
    await failing.close();
  }
});
