import { setTimeout as sleep } from 'node:timers/promises';
import { createGatewayProcesses, type GatewayProcesses, type RunningGateway } from '../support/gatewayProcesses';
import { type Holdings, holdingsOf, PROBE_OPTIONS } from '../support/gatewayProcessHoldings';
import { openAcknowledged } from '../support/protocolSocket';
import { WATCH } from '../support/subscribers';

/** `SOAK=1` (bench/soak/README.md): 10,000. */
const ROUNDS = process.env.SOAK === '1' ? 10_000 : 2_500;
const SOCKETS_AT_ONCE = 4;
/** As many as the rate of messages of one socket allows: two messages each, and some to see that all have ended. */
const ROUNDS_PER_SOCKET = 125;

let processes: GatewayProcesses;
let gateway: RunningGateway;
beforeAll(async () => {
  processes = await createGatewayProcesses();
  gateway = await processes.start({}, PROBE_OPTIONS);
}, 60_000);
afterAll(() => processes.close());

/** On one socket: to one verification, to its applicant and to everything, in turn; half of them leave at once. */
async function comeAndGoOnce(filters: readonly object[]): Promise<void> {
  const socket = await openAcknowledged(gateway.url);
  const runQuery = async (id: string) => {
    socket.send({ id, type: 'subscribe', payload: { query: '{ __typename }' } });
    await socket.receive(id);
  };
  for (let round = 0; round < ROUNDS_PER_SOCKET; round += 1) {
    const id = String(round);
    socket.send({ id, type: 'subscribe', payload: { query: WATCH, variables: filters[round % filters.length] } });
    if (round % 2 === 0) socket.send({ id, type: 'complete' });
  }
  await runQuery('all are open');
  for (let round = 1; round < ROUNDS_PER_SOCKET; round += 2) socket.send({ id: String(round), type: 'complete' });
  await runQuery('all have ended');
  socket.socket.close();
  await socket.closed;
}

async function comeAndGo(rounds: number, filters: readonly object[]): Promise<void> {
  let left = rounds / ROUNDS_PER_SOCKET;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await comeAndGoOnce(filters);
    }
  };
  await Promise.all(Array.from({ length: SOCKETS_AT_ONCE }, lane));
}

/** Once what runs out by itself has done so: connections to Dataspike that idle, for one. */
async function whatIsHeld(): Promise<Holdings> {
  await sleep(1_000);
  return holdingsOf(gateway);
}

test(`${ROUNDS} subscriptions that come and go leave no socket, timer or memory behind, and nobody polls for them`, async () => {
  const ids = await processes.seed(20);
  const query = 'query ($id: ID!) { verification(id: $id) { applicant { id } } }';
  const filters = await Promise.all(
    ids.map(async (id, index) => {
      if (index % 3 === 0) return {};
      if (index % 3 === 1) return { verificationId: id };
      return { applicantId: (await gateway.ask(query, { id })).data.verification.applicant.id };
    }),
  );
  await comeAndGo(ROUNDS / 5, filters);
  const before = await whatIsHeld();
  await comeAndGo(ROUNDS, filters);
  const after = await whatIsHeld();
  expect(after.sockets).toBeLessThanOrEqual(before.sockets);
  expect(after.timers).toBeLessThanOrEqual(before.timers);
  expect(after.heapBytes).toBeLessThan(before.heapBytes * 1.05);
  expect(gateway.stderr()).toBe('');
  processes.simulator.control.clearRequests();
  await sleep(3_000);
  expect(processes.simulator.requests()).toEqual([]);
}, 60_000);
