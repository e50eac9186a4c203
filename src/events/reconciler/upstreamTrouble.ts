import type { Logger } from 'pino';
import { DataspikeError, UpstreamRateLimited } from '../../dataspike/errors';
import type { RequestBudget } from './requestBudget';

const LOG_EVERY_MS = 60_000;
const RATE_LIMITED_MS = 5_000;
/** A longer `Retry-After` is tried again after this long: it may have been a mistake. */
const LONGEST_PAUSE_MS = 10 * 60_000;
const LOG_UNAVAILABLE_MS = 1_000;

/**
 * What the work in the background does about an error, beside trying again later. When Dataspike asks to wait
 * (`UpstreamRateLimited`), everything under the budget waits: for as long as it says, 5 s when it does not say. Anything
 * that is not Dataspike's, such as `EventLogUnavailable`, pauses it for 1 s. Logged at most once a minute, by class alone:
 * a message may hold anything.
 * @param work its name in the log
 * @param now milliseconds since 1970
 */
export function createTroubleHandler({
  work,
  budget,
  logger,
  now,
}: {
  work: string;
  budget: Pick<RequestBudget, 'pauseFor'>;
  logger: Pick<Logger, 'warn'>;
  now: () => number;
}): (error: unknown) => void {
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let notLogged = 0;

  return (error) => {
    if (error instanceof UpstreamRateLimited) {
      budget.pauseFor(Math.min(error.retryAfterMs ?? RATE_LIMITED_MS, LONGEST_PAUSE_MS));
    } else if (!(error instanceof DataspikeError)) {
      budget.pauseFor(LOG_UNAVAILABLE_MS);
    }
    if (now() < quietUntilMs) {
      notLogged += 1;
      return;
    }
    const name = error instanceof Error ? error.constructor.name : typeof error;
    logger.warn({ work, error: name, notLogged }, 'will try again');
    quietUntilMs = now() + LOG_EVERY_MS;
    notLogged = 0;
  };
}
