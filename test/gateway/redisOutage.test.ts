import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventCandidate, EventLog } from '../../src/events/eventLog';
import { createRedisConnection } from '../../src/events/redis/redisConnection';
import { EVENTS_KEY } from '../../src/events/redis/redisKeys';
import { connectAdmin, type OpenRedisLog, openRedisLog, within } from '../support/openRedisLog';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redisServer';
import { appended, appendMany, positionAt } from '../unit/events/eventLogContract';
import { makeCandidate, makeVerification } from '../unit/events/verificationFixture';

/** What `isReachable` may be wrong for, and how long a call may take: the promise is about 2 s. */
const SOON_MS = 2500;
const open: (OpenRedisLog | TestRedis)[] = [];

async function start(options?: Parameters<typeof startRedis>[0]): Promise<TestRedis> {
  const redis = await startRedis(options);
  open.push(redis);
  return redis;
}

function openLog(redis: TestRedis, options?: { retention?: number }): OpenRedisLog {
  const opened = openRedisLog(redis.url, options);
  open.push(opened);
  return opened;
}

async function openReachableLog(redis: TestRedis, options?: { retention?: number }): Promise<OpenRedisLog> {
  const opened = openLog(redis, options);
  await within(5000, opened.log.isReachable);
  return opened;
}

afterEach(async () => {
  // The logs first, so that none of them meets a Redis that is gone.
  for (const opened of open.splice(0).reverse()) await ('stop' in opened ? opened.stop() : opened.close());
});

/** Sends a delivery again until it is taken, as Dataspike does after a 503. */
async function deliver(
  log: EventLog,
  delivery: EventCandidate,
  onRefused = () => {},
): Promise<'APPENDED' | 'DUPLICATE'> {
  for (;;) {
    const outcome = await log.append(delivery).then(
      (result) => result.outcome,
      () => null,
    );
    if (outcome === 'APPENDED' || outcome === 'DUPLICATE') return outcome;
    expect(outcome).toBeNull();
    onRefused();
    await sleep(20 + Math.random() * 50);
  }
}

function makeDelivery(index: number | string): EventCandidate {
  return makeCandidate(makeVerification('PENDING', { id: `v${index}` }), { deliveryKey: `d${index}` });
}

/** What each call gives while the log cannot be reached: names of those that did not refuse in time. */
async function callsThatDoNotRefuse(log: EventLog): Promise<string[]> {
  const calls = {
    append: () => log.append(makeDelivery('refused')),
    hasSeen: () => log.hasSeen('x'),
    markSeen: () => log.markSeen('x'),
    latest: () => log.latest('x'),
    read: () => log.read('1-1', 1),
  };
  const names = await Promise.all(
    Object.entries(calls).map(async ([name, call]) => {
      const startedAt = performance.now();
      const message = await call().then(
        () => 'did not refuse',
        (error: Error) => error.message,
      );
      const isInTime = performance.now() - startedAt < SOON_MS;
      return message === 'The event log cannot be reached' && isInTime ? [] : [`${name}: ${message}`];
    }),
  );
  return names.flat();
}

describeWithRedis('a Redis log whose Redis fails', () => {
  test('killed and started again in a burst: what was APPENDED is there, and both processes are told each once', async () => {
    const redis = await start({ appendOnly: true });
    const [a, b] = [await openReachableLog(redis), await openReachableLog(redis)];
    const beginning = a.log.position();
    const answeredAppended: string[] = [];
    let refused = 0;
    const burst = Array.from({ length: 400 }, async (_, index) => {
      await sleep(index * 4);
      const delivery = makeDelivery(index);
      const log = index % 2 ? a.log : b.log;
      const outcome = await deliver(log, delivery, () => refused++);
      if (outcome === 'APPENDED') answeredAppended.push(delivery.verification.id);
    });
    for (let round = 0; round < 2; round++) {
      await sleep(400);
      await redis.kill();
      await sleep(150);
      await redis.restart();
    }
    await Promise.all(burst);

    await within(SOON_MS, () => a.log.isReachable() && b.log.isReachable());
    const events = (await a.log.read(beginning, 1000)) ?? [];
    const ids = events.map(({ verification }) => verification.id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids).toHaveLength(400);
    expect(refused).toBeGreaterThan(0);
    expect(answeredAppended.filter((id) => !ids.includes(id))).toEqual([]);
    await positionAt(b.log, events.at(-1)?.cursor ?? '');
    await positionAt(a.log, events.at(-1)?.cursor ?? '');
    expect(a.told).toEqual(events.map(({ cursor }) => cursor));
    expect(b.told).toEqual(a.told);
  });

  test('unreachable at first: it says so, refuses at once, and heals when Redis is there', async () => {
    const redis = await start({ isStarted: false });
    const { log, lines } = openLog(redis);
    await sleep(300);
    expect(log.isReachable()).toBe(false);
    expect(() => log.position()).toThrow('cannot be reached');
    expect(await callsThatDoNotRefuse(log)).toEqual([]);
    expect(lines.some((line) => line.includes('ECONNREFUSED'))).toBe(true);

    await redis.restart();
    await within(SOON_MS, log.isReachable);
    const beginning = log.position();
    const [event] = await appendMany(log, 1);
    expect(await log.read(beginning, 10)).toEqual([event]);
  });

  test('killed: known within two seconds, and as soon when it is back', async () => {
    const redis = await start({ appendOnly: true });
    const { log, told } = await openReachableLog(redis);
    const events = await appendMany(log, 3);
    await redis.kill();
    await within(SOON_MS, () => !log.isReachable());
    expect(await callsThatDoNotRefuse(log)).toEqual([]);
    // Long enough for the pauses between tries to be at their longest.
    await sleep(3000);
    await redis.restart();
    await within(SOON_MS, log.isReachable);
    events.push(...(await appendMany(log, 3, 'later')));
    await positionAt(log, events.at(-1)?.cursor ?? '');
    expect(told).toEqual(events.map(({ cursor }) => cursor));
  });

  test('hanging with its connections open: known within two seconds, and nothing is lost or repeated', async () => {
    const redis = await start();
    const { log, told } = await openReachableLog(redis);
    const events = await appendMany(log, 3);
    redis.pause();
    const delivery = makeDelivery('in-the-pause');
    const startedAt = performance.now();
    await expect(log.append(delivery)).rejects.toThrow('cannot be reached');
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
    await within(SOON_MS, () => !log.isReachable());
    expect(await callsThatDoNotRefuse(log)).toEqual([]);
    redis.resume();
    await within(SOON_MS, log.isReachable);

    // Redis may have carried out what it had received, and answered nobody.
    await deliver(log, delivery);
    events.push(...(await appendMany(log, 3, 'later')));
    await positionAt(log, events.at(-1)?.cursor ?? '');
    expect(await log.read(events[0]?.cursor ?? '', 100)).toHaveLength(6);
    expect(told).toHaveLength(7);
    expect(new Set(told).size).toBe(7);
    expect(told).not.toContain('gap');
  });

  test('hanging from the start of a connection: it is given up and tried again', async () => {
    const redis = await start();
    redis.pause();
    const { log } = openLog(redis);
    await sleep(2500);
    expect(log.isReachable()).toBe(false);
    redis.resume();
    await within(SOON_MS, log.isReachable);
  });

  test('its data lost: followers hear of the gap once, in its place, and old cursors are refused', async () => {
    const redis = await start();
    const [a, b] = [await openReachableLog(redis), await openReachableLog(redis)];
    const beginning = a.log.position();
    const before = (await appendMany(a.log, 3)).map(({ cursor }) => cursor);
    await positionAt(b.log, before.at(-1) ?? '');
    await positionAt(a.log, before.at(-1) ?? '');
    await redis.wipe();
    await within(SOON_MS, () => a.log.isReachable() && b.log.isReachable());
    const after = (await appendMany(b.log, 3)).map(({ cursor }) => cursor);
    await positionAt(a.log, after.at(-1) ?? '');
    await positionAt(b.log, after.at(-1) ?? '');
    // Once more around the log, which must not find the same gap again.
    await sleep(700);
    expect(a.told).toEqual([...before, 'gap', ...after]);
    expect(b.told).toEqual([...before, 'gap', ...after]);
    for (const cursor of [beginning, ...before]) expect(await a.log.read(cursor, 10)).toBeNull();
    expect(await a.log.read(after[0] ?? '', 10)).toHaveLength(2);
    expect(await a.log.latest('many-0')).toMatchObject({ cursor: after[0], previousStatus: null });
  });

  test('its data flushed while everybody is connected: the gap is told before the next event', async () => {
    const redis = await start();
    const { log, told } = await openReachableLog(redis);
    const [before] = await appendMany(log, 1);
    await positionAt(log, before?.cursor ?? '');
    const admin = await connectAdmin(redis.url);
    await admin.flushAll();
    admin.destroy();
    const [after] = await appendMany(log, 1, 'after');
    await within(SOON_MS, () => told.length >= 3);
    await sleep(700);
    expect(told).toEqual([before?.cursor, 'gap', after?.cursor]);
  });

  test('its data flushed and nothing appended: the gap is told all the same, and there is a position', async () => {
    const redis = await start();
    const { log, told } = await openReachableLog(redis);
    const [before] = await appendMany(log, 1);
    await positionAt(log, before?.cursor ?? '');
    const admin = await connectAdmin(redis.url);
    await admin.flushAll();
    admin.destroy();
    await within(SOON_MS, () => told.length >= 2);
    expect(told).toEqual([before?.cursor, 'gap']);
    expect(await log.read(log.position(), 10)).toEqual([]);
    expect(await log.read(before?.cursor ?? '', 10)).toBeNull();
  });

  test('the end of its data lost: the gap is told, then what follows, and nothing that was told before', async () => {
    const redis = await start();
    const { log, told } = await openReachableLog(redis);
    const kept = (await appendMany(log, 2)).map(({ cursor }) => cursor);
    const admin = await connectAdmin(redis.url);
    const snapshot = await admin.sendCommand<Buffer>(['DUMP', EVENTS_KEY], { typeMapping: { 36: Buffer } });
    const lost = (await appendMany(log, 2, 'lost')).map(({ cursor }) => cursor);
    await positionAt(log, lost.at(-1) ?? '');
    await admin.sendCommand(['RESTORE', EVENTS_KEY, '0', snapshot, 'REPLACE']);
    admin.destroy();
    await within(SOON_MS, () => told.includes('gap'));
    const after = (await appendMany(log, 2, 'after')).map(({ cursor }) => cursor);
    await positionAt(log, after.at(-1) ?? '');
    expect(told).toEqual([...kept, ...lost, 'gap', ...after]);
    expect(await log.read(kept[1] ?? '', 10)).toHaveLength(2);
    expect(await log.read(lost[1] ?? '', 10)).toBeNull();
    expect(await log.latest('lost-1')).toBeNull();
  });

  test('what is read was told to the followers before, also where their connection was lost', async () => {
    const redis = await start();
    const { log, told } = await openReachableLog(redis);
    const beginning = log.position();
    const admin = await connectAdmin(redis.url);
    const clients = await admin.sendCommand<string>(['CLIENT', 'LIST']);
    const [, reader = ''] = /^id=(\d+) .*cmd=xread/m.exec(clients) ?? [];
    await admin.sendCommand(['CLIENT', 'KILL', 'ID', reader]);
    admin.destroy();
    const events = await appendMany(log, 2);
    expect(told).toEqual([]);
    expect(await log.read(beginning, 10)).toEqual(events);
    expect(told).toEqual(events.map(({ cursor }) => cursor));
  });

  test('a reader that the retention overtakes is told of the gap', async () => {
    const redis = await start();
    const { log, told } = await openReachableLog(redis, { retention: 1 });
    const admin = await connectAdmin(redis.url);
    const burst = admin.multi();
    for (let index = 0; index < 500; index++) {
      burst.appendEvent({
        verificationId: `v${index}`,
        deliveryKey: null,
        payload: 'not looked at here',
        status: 'PENDING',
        stateKey: 'x',
        isFinal: false,
        basedOn: undefined,
        retention: 1,
        knownCursor: '0-0',
      });
    }
    await burst.exec();
    admin.destroy();
    const [event] = await appendMany(log, 1);
    await positionAt(log, event?.cursor ?? '');
    expect(told).toEqual(['gap', event?.cursor]);
  });

  test('scripts that Redis forgot are sent again', async () => {
    const redis = await start();
    const { log } = await openReachableLog(redis);
    await appendMany(log, 1);
    const admin = await connectAdmin(redis.url);
    await admin.scriptFlush();
    admin.destroy();
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => log.append(makeDelivery(index))));
    for (const result of results) appended(result);
  });

  test('out of memory: appends are refused and reading goes on, until there is room', async () => {
    const redis = await start();
    const { log, lines } = await openReachableLog(redis);
    const [event] = await appendMany(log, 1);
    const admin = await connectAdmin(redis.url);
    await admin.configSet('maxmemory', '1');
    await expect(log.append(makeDelivery('too-much'))).rejects.toThrow('cannot be reached');
    expect(lines.some((line) => line.includes('OOM'))).toBe(true);
    expect(await log.latest('many-0')).toEqual({ ...event, confirmations: 0 });
    await admin.configSet('maxmemory', '0');
    admin.destroy();
    appended(await log.append(makeDelivery('too-much')));
  });

  test('closing ends every connection and timer at once, whether Redis is there, hangs or is gone', async () => {
    const redis = await start();
    const resources = trackResources();
    for (const [prepare, isThere] of [
      [() => {}, true],
      [redis.pause, false],
      [() => redis.kill(), false],
    ] as const) {
      await prepare();
      const opened = openRedisLog(redis.url);
      if (isThere) await within(SOON_MS, opened.log.isReachable);
      else await sleep(100);
      const pending = opened.log.append(makeDelivery('pending')).catch((error: Error) => error.message);
      expect(resources.left()).not.toEqual([]);
      await opened.close();
      await pending;
      // Sockets tell of their end in a later turn of the event loop.
      await sleep(50);
      expect(resources.left()).toEqual([]);
    }
    resources.stop();
  });
});

/** The sockets and timers that the code under test made and that have not ended, by what made them. */
function trackResources() {
  const live = new Map<number, string>();
  const hook = createHook({
    init(id, type) {
      if (type !== 'Timeout' && type !== 'TCPWRAP') return;
      const { stack = '' } = new Error();
      if (/src.events|@redis/.test(stack)) live.set(id, `${type} ${stack}`);
    },
    destroy: (id) => void live.delete(id),
  }).enable();
  return { left: () => [...live.values()], stop: () => hook.disable() };
}

describeWithRedis('what is said of a Redis', () => {
  test('credentials are used, and neither they nor the address are in a log or an error', async () => {
    const redis = await start();
    const admin = await connectAdmin(redis.url);
    await admin.configSet('requirepass', 'pass-w0rd');
    const right = openRedisLog(redis.url.replace('//', '//default:pass-w0rd@'));
    const wrong = openRedisLog(redis.url.replace('//', '//default:wr0ng@'));
    open.push(right, wrong);
    await within(SOON_MS, () => right.log.isReachable() && wrong.lines.length > 0);
    const error = await wrong.log.append(makeDelivery(1)).catch((reason: Error) => reason);
    admin.destroy();
    expect(wrong.log.isReachable()).toBe(false);
    expect(wrong.lines.join()).toContain('WRONGPASS');
    const said = [...right.lines, ...wrong.lines, String(error), JSON.stringify(error)].join();
    expect(said).not.toMatch(/pass-w0rd|wr0ng|127\.0\.0\.1|redis:\/\//);
  });
});

test('a URL that is none is refused without being quoted', () => {
  for (const url of ['', 'redis://', 'http://user:s3cret@host', 'redis://user:s3cret@host:port', 's3cret']) {
    expect(() => createRedisConnection({ url })).toThrow(/^The URL of Redis must look like redis:\/\/host:6379/);
  }
});

test('a Redis before version 7 is not used, and the log says why', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const info = 'redis_version:6.2.14\r\n';
      if (data.includes('HELLO')) socket.write('%0\r\n');
      for (const _ of data.toString().matchAll(/SETINFO/g)) socket.write('+OK\r\n');
      if (data.includes('INFO\r\n$6\r\nserver')) socket.write(`$${info.length}\r\n${info}\r\n`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const opened = openRedisLog(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await within(5000, () => opened.lines.some((line) => line.includes('Redis is too old: 7 or newer is required')));
  expect(opened.log.isReachable()).toBe(false);
  await opened.close();
  server.close();
});
