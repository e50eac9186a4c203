import type { Logger } from 'pino';
import { type EventLog, EventLogUnavailable } from '../eventLog';
import type { Leases } from '../leases';
import type { StateRecorder } from '../recordState';
import type { Watchers } from '../watchers';
import { createAlarm } from './alarm';
import { createLook, type LookResult, type ReconcilerReads } from './reconcilerLook';
import { createSchedule } from './reconcilerSchedule';
import { leaseMsOf, type Pace, type Subject } from './reconcilerSubject';
import type { RequestBudget } from './requestBudget';
import { createTroubleHandler } from './upstreamTrouble';

/** Finds what no webhook told: polls what is watched and not final. Nobody watching: no request and no timer. */
export interface Reconciler {
  start(): void;
  /** Ends what is under way, and gives its leases back. */
  stop(): Promise<void>;
}

/** Looks under way at once, so that a slow Dataspike is not asked by ever more of them. */
const MAX_LOOKS = 4;

const PACES: Readonly<Record<Exclude<LookResult['found'], 'FINAL'>, Pace>> = {
  CHANGED: 'SOON',
  SAME: 'LATER',
  MISSING: 'LATEST',
};

/**
 * Each thing watched is looked at 2 s after it began to be watched or last changed, then ever less often, every 30 s at
 * least; with more of them than the budget allows, less often, what is due first coming first. One process looks at
 * each, and what it records reaches the others through the log.
 * @param recorder takes what was found, with source POLL; where it reads a verification again, it should wait for the
 *   budget
 * @param readVerification and the two lists: `ReconcilerReads`; each call must be one request, so without retries
 * @param budget waited for before each request
 * @param now milliseconds since 1970; default the system's clock
 * @param random 0 to 1; default Math.random
 */
export function createReconciler({
  watchers,
  log,
  recorder,
  leases,
  budget,
  logger,
  now = Date.now,
  random = Math.random,
  ...reads
}: ReconcilerReads & {
  watchers: Pick<Watchers, 'watched' | 'observe'>;
  log: Pick<EventLog, 'latest' | 'follow'>;
  recorder: Pick<StateRecorder, 'recordKnown' | 'recordFromUpstream'>;
  leases: Leases;
  budget: Pick<RequestBudget, 'take' | 'pauseFor'>;
  logger: Pick<Logger, 'warn'>;
  now?: () => number;
  random?: () => number;
}): Reconciler {
  const schedule = createSchedule({ now, random });
  const look = createLook({ recorder, log, now, ...reads });
  const onTrouble = createTroubleHandler({ work: 'polling', budget, logger, now });
  const alarm = createAlarm();
  const looks = new Set<Promise<void>>();
  const stopping = new AbortController();
  const { signal } = stopping;
  let detach = () => {};
  let running = Promise.resolve();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const subject = looks.size < MAX_LOOKS ? schedule.takeDue() : null;
      if (subject) await begin(subject);
      else await alarm.sleep(msUntilDue());
    }
  }

  /** Null when nothing will become due by itself. */
  function msUntilDue(): number | null {
    const dueAtMs = schedule.nextDueAtMs();
    return dueAtMs === null || looks.size >= MAX_LOOKS ? null : Math.max(0, dueAtMs - now());
  }

  /** Never rejects. Returns once the request may be sent, not when it is answered. */
  async function begin(subject: Subject): Promise<void> {
    try {
      if (!(await isWorthAsking(subject))) return putBack(subject, 'LATER');
      await budget.take(signal);
    } catch (error) {
      return giveUp(subject, error);
    }
    // In the meantime an event may have told everything, or the last watcher may have left.
    const isMoot = !schedule.has(subject) || (subject.target.kind === 'VERIFICATION' && subject.changedIds.size > 0);
    if (isMoot) return putBack(subject, 'SOON');
    const underWay = finish(subject).finally(() => {
      looks.delete(underWay);
      alarm.ring();
    });
    looks.add(underWay);
  }

  async function finish(subject: Subject): Promise<void> {
    try {
      subject.changedIds.clear();
      const { found, vanishedIds } = await look(subject, signal, () => mayGoOn(subject));
      if (!schedule.has(subject)) return putBack(subject, 'LATER');
      for (const id of vanishedIds) schedule.addStray(id);
      const isOver = found === 'FINAL' || (found === 'MISSING' && !subject.isWatched);
      if (isOver) drop(subject);
      else putBack(subject, PACES[found]);
    } catch (error) {
      giveUp(subject, error);
    }
  }

  /** What can be known without a request: somebody still needs it, it is not final, and no other process does it. */
  async function isWorthAsking(subject: Subject): Promise<boolean> {
    const { target } = subject;
    if (schedule.isListed(subject)) {
      if (!subject.isWatched) drop(subject);
      return false;
    }
    if (subject.isNew && target.kind === 'VERIFICATION') {
      const latest = await log.latest(target.id);
      if (latest) schedule.noteKnown(subject, latest.verification);
      if (latest?.verification.isFinal) {
        drop(subject);
        return false;
      }
    }
    subject.isNew = false;
    return hold(subject);
  }

  async function mayGoOn(subject: Subject): Promise<boolean> {
    await budget.take(signal);
    return schedule.has(subject) && (await hold(subject));
  }

  async function hold(subject: Subject): Promise<boolean> {
    subject.holdsLease = await leases.acquire(subject.name, leaseMsOf(subject));
    return subject.holdsLease;
  }

  function putBack(subject: Subject, pace: Pace): void {
    if (!schedule.has(subject)) letGo(subject);
    schedule.putBack(subject, pace);
    alarm.ring();
  }

  function giveUp(subject: Subject, error: unknown): void {
    if (!signal.aborted) onTrouble(error);
    // What was to be recorded is still to be, as soon as the log is back.
    putBack(subject, error instanceof EventLogUnavailable ? 'SOON' : 'LATER');
  }

  function drop(subject: Subject): void {
    schedule.drop(subject);
    letGo(subject);
  }

  /** So that another process can go on at once. While it is busy it may still take the lease: then later. */
  function letGo(subject: Subject): Promise<void> {
    if (!subject.holdsLease) return Promise.resolve();
    subject.holdsLease = false;
    // Where it cannot be given back it runs out by itself.
    return leases.release(subject.name).catch(() => undefined);
  }

  return {
    start() {
      const stopFollowing = log.follow(({ verification }) => {
        for (const subject of schedule.noteEvent(verification)) letGo(subject);
        alarm.ring();
      }, schedule.forgetStates);
      const stopObserving = watchers.observe({
        onWatched(target) {
          schedule.addWatched(target);
          alarm.ring();
        },
        onUnwatched(target) {
          for (const subject of schedule.removeWatched(target)) if (!subject.isBusy) letGo(subject);
          alarm.ring();
        },
      });
      detach = () => {
        stopFollowing();
        stopObserving();
      };
      const { verificationIds, applicantIds, unfiltered } = watchers.watched();
      for (const id of verificationIds) schedule.addWatched({ kind: 'VERIFICATION', id });
      for (const id of applicantIds) schedule.addWatched({ kind: 'APPLICANT', id });
      if (unfiltered > 0) schedule.addWatched({ kind: 'EVERYTHING', id: null });
      running = run();
    },

    async stop() {
      detach();
      stopping.abort();
      alarm.ring();
      await running;
      await Promise.all(looks);
      await Promise.all([...schedule.subjects()].map(letGo));
    },
  };
}
