import type { Page } from '../dataspike/page';
import type { Verification } from '../dataspike/verification';
import type { WatchFilter } from '../events/watchFilter';
import { type OperationContext, startOperation } from './context';

/** Whoever reads for a subscription. */
export type Reading = Pick<OperationContext, 'services' | 'caller' | 'requestId'> & {
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
};

const PAGE_SIZE = 100;

/** Whether the filter lets this state through. */
export function matches(filter: WatchFilter, verification: Verification): boolean {
  if (filter.verificationId != null && filter.verificationId !== verification.id) return false;
  if (filter.applicantId != null && filter.applicantId !== verification.applicantId) return false;
  return filter.statuses == null || filter.statuses.includes(verification.status);
}

/**
 * Where everything that the filter lets through stands now, read from Dataspike: page by page, as fast as the reader
 * takes it, each request under a deadline of its own.
 */
export async function* currentStates(reading: Reading, filter: WatchFilter): AsyncGenerator<Verification> {
  if (filter.verificationId != null) {
    const verification = await underDeadline(reading, ({ loaders }) =>
      loaders.verification.load(filter.verificationId as string),
    );
    if (verification && matches(filter, verification)) yield verification;
    return;
  }
  for (let page = 0; ; page += 1) {
    const found = await underDeadline(reading, (fresh) => listPage(fresh, filter, page));
    for (const verification of found?.items ?? []) if (matches(filter, verification)) yield verification;
    if (!found?.hasNext) return;
  }
}

function listPage(
  { client, signal }: OperationContext,
  { applicantId, statuses }: WatchFilter,
  page: number,
): Promise<Page<Verification> | null> {
  const paging = { page, limit: PAGE_SIZE };
  return applicantId != null
    ? client.listVerificationsForApplicant(applicantId, paging, signal)
    : client.listVerifications({ ...paging, filter: { statuses } }, signal);
}

/** Gives up, too, when the subscription itself is abandoned. */
async function underDeadline<T>(
  { services, caller, requestId, signal }: Reading,
  read: (context: OperationContext) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const operation = startOperation(services, caller, requestId, { kind: 'PART' });
  signal.addEventListener('abort', operation.abandon);
  try {
    return await read(operation.context);
  } finally {
    signal.removeEventListener('abort', operation.abandon);
    operation.end();
  }
}
