import type { Page } from '../../../../src/dataspike/page';
import type { Verification } from '../../../../src/dataspike/verification';
import { createLocalLeases, type Leases } from '../../../../src/events/leases';
import { createMemoryEventLog } from '../../../../src/events/memoryEventLog';
import { createReconciler } from '../../../../src/events/reconciler/reconciler';
import type { ReconcilerReads } from '../../../../src/events/reconciler/reconcilerLook';
import { createRequestBudget, withinBudget } from '../../../../src/events/reconciler/requestBudget';
import { createStateRecorder } from '../../../../src/events/recordState';
import type { VerificationEvent } from '../../../../src/events/verificationEvent';
import { createWatchers } from '../../../../src/events/watchers';

/** One request that Dataspike got. */
export interface Asked {
  readonly what: string;
  /** Milliseconds since the set-up. */
  readonly atMs: number;
}

/**
 * A reconciler in front of a Dataspike that holds `upstream`, newest last. For faked timers: the clock is the system's.
 * @param random what the jitter is made of; default 0.5, which is none
 * @param fail throws what Dataspike answers instead
 * @param reads instead of those that answer from `upstream`; they are not in `asked`
 */
export function setUpReconciler({
  perSecond = 1000,
  random = () => 0.5,
  leases = createLocalLeases(),
  fail = () => {},
  reads = {},
}: {
  perSecond?: number;
  random?: () => number;
  leases?: Leases;
  fail?: (what: string) => void;
  reads?: Partial<ReconcilerReads>;
} = {}) {
  const startedAtMs = Date.now();
  const upstream = new Map<string, Verification>();
  const asked: Asked[] = [];
  const events: VerificationEvent[] = [];
  const logged: Record<string, unknown>[] = [];
  const log = createMemoryEventLog({ retention: 100_000 });
  const watchers = createWatchers();
  log.follow((event) => events.push(event));
  log.follow(watchers.publish);

  async function ask<T>(what: string, answer: () => T): Promise<T> {
    asked.push({ what, atMs: Date.now() - startedAtMs });
    fail(what);
    // Not at once, as over a wire.
    await Promise.resolve();
    return answer();
  }
  function pageOf(all: Verification[], page: number, limit: number): Page<Verification> {
    const newestFirst = all.reverse();
    return {
      items: newestFirst.slice(page * limit, (page + 1) * limit),
      hasNext: newestFirst.length > (page + 1) * limit,
    };
  }
  const readVerification = (id: string) => ask(`read ${id}`, () => upstream.get(id) ?? null);
  const budget = createRequestBudget({ perSecond });
  const recorder = createStateRecorder({ log, readVerification: withinBudget(budget, readVerification) });
  const reconciler = createReconciler({
    watchers,
    log,
    recorder,
    leases,
    budget,
    logger: { warn: (about: Record<string, unknown>) => void logged.push(about) } as never,
    random,
    readVerification,
    listVerifications: ({ page, limit, filter }) =>
      ask(`list everything ${page}`, () =>
        pageOf(
          [...upstream.values()].filter(({ status }) => filter.statuses?.includes(status)),
          page,
          limit,
        ),
      ),
    listVerificationsForApplicant: (applicantId, { page, limit }) =>
      ask(`list ${applicantId} ${page}`, () => {
        const all = [...upstream.values()].filter((verification) => verification.applicantId === applicantId);
        return all.length > 0 ? pageOf(all, page, limit) : null;
      }),
    ...reads,
  });

  return {
    upstream,
    asked,
    events,
    logged,
    log,
    watchers,
    recorder,
    budget,
    reconciler,
    /** Puts verifications into Dataspike; nobody is told. */
    put(...verifications: Verification[]) {
      for (const verification of verifications) upstream.set(verification.id, verification);
    },
    /** What was asked since the last call, without the times. */
    takeAsked: () => asked.splice(0).map(({ what }) => what),
    async stop() {
      const stopped = reconciler.stop();
      budget.close();
      await stopped;
    },
  };
}
