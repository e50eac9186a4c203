import { createHmac } from 'node:crypto';
import signatureVector from '../../../dataspike/webhooks/signature_vector.json';
import { signDelivery } from '../../../src/simulator/deliveries/signature';
import { createSimulator, type Simulator } from '../../../src/simulator/simulator';
import { createCaller, type SimulatorCaller, waitUntil } from './callSimulator';
import { type ReceivedDelivery, startWebhookReceiver, type WebhookReceiver } from './webhookReceiver';

let simulator: Simulator;
let caller: SimulatorCaller;
let receiver: WebhookReceiver;
let secret: string;
let webhookId: string;

beforeEach(async () => {
  simulator = await createSimulator({ redeliveryDelaysMs: [5, 10], deliveryTimeoutMs: 500 });
  caller = createCaller(simulator);
  receiver = await startWebhookReceiver();
  const { json } = await caller.post('/api/v3/organization/webhooks', {
    webhook_url: receiver.url,
    event_types: ['DOCVER'],
  });
  secret = json.hmac_signing_secret;
  webhookId = json.id;
});

afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

/** Makes a verification end, which sends one DOCVER. */
async function endVerification(status: 'verified' | 'failed' = 'verified'): Promise<string> {
  const { json } = await caller.post('/api/v3/verifications');
  simulator.control.forceVerification(json.id, { status, errors: {} });
  return json.id;
}

async function history(query = '') {
  return (await caller.get(`/api/v3/notifications/webhook/history${query}`)).json.data;
}

/** Checks a signature without the simulator's own signer. */
function isSigned({ signature, body }: ReceivedDelivery, withSecret = secret): boolean {
  const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature ?? '') ?? [];
  const key = Buffer.from(withSecret.slice('whsec_'.length), 'hex');
  return createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex') === hex;
}

test('the signature equals the published vector', () => {
  expect(signDelivery(signatureVector.secret, signatureVector.timestamp, signatureVector.body)).toBe(
    signatureVector.header_value,
  );
});

test('a delivery is signed over its raw bytes, with the time that others see', async () => {
  simulator.control.advanceClock(3_600_000);
  await endVerification();
  const [delivery] = await receiver.waitFor(1);
  if (!delivery) throw new Error('nothing arrived');
  expect(isSigned(delivery)).toBe(true);
  const seconds = Number(/^t=(\d+)/.exec(delivery.signature ?? '')?.[1]);
  expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(10);
});

test('a rotated secret signs from the next delivery on, and the old one no more', async () => {
  const { json } = await caller.post(`/api/v3/organization/webhooks/${webhookId}/hmac/rotate`);
  await endVerification();
  const [delivery] = await receiver.waitFor(1);
  if (!delivery) throw new Error('nothing arrived');
  expect(isSigned(delivery, json.hmac_signing_secret)).toBe(true);
  expect(isSigned(delivery)).toBe(false);
});

test.each([[500], [204], [302], ['silence' as const]])(
  'an answer of %s is delivered again with the same bytes',
  async (answer) => {
    receiver.answerWith(answer);
    await endVerification();
    const [first, second] = await receiver.waitFor(2);
    expect(second?.body).toBe(first?.body);
    expect(second && isSigned(second)).toBe(true);
    const [item] = await waitUntil(history, ([entry]) => entry.response_code === 200);
    expect(item).toMatchObject({ id: first?.envelope.id, attempts: 2, response_code: 200 });
  },
);

test('redelivery gives up after the last wait, and a replay still works', async () => {
  receiver.answerWith(500, 500, 500);
  await endVerification();
  await receiver.waitFor(3);
  const [item] = await waitUntil(history, ([entry]) => entry.attempts === 3 && entry.response_code === 500);
  const replayed = await caller.post('/_simulator/deliveries/replay', { eventId: item.id });
  expect(replayed.json).toEqual({ responseCode: 200 });
  expect(receiver.received.map(({ envelope }) => envelope.id)).toEqual(Array(4).fill(item.id));
});

test('a disabled or deleted webhook gets nothing', async () => {
  const change = { webhook_url: receiver.url, event_types: ['DOCVER'], enabled: false };
  await caller.put(`/api/v3/organization/webhooks/${webhookId}`, change);
  await endVerification();
  expect(await history()).toEqual([]);
  await caller.put(`/api/v3/organization/webhooks/${webhookId}`, { ...change, enabled: true });
  receiver.answerWith(500);
  await endVerification();
  await receiver.waitFor(1);
  await caller.remove(`/api/v3/organization/webhooks/${webhookId}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(receiver.received).toHaveLength(1);
});

test('the history is walked by the last event seen, and filtered by webhook under both names', async () => {
  const { json: other } = await caller.post('/api/v3/organization/webhooks', {
    webhook_url: receiver.url,
    event_types: ['ALL'],
  });
  await endVerification();
  await endVerification();
  const all = await history();
  const ours = all.filter((item: { webhook_id: string }) => item.webhook_id === webhookId);
  expect(ours).toHaveLength(2);
  expect(await history(`?webhook_id=${webhookId}`)).toMatchObject(ours.map(({ id }: { id: string }) => ({ id })));
  expect(await history(`?webhook=${webhookId}`)).toHaveLength(2);
  const later = await history(`?after=${ours[0].id}&webhook_id=${webhookId}`);
  expect(later.map(({ id }: { id: string }) => id)).toEqual([ours[1].id]);
  expect(await history(`?webhook=${other.id}&limit=1`)).toHaveLength(1);
  expect(await history('?after=unknown')).toHaveLength(all.length);
});

test('a slow receiver does not hold up the deliveries of other verifications', async () => {
  receiver.answerWith('silence');
  await endVerification();
  await receiver.waitFor(1);
  const startedAt = performance.now();
  await endVerification();
  await receiver.waitFor(2);
  expect(performance.now() - startedAt).toBeLessThan(450);
});

test('no more than twenty webhooks are kept', async () => {
  const json = { webhook_url: receiver.url, event_types: ['DOCVER'] };
  for (let count = 2; count <= 20; count += 1) {
    expect((await caller.post('/api/v3/organization/webhooks', json)).status).toBe(200);
  }
  expect((await caller.post('/api/v3/organization/webhooks', json)).status).toBe(400);
});

test('a held delivery is overtaken, and comes when it is released in reverse', async () => {
  simulator.control.addDeliveryFault('hold', 2);
  const ids = [await endVerification(), await endVerification(), await endVerification()];
  await receiver.waitFor(1);
  const { json } = await caller.post('/_simulator/deliveries/release', { order: 'reverse' });
  expect(json).toEqual({ released: 2 });
  expect(receiver.received.map(({ envelope }) => envelope.payload.id)).toEqual([ids[2], ids[1], ids[0]]);
});

test('a dropped delivery never comes by itself, but stands in the history', async () => {
  simulator.control.addDeliveryFault('drop');
  await endVerification();
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(receiver.received).toHaveLength(0);
  expect(await history()).toMatchObject([{ attempts: 1, response_code: null }]);
});

test('duplicates, foreign, missing and old signatures can be asked for', async () => {
  for (const kind of ['duplicate', 'bad-signature', 'unsigned', 'stale'] as const) {
    simulator.control.addDeliveryFault(kind);
    await endVerification();
    await receiver.waitFor({ duplicate: 2, 'bad-signature': 3, unsigned: 4, stale: 5 }[kind]);
  }
  const [once, twice, foreign, unsigned, stale] = receiver.received as [
    ReceivedDelivery,
    ReceivedDelivery,
    ReceivedDelivery,
    ReceivedDelivery,
    ReceivedDelivery,
  ];
  expect(twice.body).toBe(once.body);
  expect(isSigned(foreign)).toBe(false);
  expect(unsigned.signature).toBeNull();
  expect(isSigned(stale)).toBe(true);
  expect(Number(/^t=(\d+)/.exec(stale.signature ?? '')?.[1])).toBeLessThan(Date.now() / 1000 - 3500);
});

test('a test delivery has an empty payload', async () => {
  const { json } = await caller.post('/_simulator/deliveries/test', { webhookId, eventType: 'DOCVER' });
  const [delivery] = await receiver.waitFor(1);
  expect(delivery?.envelope).toMatchObject({ id: json.eventId, event_type: 'DOCVER', payload: {} });
  expect((await caller.post('/_simulator/deliveries/test', { webhookId: 'nobody' })).status).toBe(404);
});

test('closing breaks off a delivery that is under way', async () => {
  const closing = await createSimulator({ deliveryTimeoutMs: 60_000 });
  const closingCaller = createCaller(closing);
  receiver.answerWith('silence');
  await closingCaller.post('/api/v3/organization/webhooks', { webhook_url: receiver.url, event_types: ['ALL'] });
  const { json } = await closingCaller.post('/api/v3/verifications');
  closing.control.forceVerification(json.id, { status: 'canceled', errors: {} });
  await receiver.waitFor(1);
  const startedAt = performance.now();
  await closing.close();
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
