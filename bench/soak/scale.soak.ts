import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseVerification } from '../../src/dataspike/verificationWire';
import {
  createGatewayProcesses,
  type GatewayProcesses,
  type RunningGateway,
} from '../../test/support/gatewayProcesses';
import { holdingsOf, PROBE_OPTIONS } from '../../test/support/gatewayProcessHoldings';
import { connectAdmin, openRedisLog } from '../../test/support/openRedisLog';
import { startRedis, type TestRedis } from '../../test/support/redisServer';
import { eventually } from '../../test/support/startGateway';

/** For docs/scaling.md: what one event costs Redis, and each process that has nothing to do with it. */
const EVENTS = Number(process.env.SCALE_EVENTS ?? 20_000);
const AT_ONCE = 50;
const SAMPLE = path.join(__dirname, '../../dataspike/webhooks/docver_verified.json');
const { payload } = JSON.parse(readFileSync(SAMPLE, 'utf8')) as { payload: Record<string, unknown> };

let redis: TestRedis;
let processes: GatewayProcesses;
let gateway: RunningGateway;
beforeAll(async () => {
  redis = await startRedis();
  processes = await createGatewayProcesses({ REDIS_URL: redis.url, EVENT_RETENTION: String(10 * EVENTS) });
  gateway = await processes.start({}, PROBE_OPTIONS);
}, 120_000);
afterAll(async () => {
  await processes.close();
  await redis.stop();
});

test('what an event costs', async () => {
  const { log, close } = openRedisLog(redis.url, { retention: 10 * EVENTS });
  const admin = await connectAdmin(redis.url);
  const usedBytes = async () => Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
  let next = 0;
  let cursor = '';
  const append = async () => {
    const index = next++;
    const verification = parseVerification({
      ...payload,
      id: `0192f1c3-55aa-7b1f-a6d2-${String(index).padStart(12, '0')}`,
    });
    const deliveryKey = `0192f1c4-7a10-7c55-9b3e-${String(index).padStart(12, '0')}`;
    const result = await log.append({
      source: 'WEBHOOK',
      occurredAt: '2025-03-14T09:26:53.589Z',
      deliveryKey,
      verification,
    });
    if (result.outcome !== 'APPENDED') throw new Error(`An event was ${result.outcome}`);
    if (index === EVENTS - 1) cursor = result.event.cursor;
  };

  const before = {
    redis: await usedBytes(),
    cpuSeconds: await metric('process_cpu_seconds_total'),
    held: await holdingsOf(gateway),
  };
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < EVENTS) await append();
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  await eventually(async () => (await gateway.ask('{ eventCursor }')).data.eventCursor === cursor, 60_000);
  const cpuSeconds = (await metric('process_cpu_seconds_total')) - before.cpuSeconds;
  const held = await holdingsOf(gateway);

  console.log(
    JSON.stringify({
      events: EVENTS,
      appendsPerSecond: Math.round(EVENTS / seconds),
      redisBytesPerEvent: Math.round(((await usedBytes()) - before.redis) / EVENTS),
      streamBytesPerEvent: Math.round(Number(await admin.memoryUsage('{dataspike}:events', { SAMPLES: 0 })) / EVENTS),
      followerCpuMicrosecondsPerEvent: Math.round((cpuSeconds * 1e6) / EVENTS),
      idleResidentMib: Math.round(before.held.rssBytes / 2 ** 20),
      followerHeapKib: Math.round((held.heapBytes - before.held.heapBytes) / 1024),
      followerResidentMib: Math.round(held.rssBytes / 2 ** 20),
    }),
  );
  await admin.close();
  await close();
}, 600_000);

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
