import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import WebSocket from 'ws';
import { eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';

let app: TestGateway;
beforeEach(async () => {
  app = await startGateway();
});
afterEach(() => app.close());

test('a thousand sockets are closed with 1001, spread over the time, and each hears of it', async () => {
  const sockets = await Promise.all(Array.from({ length: 1_000 }, openSocket));
  const closedAt: number[] = [];
  const closed = sockets.map(async (socket) => {
    const [code] = await once(socket, 'close');
    closedAt.push(Date.now());
    return code;
  });
  const startedAt = Date.now();
  await app.gateway.close();
  expect(new Set(await Promise.all(closed))).toEqual(new Set([1001]));
  const inFirstSecond = closedAt.filter((time) => time - startedAt < 1_000).length;
  expect(inFirstSecond).toBeLessThan(500);
  expect(Date.now() - startedAt).toBeLessThan(12_000);
});

test('what runs is finished, and nothing new begins', async () => {
  const id = await createVerification();
  app.simulator.control.addFault({ match: { endpoint: 'getVerification' }, kind: 'delay', delayMs: 800, times: 0 });
  const query = app.graphql('query ($id: ID!) { verification(id: $id) { id } }', { id });
  const queryOverSocket = runOverSocket(await openSocket(), `{ verification(id: "${id}") { id } }`);
  const delivery = deliver(id);
  await eventually(() => pendingReads() >= 2);

  const stopping = app.gateway.close();
  expect((await fetch(`${app.gateway.url}/readyz`)).status).toBe(503);
  const refused = await deliver(id);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await postQuery()).status).toBe(503);
  const upgrade = new WebSocket(`${app.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await expect(once(upgrade, 'open')).rejects.toThrow('503');

  expect((await query).data).toEqual({ verification: { id } });
  expect(await queryOverSocket).toEqual({ data: { verification: { id } } });
  expect((await delivery).status).toBe(200);
  await stopping;
});

test('an idle gateway is gone within a second', async () => {
  const startedAt = Date.now();
  await app.gateway.close();
  expect(Date.now() - startedAt).toBeLessThan(1_000);
  await expect(fetch(`${app.gateway.url}/livez`)).rejects.toThrow();
});

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`${app.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${TOKEN}` } }));
  await once(socket, 'message');
  return socket;
}

async function runOverSocket(socket: WebSocket, query: string): Promise<unknown> {
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  const [message] = await once(socket, 'message');
  return JSON.parse(String(message)).payload;
}

function postQuery(): Promise<Response> {
  return fetch(`${app.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: '{"query":"{ __typename }"}',
  });
}

/** A signed delivery that makes the gateway read the verification again. */
function deliver(verificationId: string): Promise<Response> {
  const body = JSON.stringify({ event: 'DOCVER_EVENT', verification_id: verificationId, status: 'approved' });
  const time = Math.floor(Date.now() / 1000);
  const key = Buffer.from(app.webhookSecret.slice('whsec_'.length), 'hex');
  const signature = createHmac('sha256', key).update(`${time}.${body}`).digest('hex');
  return fetch(`${app.gateway.url}/webhooks/dataspike`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-webhook-signature': `t=${time},v1=${signature}` },
    body,
  });
}

function pendingReads(): number {
  return app.simulator.requests().filter(({ endpoint }) => endpoint === 'getVerification').length;
}

async function createVerification(): Promise<string> {
  const { data } = await app.graphql('mutation { createVerification(input: {}) { verification { id } } }');
  // Out of the cache, so that the next query reads.
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  return data.createVerification.verification.id;
}
