import type { UpstreamRefused } from '../dataspike/errors';
import type { Verification } from '../dataspike/verification';
import { stateKey } from './appendRule';
import type { AppendResult, EventLog } from './eventLog';
import { fillFrom, mayFollow, mayReplaceWhenRead } from './transitionRule';
import type { VerificationEvent, VerificationEventSource } from './verificationEvent';

/**
 * What became of a state, for metrics. APPENDED, DUPLICATE, UNCHANGED and OUTDATED: settled. NOT_FOUND: Dataspike knows
 * no such verification; settled. CONFLICT: others kept appending; not settled, try again.
 */
export type RecordOutcome = AppendResult['outcome'] | 'NOT_FOUND';

/** Takes what was heard or read about verifications into the log, so that it never goes backwards. */
export interface StateRecorder {
  /**
   * For a signed delivery that carries the whole state. It is believed when it follows from what the log holds;
   * otherwise the verification is read, and what Dataspike says counts.
   * @param deliveryKey null when it need not be remembered
   * @throws EventLogUnavailable, or a DataspikeError when a read is needed and fails; nothing is remembered then
   */
  recordDelivery(delivery: {
    readonly verification: Verification;
    /** RFC 3339, UTC, milliseconds */
    readonly occurredAt: string;
    readonly deliveryKey: string | null;
    /** HISTORY: it was not delivered but read from the history of deliveries. Default WEBHOOK. */
    readonly source?: 'WEBHOOK' | 'HISTORY';
  }): Promise<RecordOutcome>;

  /**
   * Reads the verification and records what Dataspike says.
   * @param verificationId an id as it came: the verification's id, or its short id
   * @throws EventLogUnavailable, DataspikeError; nothing is remembered then
   */
  recordFromUpstream(
    verificationId: string,
    source: VerificationEventSource,
    deliveryKey: string | null,
  ): Promise<RecordOutcome>;

  /**
   * Records a state that somebody has just read from Dataspike. Dropped as OUTDATED when it cannot follow from what the
   * log holds. Of two final states it takes another read to tell which is the newer one.
   * @throws EventLogUnavailable, or a DataspikeError when that other read fails
   */
  recordKnown(verification: Verification, source: 'MUTATION' | 'POLL'): Promise<RecordOutcome>;
}

/** How often to begin again when another event of the same verification came in between. */
const MAX_TRIES = 3;

/**
 * @param readVerification reads from Dataspike itself, past every cache: a kept answer may be older than the delivery
 *   that asks for it. Null when there is none.
 * @param readByShortId likewise; asked when there is none by id (guide, section 8: "try by id, then by short id"). Left
 *   out: not asked.
 * @param now milliseconds since 1970; default the system's clock
 */
export function createStateRecorder({
  log,
  readVerification,
  readByShortId = async () => null,
  now = Date.now,
}: {
  log: EventLog;
  readVerification: (id: string) => Promise<Verification | null>;
  readByShortId?: (shortId: string) => Promise<Verification | null>;
  now?: () => number;
}): StateRecorder {
  function occurrenceOf(verification: Verification, latest: VerificationEvent | null): string {
    const known = verification.isFinal ? verification.completedAt : null;
    return laterOf(known ?? new Date(now()).toISOString(), latest?.occurredAt);
  }

  async function settle(outcome: RecordOutcome, deliveryKey: string | null): Promise<RecordOutcome> {
    if (deliveryKey !== null) await log.markSeen(deliveryKey);
    return outcome;
  }

  const recorder: StateRecorder = {
    async recordDelivery({ verification: delivered, occurredAt, deliveryKey, source = 'WEBHOOK' }) {
      for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
        const latest = await log.latest(delivered.id);
        const verification = fillFrom(latest, delivered);
        if (!mayFollow(latest, verification, occurredAt)) break;
        const { outcome } = await log.append({ source, occurredAt, verification, deliveryKey, basedOn: latest });
        if (outcome !== 'CONFLICT' && outcome !== 'OUTDATED') return outcome;
      }
      return recorder.recordFromUpstream(delivered.id, source, deliveryKey);
    },

    async recordFromUpstream(verificationId, source, deliveryKey) {
      let id = verificationId;
      for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
        const latest = await log.latest(id);
        const verification = (await nullWhenNoId(readVerification(id))) ?? (await nullWhenNoId(readByShortId(id)));
        if (!verification) return settle('NOT_FOUND', deliveryKey);
        if (verification.id !== id) {
          // Known by another name. What was noted above is not about it, so begin again with the name it has itself.
          id = verification.id;
          continue;
        }
        const occurredAt = occurrenceOf(verification, latest);
        const { outcome } = await log.append({ source, occurredAt, verification, deliveryKey, basedOn: latest });
        if (outcome === 'OUTDATED') return settle(outcome, deliveryKey);
        if (outcome !== 'CONFLICT') return outcome;
      }
      return 'CONFLICT';
    },

    async recordKnown(verification, source) {
      for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
        const latest = await log.latest(verification.id);
        if (latest && !mayReplaceWhenRead(latest.verification, verification)) return 'OUTDATED';
        if (latest?.verification.isFinal && stateKey(latest.verification) !== stateKey(verification)) {
          return recorder.recordFromUpstream(verification.id, source, null);
        }
        const occurredAt = occurrenceOf(verification, latest);
        const { outcome } = await log.append({ source, occurredAt, verification, deliveryKey: null, basedOn: latest });
        if (outcome !== 'CONFLICT') return outcome;
      }
      return 'CONFLICT';
    },
  };
  return recorder;
}

/**
 * The ids of test events need not be of the form that Dataspike's own have, and what it answers to those is not
 * established. A 400 or 422 to a read by id says the same as a 404; taken for an outage, it would bring the delivery back
 * for ever.
 */
export async function nullWhenNoId<T>(reading: Promise<T | null>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    const { code, status }: Partial<UpstreamRefused> = error instanceof Error ? error : {};
    if (code === 'BAD_USER_INPUT' && (status === 400 || status === 422)) return null;
    throw error;
  }
}

/** Both RFC 3339. */
function laterOf(time: string, other: string | undefined): string {
  return other !== undefined && Date.parse(other) > Date.parse(time) ? other : time;
}
