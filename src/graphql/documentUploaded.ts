import type { UploadRecipient } from '../access/fileTickets';
import type { DataspikeClient } from '../dataspike/client';
import { DataspikeError } from '../dataspike/errors';
import type { EntityCache } from '../entities/entityCache';
import { EventLogUnavailable } from '../events/eventLog';
import type { StateRecorder } from '../events/recordState';

/** An applicant seldom has more than one verification that still takes documents. */
const LOOKED_AT = 20;

/**
 * What a stored file changes: the verifications that wait for it. They are read again and recorded, so that the next
 * query has the new state and those who watch hear of it. When that cannot be done now, they hear of it from Dataspike.
 */
export function createUploadFollower({
  client,
  cache,
  recorder,
}: {
  client: Pick<DataspikeClient, 'listVerificationsForApplicant'>;
  cache: EntityCache;
  recorder: StateRecorder;
}) {
  async function recordWaiting(applicantId: string): Promise<void> {
    const page = await client.listVerificationsForApplicant(applicantId, { page: 0, limit: LOOKED_AT });
    // A file makes INITIAL to PENDING, and changes what a PENDING one still waits for; it concerns no other.
    const waiting = page?.items.filter(({ status }) => status === 'PENDING') ?? [];
    await Promise.all(waiting.map((verification) => recorder.recordKnown(verification, 'MUTATION')));
  }

  return async (recipient: UploadRecipient): Promise<void> => {
    try {
      if (recipient.kind === 'applicant') {
        cache.forget('applicant', recipient.applicantId);
        await recordWaiting(recipient.applicantId);
      } else {
        cache.forget('verification', recipient.verificationId);
        await recorder.recordFromUpstream(recipient.verificationId, 'MUTATION', null);
      }
    } catch (error) {
      if (!(error instanceof DataspikeError || error instanceof EventLogUnavailable)) throw error;
    }
  };
}
