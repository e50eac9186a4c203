import type { WebhookDelivery } from '../dataspike/webhook';
import type { EventLog } from '../events/eventLog';
import type { RecordOutcome, StateRecorder } from '../events/recordState';
import { readEnvelope } from './delivery';

/** IGNORED: not about a verification, or about none that it names. */
export type HistoryOutcome = RecordOutcome | 'IGNORED';

/**
 * Takes an event of the webhook history into the log, as if it were delivered now, with source HISTORY. It has the key of
 * the delivery, the envelope's id: what was delivered already is a DUPLICATE.
 *
 * No signature is needed: the history is read from Dataspike itself.
 * @param recorder where it reads a verification again, it should wait for the budget of the sweep
 * @returns a function that rejects with EventLogUnavailable or a DataspikeError; nothing is remembered then
 */
export function createHistoryRecorder({
  recorder,
  log,
}: {
  recorder: Pick<StateRecorder, 'recordDelivery' | 'recordFromUpstream'>;
  log: Pick<EventLog, 'hasSeen' | 'markSeen' | 'latest'>;
}): (item: WebhookDelivery) => Promise<HistoryOutcome> {
  return async ({ id, eventType, occurredAt, payload }) => {
    const delivery = readEnvelope({ deliveryKey: id, eventType, occurredAt, payload });
    const { deliveryKey } = delivery;
    if (delivery.kind === 'OTHER') return 'IGNORED';
    if (await log.hasSeen(deliveryKey)) return 'DUPLICATE';
    if (delivery.kind === 'STATE') return recorder.recordDelivery({ ...delivery, source: 'HISTORY' });
    // A verification has several finished checks, and each is a hint: once the end is known they need no read.
    if ((await log.latest(delivery.verificationId))?.verification.isFinal) {
      await log.markSeen(deliveryKey);
      return 'UNCHANGED';
    }
    return recorder.recordFromUpstream(delivery.verificationId, 'HISTORY', deliveryKey);
  };
}
