import type { Verification } from '../../dataspike/verification';
import { stateKey } from '../appendRule';
import type { WatchTarget } from '../watchFilter';
import { createDueQueue } from './dueQueue';
import { createSubject, nameOf, type Pace, type Subject, setPace, waitMsOf } from './reconcilerSubject';

/** What is looked after, and when it is due. Asks nobody and sets no timer. */
export interface Schedule {
  /** Somebody watches it from now on. */
  addWatched(target: WatchTarget): void;
  /** Nobody watches it any more. @returns what need not be looked after now */
  removeWatched(target: WatchTarget): Subject[];
  /** A verification that is no longer among the open ones is due at once. */
  addStray(verificationId: string): void;
  /** Takes out what is due first, as busy; null when nothing is due. */
  takeDue(): Subject | null;
  /** Puts back what was taken out, unless it was dropped meanwhile. */
  putBack(subject: Subject, pace: Pace): void;
  drop(subject: Subject): void;
  has(subject: Subject): boolean;
  /** Milliseconds since 1970; null when there is nothing that will become due. */
  nextDueAtMs(): number | null;
  /** Whether a list that this process keeps reading shows the verification, so that it need not be read by itself. */
  isListed(subject: Subject): boolean;
  /** The log has held this state of the verification since before it was looked after. */
  noteKnown(subject: Subject, verification: Verification): void;
  /** The log has a new state. @returns what need not be looked after now, because the state is final */
  noteEvent(verification: Verification): Subject[];
  /** The log may have lost states: everything that is seen next counts as news. */
  forgetStates(): void;
  subjects(): Iterable<Subject>;
}

/** Who leaves at once costs no request. Lists come early: what ends before the first of them cannot be missed by it. */
const FIRST_LIST_AFTER_MS = 250;
/** A list that was not read to its end for so long is not relied on. */
const LIST_VALID_MS = 60_000;

/**
 * @param now milliseconds since 1970
 * @param random 0 to 1
 */
export function createSchedule({ now, random }: { now: () => number; random: () => number }): Schedule {
  const byName = new Map<string, Subject>();
  const queue = createDueQueue<Subject>();
  const everything = () => byName.get(nameOf({ kind: 'EVERYTHING', id: null }));

  function find(target: WatchTarget): Subject {
    const known = byName.get(nameOf(target));
    if (known) return known;
    const subject = createSubject(target, now());
    byName.set(subject.name, subject);
    queue.set(subject, now() + (target.kind === 'VERIFICATION' ? waitMsOf(subject, random) : FIRST_LIST_AFTER_MS));
    return subject;
  }

  function drop(subject: Subject) {
    if (has(subject)) byName.delete(subject.name);
    queue.remove(subject);
  }

  function has(subject: Subject): boolean {
    return byName.get(subject.name) === subject;
  }

  function noteEventOf(subject: Subject, verification: Verification) {
    const { id, isFinal } = verification;
    const { kind } = subject.target;
    if (subject.isBusy) subject.changedIds.add(id);
    if (isFinal && kind !== 'APPLICANT') subject.seen.delete(id);
    else subject.seen.set(id, kind === 'VERIFICATION' ? verification : stateKey(verification));
    setPace(subject, 'SOON');
    if (subject.isBusy) return;
    const dueAtMs = now() + waitMsOf(subject, random);
    // The event said everything about one verification, but nothing about the others of a list, which must not be put
    // off by it.
    const isList = kind !== 'VERIFICATION';
    queue.set(subject, isList ? Math.min(dueAtMs, queue.dueAtMs(subject) ?? dueAtMs) : dueAtMs);
  }

  function lists(subject: Subject | undefined, verificationId: string): boolean {
    if (!subject?.holdsLease || subject.listedAtMs === null || !subject.seen.has(verificationId)) return false;
    return now() - subject.listedAtMs <= LIST_VALID_MS;
  }

  return {
    addWatched(target) {
      find(target).isWatched = true;
    },

    removeWatched(target) {
      const subject = byName.get(nameOf(target));
      const dropped: Subject[] = [];
      if (subject) {
        subject.isWatched = false;
        if (!subject.isStray) dropped.push(subject);
      }
      if (target.kind === 'EVERYTHING') {
        for (const stray of byName.values()) {
          if (stray.isStray && !stray.isWatched) dropped.push(stray);
          stray.isStray = false;
        }
      }
      for (const each of dropped) drop(each);
      return dropped;
    },

    addStray(verificationId) {
      const subject = find({ kind: 'VERIFICATION', id: verificationId });
      subject.isStray = true;
      if (!subject.isBusy) queue.set(subject, now());
    },

    takeDue() {
      const subject = queue.takeDue(now());
      if (subject) {
        subject.isBusy = true;
        subject.changedIds.clear();
      }
      return subject;
    },

    putBack(subject, pace) {
      subject.isBusy = false;
      if (!has(subject)) return;
      setPace(subject, subject.changedIds.size > 0 ? 'SOON' : pace);
      queue.set(subject, now() + waitMsOf(subject, random));
    },

    drop,
    has,
    nextDueAtMs: queue.nextDueAtMs,

    isListed({ target, applicantId }) {
      if (target.kind !== 'VERIFICATION') return false;
      if (lists(everything(), target.id)) return true;
      return applicantId !== null && lists(byName.get(nameOf({ kind: 'APPLICANT', id: applicantId })), target.id);
    },

    noteKnown(subject, verification) {
      subject.applicantId = verification.applicantId;
      subject.seen.set(verification.id, stateKey(verification));
    },

    noteEvent(verification) {
      const { id, applicantId, isFinal } = verification;
      const list = everything();
      if (list) noteEventOf(list, verification);
      const applicant = applicantId === null ? null : byName.get(nameOf({ kind: 'APPLICANT', id: applicantId }));
      if (applicant) noteEventOf(applicant, verification);
      const subject = byName.get(nameOf({ kind: 'VERIFICATION', id }));
      if (!subject) return [];
      subject.applicantId = applicantId;
      noteEventOf(subject, verification);
      if (!isFinal) return [];
      drop(subject);
      return [subject];
    },

    forgetStates() {
      for (const subject of byName.values()) {
        const { target, seen } = subject;
        if (target.kind === 'APPLICANT') {
          // Begins anew: what ended long ago was no news the first time, and is none now.
          seen.clear();
          subject.listedAtMs = null;
        } else {
          for (const id of seen.keys()) seen.set(id, '');
        }
      }
    },

    subjects: () => byName.values(),
  };
}
