import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { createCase, type SimulatedCase } from '../support/simulatedPeople';
import { endFaults, eventually, startGateway, type TestGateway, TOKEN } from '../support/startGateway';

// The small, counting version of bench/soak/outage and bench/soak/neighbour.

const LOUD = 'a-token-of-somebody-loud';
const digest = (token: string) => createHash('sha256').update(token).digest('hex');
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const READ = 'query ($id: ID!) { verification(id: $id) { id } }';

let app: TestGateway;
let known: SimulatedCase;
beforeAll(async () => {
  app = await startGateway({
    DATASPIKE_TIMEOUT_MS: '2000',
    DATASPIKE_MAX_CONCURRENCY: '8',
    LIMIT_REQUESTS_PER_MINUTE: '0',
    AUTH_API_KEYS: `quiet:${digest(TOKEN)}:kyc:read,loud:${digest(LOUD)}:kyc:read`,
  });
});
beforeEach(async () => {
  await endFaults(app);
  known = await createCase(app);
});
afterAll(() => app.close());

test('while Dataspike is down it is asked a few times, everybody is answered, and all is well within 5 s after', async () => {
  app.simulator.control.addFault({ kind: 'reset', times: 0 });
  let answered = 0;
  const downAt = performance.now();
  const downMs = () => performance.now() - downAt;
  while (downMs() < 4_000 || answered <= 100) {
    const { errors } = await app.graphql(READ, { id: `nobody ${answered}` });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true } }]);
    answered += 1;
    await sleep(5);
  }
  // Five or a few more to find out, then at most one probe a second.
  expect(app.simulator.requests().length).toBeLessThanOrEqual(8 + Math.ceil(downMs() / 1_000));

  app.simulator.control.clearFaults();
  app.simulator.control.clearRequests();
  const backAt = performance.now();
  await eventually(async () => (await app.graphql(READ, { id: 'somebody' })).errors === undefined, 10_000);
  expect(performance.now() - backAt).toBeLessThan(5_000);
  // Nothing that failed before comes after it: no herd.
  await sleep(500);
  expect(app.simulator.requests()).toHaveLength(1);
}, 30_000);

test('a caller with 1,000 requests in flight keeps no other waiting behind them, and none is asked once he hangs up', async () => {
  // Slow enough that a test that looks late finds hundreds waiting.
  app.simulator.control.addFault({ kind: 'delay', delayMs: 100, times: 0 });
  const { hostname, port } = new URL(app.gateway.url);
  const loud = Array.from({ length: 1_000 }, (_, index) => {
    const body = JSON.stringify({ query: READ, variables: { id: `loud ${index}` } });
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${LOUD}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    return socket;
  });
  const asked = () => app.simulator.requests();
  await eventually(() => asked().length >= 30, 20_000);
  const before = asked().length;
  const quiet = await app.graphql(READ, { id: known.verificationId });
  expect(quiet.data).toEqual({ verification: { id: known.verificationId } });
  // One of eight places is kept free for others, so a few may slip in before.
  const position = asked().findIndex(({ path }) => path.endsWith(known.verificationId)) - before;
  expect(position).toBeLessThan(60);
  // The others went on, and hundreds still wait.
  await eventually(() => asked().length >= before + 100, 20_000);

  for (const socket of loud) socket.destroy();
  await eventually(async () => (await app.simulator.connections()).unanswered === 0);
  expect(asked().length).toBeLessThan(before + 500);
  expect((await app.graphql(READ, { id: known.verificationId })).errors).toBeUndefined();
}, 60_000);
