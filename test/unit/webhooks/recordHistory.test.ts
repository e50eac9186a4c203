import { UpstreamUnavailable } from '../../../src/dataspike/errors';
import type { Verification } from '../../../src/dataspike/verification';
import { parseWebhookDelivery } from '../../../src/dataspike/webhook';
import { createMemoryEventLog } from '../../../src/events/memoryEventLog';
import { createStateRecorder } from '../../../src/events/recordState';
import { parseDelivery } from '../../../src/webhooks/delivery';
import { createHistoryRecorder } from '../../../src/webhooks/recordHistory';
import { makeVerification } from '../events/verificationFixture';
import { readSample } from './signDelivery';

function setUp(read: (id: string) => Promise<Verification | null> = async () => null) {
  const log = createMemoryEventLog({ retention: 100 });
  const reads: string[] = [];
  const recorder = createStateRecorder({
    log,
    readVerification(id) {
      reads.push(id);
      return read(id);
    },
  });
  const record = createHistoryRecorder({ recorder, log });
  return { log, recorder, reads, record: (file: string, changes = {}) => record(itemOf(file, changes)) };
}

/** A sample delivery as the history shows it. */
function itemOf(file: string, changes = {}) {
  return parseWebhookDelivery({
    ...JSON.parse(readSample(file).toString()),
    attempts: 1,
    response_code: 503,
    ...changes,
  });
}

test('an event that was never delivered is recorded with source HISTORY, as the delivery would have been', async () => {
  const { log, reads, record } = setUp();
  expect(await record('docver_verified.json')).toBe('APPENDED');
  const delivered = parseDelivery(readSample('docver_verified.json'));
  if (delivered.kind !== 'STATE') throw new Error('the sample is a state');
  expect(await log.latest(delivered.verification.id)).toMatchObject({
    source: 'HISTORY',
    occurredAt: delivered.occurredAt,
    verification: delivered.verification,
  });
  expect(await log.hasSeen(delivered.deliveryKey)).toBe(true);
  expect(reads).toEqual([]);
});

test('what was delivered is a duplicate, and so is what the history already showed', async () => {
  const { log, recorder, record } = setUp();
  const delivered = parseDelivery(readSample('docver_verified.json'));
  if (delivered.kind !== 'STATE') throw new Error('the sample is a state');
  await recorder.recordDelivery(delivered);
  expect(await record('docver_verified.json')).toBe('DUPLICATE');
  expect((await log.latest(delivered.verification.id))?.source).toBe('WEBHOOK');
  expect(await record('docver_failed_duplicate.json')).toBe('APPENDED');
  expect(await record('docver_failed_duplicate.json')).toBe('DUPLICATE');
});

test('a state that cannot follow is read again, and what Dataspike says is recorded with source HISTORY', async () => {
  const { id } = JSON.parse(readSample('docver_verified.json').toString()).payload as { id: string };
  const { log, recorder, reads, record } = setUp(async () => makeVerification('IN_PROGRESS', { id }));
  await recorder.recordKnown(makeVerification('PENDING', { id }), 'POLL');
  const payload = { ...itemOf('docver_verified.json').payload, status: 'initial' };
  expect(await record('docver_verified.json', { payload })).toBe('APPENDED');
  expect(reads).toEqual([id]);
  expect(await log.latest(id)).toMatchObject({ source: 'HISTORY', verification: { status: 'IN_PROGRESS' } });
});

test('the finished checks of a verification cost a read until its end is known', async () => {
  const id = '0192f2a8-0e95-7d63-a471-9b0f2c6e8d55';
  let status: 'IN_PROGRESS' | 'VERIFIED' = 'IN_PROGRESS';
  const { log, reads, record } = setUp(async () => makeVerification(status, { id }));
  expect(await record('docver_checks_liveness.json', { id: 'check-1' })).toBe('APPENDED');
  status = 'VERIFIED';
  expect(await record('docver_checks_liveness.json', { id: 'check-2' })).toBe('APPENDED');
  expect(await record('docver_checks_liveness.json', { id: 'check-3' })).toBe('UNCHANGED');
  expect(reads).toEqual([id, id]);
  expect(await log.hasSeen('check-3')).toBe(true);
});

test.each(['aml_screening_low_risk.json', 'aml_screening_empty_payload.json', 'kyt_wallet_check_envelope.json'])(
  '%s is not about a verification',
  async (file) => {
    const { log, reads, record } = setUp();
    const start = log.position();
    expect(await record(file)).toBe('IGNORED');
    expect(log.position()).toBe(start);
    expect(reads).toEqual([]);
  },
);

test('a read that fails is told, and the event is not remembered', async () => {
  const { log, record } = setUp(async () => {
    throw new UpstreamUnavailable(502);
  });
  await expect(record('docver_checks_liveness.json', { id: 'check-1' })).rejects.toThrow(UpstreamUnavailable);
  expect(await log.hasSeen('check-1')).toBe(false);
});
