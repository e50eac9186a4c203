import fc from 'fast-check';
import type { VerificationStatus } from '../../src/dataspike/verification';
import { stateKey } from '../../src/events/appendRule';
import type { Basis, EventLog } from '../../src/events/eventLog';
import { createMemoryEventLog } from '../../src/events/memoryEventLog';
import { createRedisConnection } from '../../src/events/redis/redisConnection';
import { createRedisEventLog } from '../../src/events/redis/redisEventLog';
import { EVENTS_KEY } from '../../src/events/redis/redisKeys';
import { connectAdmin, type OpenRedisLog, openRedisLog, within } from '../support/openRedisLog';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redisServer';
import { appended, appendMany, describeEventLog, positionAt } from '../unit/events/eventLogContract';
import { makeCandidate, makeVerification } from '../unit/events/verificationFixture';

let redis: TestRedis | null = null;
const open: OpenRedisLog[] = [];

async function redisUrl(): Promise<string> {
  redis ??= await startRedis();
  return redis.url;
}

/** That many processes with one empty log. */
async function openLogs<Count extends 1 | 2>(count: Count, options?: { retention?: number }) {
  const url = await redisUrl();
  const admin = await connectAdmin(url);
  await admin.flushAll();
  admin.destroy();
  const logs = Array.from({ length: count }, () => openRedisLog(url, options));
  open.push(...logs);
  await within(5000, () => logs.every(({ log }) => log.isReachable()));
  return logs as Count extends 1 ? [OpenRedisLog] : [OpenRedisLog, OpenRedisLog];
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((opened) => opened.close()));
});
afterAll(() => redis?.stop());

describeEventLog(
  'the Redis log',
  async ({ retention }) => {
    const [{ log, close }] = await openLogs(1, { retention });
    return { ...log, close };
  },
  describeWithRedis,
);

describeWithRedis('one Redis log of two processes', () => {
  test('the same delivery at both at once is one event, 200 times, and both tell the same in the same order', async () => {
    const [a, b] = await openLogs(2);
    const start = a.log.position();
    const deliveries = Array.from({ length: 200 }, (_, index) =>
      makeCandidate(makeVerification('PENDING', { id: `v${index}` }), { deliveryKey: `d${index}` }),
    );
    const results = await Promise.all(
      deliveries.map((delivery) => Promise.all([a.log.append(delivery), b.log.append(delivery)])),
    );
    for (const pair of results) {
      expect(pair.map(({ outcome }) => outcome).sort()).toEqual(['APPENDED', 'DUPLICATE']);
    }
    await within(5000, () => a.told.length >= 200 && b.told.length >= 200);
    const events = (await b.log.read(start, 1000)) ?? [];
    expect(events).toHaveLength(200);
    expect(a.told).toEqual(events.map(({ cursor }) => cursor));
    expect(b.told).toEqual(a.told);
  });

  test('what one appends the other reads, and a cursor of one is good at the other', async () => {
    const [a, b] = await openLogs(2);
    const [first, second] = await appendMany(a.log, 2);
    await positionAt(b.log, second?.cursor ?? '');
    expect(await b.log.latest('many-0')).toEqual({ ...first, confirmations: 0 });
    expect(await b.log.read(first?.cursor ?? '', 10)).toEqual([second]);
    expect(await b.log.append(makeCandidate(makeVerification('INITIAL', { id: 'many-1' }), { basedOn: null }))).toEqual(
      {
        outcome: 'CONFLICT',
      },
    );
  });

  test('a process that comes later goes on with the log that is there', async () => {
    const [a] = await openLogs(1);
    const events = await appendMany(a.log, 3);
    const later = openRedisLog(await redisUrl());
    open.push(later);
    await within(5000, later.log.isReachable);
    expect(later.log.position()).toBe(events.at(-1)?.cursor);
    const [next] = await appendMany(a.log, 1, 'next');
    await within(5000, () => later.told.length > 0);
    expect(later.told).toEqual([next?.cursor]);
  });
});

describeWithRedis('the script inside Redis', () => {
  test('decides as the log in memory does, whatever comes', async () => {
    const [{ log: shared }] = await openLogs(1);
    const step = fc.record({
      status: fc.constantFrom<VerificationStatus>('INITIAL', 'PENDING', 'VERIFIED', 'FAILED', 'EXPIRED', 'UNKNOWN'),
      country: fc.constantFrom('DE', 'FR'),
      basis: fc.constantFrom('none', 'null', 'latest', 'first'),
      deliveryKey: fc.constantFrom(null, 'k1', 'k2', 'k3', 'k4', 'k5'),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const prefix = `run${run++}-`;
        const play = async (log: EventLog) => {
          const outcomes: string[] = [];
          let first: Basis | null = null;
          for (const { status, country, basis, deliveryKey } of steps) {
            const verification = makeVerification(status, { id: `${prefix}v`, country });
            const latest = await log.latest(verification.id);
            const basedOn = { none: undefined, null: null, latest, first }[basis];
            const result = await log.append(
              makeCandidate(verification, { basedOn, deliveryKey: deliveryKey && prefix + deliveryKey }),
            );
            if (result.outcome === 'APPENDED') first ??= { cursor: result.event.cursor, confirmations: 0 };
            outcomes.push(result.outcome === 'APPENDED' ? `after ${result.event.previousStatus}` : result.outcome);
          }
          return outcomes;
        };
        expect(await play(shared)).toEqual(await play(createMemoryEventLog({ retention: 1000 })));
      }),
      { numRuns: 100 },
    );
  });

  test('forgets where a verification stood together with its last event', async () => {
    const [{ log }] = await openLogs(1, { retention: 10 });
    appended(await log.append(makeCandidate(makeVerification('VERIFIED', { id: 'old' }))));
    await appendMany(log, 500);
    expect(await log.latest('old')).toBeNull();
    const again = appended(await log.append(makeCandidate(makeVerification('PENDING', { id: 'old' }))));
    expect(again.previousStatus).toBeNull();
  });

  test('keeps at least as many events as the retention says', async () => {
    const [{ log }] = await openLogs(1, { retention: 50 });
    const events = await appendMany(log, 300);
    const cursor = events.at(-51)?.cursor ?? '';
    expect(await log.read(cursor, 100)).toEqual(events.slice(-50));
  });

  test('keeps nothing about a person but in the events, and lets the rest expire', async () => {
    const [{ log }] = await openLogs(1);
    const verification = makeVerification('VERIFIED', { applicantId: 'applicant-of-the-test', country: 'DE' });
    await log.append(makeCandidate(verification, { deliveryKey: 'delivery-1' }));
    const admin = await connectAdmin(await redisUrl());
    const [latest, days, hours, keys] = await Promise.all([
      admin.hGetAll('{dataspike}:latest:verification-1'),
      admin.ttl('{dataspike}:latest:verification-1'),
      admin.ttl('{dataspike}:delivery:delivery-1'),
      admin.keys('*'),
    ]);
    admin.destroy();
    expect({ ...latest }).toEqual({
      cursor: expect.any(String),
      isFinal: '1',
      stateKey: stateKey(verification),
      status: 'VERIFIED',
      confirmations: '0',
    });
    expect(Math.ceil(days / 86_400)).toBe(30);
    expect(Math.ceil(hours / 3600)).toBe(24);
    expect(keys.sort()).toEqual([
      '{dataspike}:delivery:delivery-1',
      '{dataspike}:events',
      '{dataspike}:latest:verification-1',
    ]);
  });
});

describeWithRedis('a stream that others write to', () => {
  test('entries that are no events of ours are passed over with a line that holds nothing of them', async () => {
    const [{ log, told, lines }] = await openLogs(1);
    const admin = await connectAdmin(await redisUrl());
    const start = log.position();
    const [first] = await appendMany(log, 1, 'first');
    const foreign = await admin.xAdd(EVENTS_KEY, '*', { name: 'Jane-Foreign' });
    await admin.xAdd(EVENTS_KEY, '*', { v: '2', previous: foreign, event: '{"name":"Jane-Newer"}' });
    const [second] = await appendMany(log, 1, 'second');
    await admin.xAdd(EVENTS_KEY, '*', { v: '1', previous: 'x', event: '{"name":"Jane-Broken"' });
    const partial = '{"source":"WEBHOOK","occurredAt":"","acceptedAt":1,"verification":{"id":"Jane-Partial"}}';
    await admin.xAdd(EVENTS_KEY, '*', { v: '1', event: partial });
    const [third] = await appendMany(log, 1, 'third');
    admin.destroy();

    await positionAt(log, third?.cursor ?? '');
    expect(told).toEqual([first?.cursor, second?.cursor, third?.cursor]);
    expect(lines.filter((line) => line.includes('cannot be read'))).toHaveLength(4);
    expect(lines.join()).not.toContain('Jane');
    // One event at a time, so that each page begins with entries to pass over.
    expect(await log.read(start, 1)).toEqual([first]);
    expect(await log.read(first?.cursor ?? '', 10)).toEqual([second, third]);
    expect(await log.read(second?.cursor ?? '', 1)).toEqual([third]);
  });

  test('a latest event that only a newer version can read is not decided about', async () => {
    const [{ log }] = await openLogs(1);
    const admin = await connectAdmin(await redisUrl());
    const cursor = await admin.xAdd(EVENTS_KEY, '*', { v: '2', event: '{}' });
    await admin.hSet('{dataspike}:latest:v1', { cursor, isFinal: '1', stateKey: 'x', status: 'VERIFIED' });
    admin.destroy();
    await expect(log.latest('v1')).rejects.toThrow('cannot be reached');
    expect(await log.append(makeCandidate(makeVerification('PENDING', { id: 'v1' })))).toEqual({ outcome: 'OUTDATED' });
  });

  test('an event that an operator deleted is a gap for those before it only', async () => {
    const [{ log }] = await openLogs(1);
    const start = log.position();
    const [first, second, third, fourth] = await appendMany(log, 4);
    const admin = await connectAdmin(await redisUrl());
    await admin.xDel(EVENTS_KEY, third?.cursor ?? '');
    expect(await log.read(start, 10)).toBeNull();
    expect(await log.read(first?.cursor ?? '', 10)).toBeNull();
    expect(await log.read(second?.cursor ?? '', 10)).toBeNull();
    expect(await log.read(third?.cursor ?? '', 10)).toEqual([fourth]);
    await admin.xDel(EVENTS_KEY, fourth?.cursor ?? '');
    admin.destroy();
    expect(await log.read(third?.cursor ?? '', 10)).toBeNull();
    expect(await log.read(fourth?.cursor ?? '', 10)).toEqual([]);
  });

  test('a key that is no stream makes the log unreachable, until it is removed', async () => {
    const [{ log }] = await openLogs(1);
    const admin = await connectAdmin(await redisUrl());
    await admin.set(EVENTS_KEY, 'not a stream');
    await expect(log.append(makeCandidate(makeVerification('PENDING')))).rejects.toThrow('cannot be reached');
    await within(2000, () => !log.isReachable());
    await admin.del(EVENTS_KEY);
    admin.destroy();
    await within(2000, log.isReachable);
    appended(await log.append(makeCandidate(makeVerification('PENDING'))));
  });
});

describeWithRedis('the speed of the Redis log', () => {
  /** `SOAK=1` (bench/soak/README.md): 10,000. */
  const count = process.env.SOAK === '1' ? 10_000 : 2_000;

  test(`${count} appends are printed, and both processes are told of all`, async () => {
    const [a, b] = await openLogs(2, { retention: 100_000 });
    const startedAt = performance.now();
    let next = 0;
    const worker = async () => {
      for (let index = next++; index < count; index = next++) {
        const verification = makeVerification('PENDING', { id: `v${index}` });
        appended(await a.log.append(makeCandidate(verification, { deliveryKey: `d${index}` })));
      }
    };
    await Promise.all(Array.from({ length: 100 }, worker));
    const appendedMs = performance.now() - startedAt;
    await within(10_000, () => a.told.length >= count && b.told.length >= count);
    const toldMs = performance.now() - startedAt;
    process.stdout.write(
      `${count} appends, 100 at once: ${Math.round((count / appendedMs) * 1000)}/s; ` +
        `told on two processes ${Math.round(toldMs - appendedMs)} ms after the last\n`,
    );
    expect(b.told).toEqual(a.told);
    expect(new Set(a.told).size).toBe(count);
  });
});

test('a retention that keeps nothing is refused', () => {
  const connection = createRedisConnection({ url: 'redis://127.0.0.1:1' });
  for (const retention of [0, -1, 1.5, Number.NaN]) {
    expect(() => createRedisEventLog({ connection, retention })).toThrow('retention must be 1 or more');
  }
  connection.close();
});
