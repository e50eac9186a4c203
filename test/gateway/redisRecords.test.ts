import { createRedisConnection, type RedisConnection } from '../../src/events/redis/redisConnection';
import { createLocalRecords, createRedisRecords, type SharedRecords } from '../../src/events/sharedRecords';
import { createGatewayProcesses } from '../support/gatewayProcesses';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redisServer';
import { eventually, postGraphql } from '../support/startGateway';

async function expectOneWinner(one: SharedRecords, other: SharedRecords): Promise<void> {
  expect(await one.load('key')).toBeNull();
  const won = await Promise.all([one.replace('key', null, 'a'), other.replace('key', null, 'b')]);
  expect(won.filter(Boolean)).toHaveLength(1);
  const text = await other.load('key');
  expect(await one.replace('key', 'neither', 'c')).toBe(false);
  expect(await one.replace('key', text, 'c')).toBe(true);
  expect(await other.load('key')).toBe('c');
  expect(await other.replace('key', 'c', null)).toBe(true);
  expect(await one.load('key')).toBeNull();
}

test('of two who write the same record at once, one wins, in one process', async () => {
  const records = createLocalRecords();
  await expectOneWinner(records, records);
});

describeWithRedis('records of several processes', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test('of two who write the same record at once, one wins', async () => {
    const connections: RedisConnection[] = [1, 2].map(() => createRedisConnection({ url: redis.url }));
    await Promise.all(connections.map((connection) => connection.whenReady()));
    const [one, other] = connections.map((connection) => createRedisRecords({ connection }));
    if (one && other) await expectOneWinner(one, other);
    for (const connection of connections) connection.close();
  });

  test('what a killed gateway was making is found by another, and made once', async () => {
    const processes = await createGatewayProcesses({
      REDIS_URL: redis.url,
      DATASPIKE_TIMEOUT_MS: '1000',
      LIMIT_OPERATION_MS: '4000',
    });
    try {
      const [first, second] = await Promise.all([processes.start(), processes.start()]);
      // A process is slow at its first request.
      for (const { ask } of [first, second])
        await eventually(async () => (await ask('{ applicants(first: 1) { nodes { id } } }')).errors === undefined);
      const { control, requests } = processes.simulator;
      const query = `mutation ($input: CreateApplicantInput!) {
        createApplicant(input: $input) { applicant { externalId } userErrors { code } } }`;
      const input = { externalId: 'someone', email: 'anna@example.com', idempotencyKey: 'once' };
      control.addFault({ kind: 'delay', delayMs: 900, when: 'after', match: { endpoint: 'createApplicant' } });
      const lost = postGraphql(`${first.url}/graphql`, query, { input }).catch(() => null);
      await eventually(() => requests().some(({ endpoint }) => endpoint === 'createApplicant'));
      first.kill('SIGKILL');
      expect(await lost).toBeNull();
      const codes: string[] = [];
      for (let tries = 0; tries < 20; tries += 1) {
        const { data } = await second.ask(query, { input });
        const { applicant, userErrors } = data.createApplicant;
        if (applicant) {
          expect(applicant).toEqual({ externalId: 'someone' });
          break;
        }
        codes.push(userErrors[0].code);
      }
      expect(codes.length).toBeLessThan(20);
      expect(new Set([...codes, 'UNCERTAIN_OUTCOME']).size).toBe(1);
      expect(requests().filter(({ endpoint }) => endpoint === 'createApplicant')).toHaveLength(1);
    } finally {
      await processes.close();
    }
  }, 60_000);
});
