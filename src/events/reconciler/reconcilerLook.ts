import type { Page } from '../../dataspike/page';
import type { Verification, VerificationFilter } from '../../dataspike/verification';
import { stateKey } from '../appendRule';
import type { EventLog } from '../eventLog';
import { nullWhenNoId, type RecordOutcome, type StateRecorder } from '../recordState';
import { keyOf, type Subject } from './reconcilerSubject';

/** How the reconciler asks Dataspike; each call is one request, past every cache. */
export interface ReconcilerReads {
  /** Null when there is none. */
  readVerification(id: string, signal: AbortSignal): Promise<Verification | null>;
  listVerifications(
    request: { readonly page: number; readonly limit: number; readonly filter: VerificationFilter },
    signal: AbortSignal,
  ): Promise<Page<Verification>>;
  /** Null when there is no such applicant. */
  listVerificationsForApplicant(
    applicantId: string,
    request: { readonly page: number; readonly limit: number },
    signal: AbortSignal,
  ): Promise<Page<Verification> | null>;
}

export interface LookResult {
  /**
   * - CHANGED: something that the log did not know, or could not take yet
   * - SAME: nothing new
   * - FINAL: the verification is final, and the log knows
   * - MISSING: Dataspike has no such thing
   */
  readonly found: 'CHANGED' | 'SAME' | 'FINAL' | 'MISSING';
  /** Were among the open ones and are no longer, so they probably ended. Of everything only. */
  readonly vanishedIds: readonly string[];
}

/** Of a list; the maximum is not established, 100 is safe (guide, section 5). */
const PAGE_SIZE = 100;
const OPEN = ['INITIAL', 'PENDING', 'IN_PROGRESS'] as const;
/** How far Dataspike's clock may be behind ours. */
const CLOCK_SLACK_MS = 60_000;

/**
 * One look at a subject: reads it, and records what the log does not know yet.
 * - A verification: 1 request.
 * - An applicant: its list, 1 request per 100. Following the open ones by their ids would cost as many requests as there
 *   are, and miss new ones.
 * - Everything: the list of the open ones, 1 request per 100. Those that are gone from it are left to the caller.
 * @param now milliseconds since 1970
 * @returns a function that looks; `mayGoOn` is asked before each request after the first, and ends the look with false.
 *   It rejects with a DataspikeError, `EventLogUnavailable`, or the signal's reason
 */
export function createLook({
  recorder,
  log,
  now,
  readVerification,
  listVerifications,
  listVerificationsForApplicant,
}: ReconcilerReads & {
  recorder: Pick<StateRecorder, 'recordKnown' | 'recordFromUpstream'>;
  log: Pick<EventLog, 'latest'>;
  now: () => number;
}): (subject: Subject, signal: AbortSignal, mayGoOn: () => Promise<boolean>) => Promise<LookResult> {
  /** @returns whether the log learned from it, or could not take it yet */
  async function record(subject: Subject, verification: Verification): Promise<boolean> {
    const { id } = verification;
    if (subject.changedIds.has(id)) return false;
    const key = stateKey(verification);
    if (keyOf(subject.seen.get(id)) === key) return false;
    const isKept = !verification.isFinal || subject.target.kind === 'APPLICANT';
    if (verification.isFinal && !(await isNews(subject, verification))) {
      if (isKept) subject.seen.set(id, key);
      return false;
    }
    const known = await recorder.recordKnown(verification, 'POLL');
    const outcome = known === 'OUTDATED' ? await settleDoubt(verification) : known;
    if (outcome === 'CONFLICT') return true;
    if (outcome === 'OUTDATED') return false;
    // An event that came meanwhile, this one's own included, has said what is seen now.
    if (!subject.changedIds.has(id)) {
      if (isKept) subject.seen.set(id, key);
      else subject.seen.delete(id);
    }
    return outcome === 'APPENDED';
  }

  /**
   * What was read cannot follow from what the log holds. Either the answer is late, or the log is wrong: ask again, in a
   * way that the log can weigh, since what Dataspike says counts.
   */
  async function settleDoubt({ id, isFinal }: Verification): Promise<RecordOutcome> {
    if (!isFinal && (await isFinalInLog(id))) return 'OUTDATED';
    return recorder.recordFromUpstream(id, 'POLL', null);
  }

  /** Whether somebody may have missed that it ended; the rest of an applicant's past is nothing to tell. */
  async function isNews({ target, seen, listedAtMs, sinceMs }: Subject, verification: Verification): Promise<boolean> {
    if (target.kind === 'VERIFICATION' || listedAtMs !== null || seen.has(verification.id)) return true;
    if (await log.latest(verification.id)) return true;
    const { completedAt, expiresAt, createdAt } = verification;
    // A canceled one does not say when; it can have been any time until it would have expired.
    const endedAt = completedAt ?? expiresAt ?? createdAt;
    return endedAt !== null && Date.parse(endedAt) >= sinceMs - CLOCK_SLACK_MS;
  }

  async function lookAtVerification(subject: Subject, id: string, signal: AbortSignal): Promise<LookResult> {
    const verification = await nullWhenNoId(readVerification(id, signal));
    if (!verification) return { found: 'MISSING', vanishedIds: [] };
    subject.applicantId = verification.applicantId;
    const hasChanged = await record(subject, verification);
    const isOver = verification.isFinal && (await isFinalInLog(verification.id));
    const unlessOver = hasChanged ? 'CHANGED' : 'SAME';
    return { found: isOver ? 'FINAL' : unlessOver, vanishedIds: [] };
  }

  async function isFinalInLog(id: string): Promise<boolean> {
    return (await log.latest(id))?.verification.isFinal === true;
  }

  async function lookAtList(
    subject: Subject,
    readPage: (page: number) => Promise<Page<Verification> | null>,
    mayGoOn: () => Promise<boolean>,
  ): Promise<LookResult> {
    const listedIds = new Set<string>();
    let hasChanged = false;
    const found = () => (hasChanged ? 'CHANGED' : 'SAME');
    for (let page = 0; ; page += 1) {
      if (page > 0 && !(await mayGoOn())) return { found: found(), vanishedIds: [] };
      const answer = await readPage(page);
      if (!answer) return { found: 'MISSING', vanishedIds: [] };
      const before = listedIds.size;
      for (const verification of answer.items) {
        listedIds.add(verification.id);
        hasChanged = (await record(subject, verification)) || hasChanged;
      }
      // A page without anything new, too: a server that ignores `page` must not be walked for ever.
      if (!answer.hasNext || listedIds.size === before) break;
    }
    const vanishedIds = [...subject.seen.keys()].filter((id) => !listedIds.has(id) && !subject.changedIds.has(id));
    for (const id of vanishedIds) subject.seen.delete(id);
    subject.listedAtMs = now();
    return { found: found(), vanishedIds };
  }

  return async (subject, signal, mayGoOn) => {
    const { target } = subject;
    if (target.kind === 'VERIFICATION') return lookAtVerification(subject, target.id, signal);
    if (target.kind === 'APPLICANT') {
      const readPage = (page: number) =>
        nullWhenNoId(listVerificationsForApplicant(target.id, { page, limit: PAGE_SIZE }, signal));
      const { found } = await lookAtList(subject, readPage, mayGoOn);
      // An applicant's list shows the final ones, too: what vanished from it was deleted, or shifted between two pages.
      return { found, vanishedIds: [] };
    }
    const filter = { statuses: OPEN };
    const readPage = async (page: number) => {
      const { items, hasNext } = await listVerifications({ page, limit: PAGE_SIZE, filter }, signal);
      // The filter is known from client code only; a server without it would show the whole past.
      return { items: items.filter(({ id, isFinal }) => !isFinal || subject.seen.has(id)), hasNext };
    };
    return lookAtList(subject, readPage, mayGoOn);
  };
}
