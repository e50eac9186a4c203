import { createHash } from 'node:crypto';
import type { Verification } from '../dataspike/verification';
import type { Basis, EventCandidate } from './eventLog';

/** What a log must keep of the newest event of a verification in order to decide about the next one. */
export interface LatestState extends Basis {
  readonly verification: Verification;
}

/**
 * - APPENDED: it may follow.
 * - UNCHANGED: it says what the newest event says.
 * - OUTDATED: the newest event is final and this one does not outrank it.
 * - CONFLICT: the newest event is not the one that the candidate was weighed against, or was said again since.
 */
export type AppendDecision = 'APPENDED' | 'UNCHANGED' | 'OUTDATED' | 'CONFLICT';

/**
 * Whether a candidate may follow the newest event of its verification. A script inside Redis decides the same way, by texts
 * and flags.
 *
 * A final state gives way to another final state only when the candidate says what it is based on: Dataspike lets
 * `expired` and `canceled` replace each other (guide, section 3) and its people correct results, but a delivery alone
 * may be late. So may a read be: when the final state was said again after it began, nobody knows which came first.
 * @param latest null when the log knows no event of the verification
 */
export function decideAppend(latest: LatestState | null, candidate: EventCandidate): AppendDecision {
  const { verification, basedOn } = candidate;
  const isFinal = latest?.verification.isFinal;
  if (latest && isSameState(latest.verification, verification)) return 'UNCHANGED';
  if (isFinal && !verification.isFinal) return 'OUTDATED';
  if (basedOn !== undefined && !isSameBasis(basedOn, latest)) return 'CONFLICT';
  if (isFinal && basedOn === undefined) return 'OUTDATED';
  return 'APPENDED';
}

/** Whether there is nothing new to tell. Most of what comes has another status, and need not be digested. */
export function isSameState(one: Verification, other: Verification): boolean {
  return one.status === other.status && stateKey(one) === stateKey(other);
}

function isSameBasis(one: Basis | null, other: Basis | null): boolean {
  return one?.cursor === other?.cursor && one?.confirmations === other?.confirmations;
}

/**
 * A digest of everything about a verification that can move: equal keys, nothing new to tell. The order of documents,
 * of duplicates and of the keys inside a check's data does not matter, since a delivery and a read may differ in it.
 * Each verification is digested once: the rule, the log and the reconciler all ask.
 * @param verification not to be changed afterwards
 * @returns SHA-1 in base64, 28 characters; it compares, it protects nothing
 */
export function stateKey(verification: Verification): string {
  const known = stateKeys.get(verification);
  if (known !== undefined) return known;
  const key = createHash('sha1')
    .update(JSON.stringify(withSortedKeys(movingParts(verification))))
    .digest('base64');
  stateKeys.set(verification, key);
  return key;
}

const stateKeys = new WeakMap<Verification, string>();

function movingParts(verification: Verification): readonly unknown[] {
  return [
    verification.status,
    verification.rawStatus,
    verification.checks,
    sortedBy(verification.documents, (document) => document.id),
    verification.documentType,
    verification.country,
    verification.completedAt,
    verification.expiresAt,
    sortedBy(verification.duplicateApplicantIds, (id) => id),
  ];
}

/**
 * A copy to be written: a replacer, called back for every value, would take twice as long. What is called `__proto__`
 * is left out.
 */
function withSortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withSortedKeys);
  const object = value as Readonly<Record<string, unknown>>;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(object).sort()) sorted[key] = withSortedKeys(object[key]);
  return sorted;
}

function sortedBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  if (items.length < 2) return items;
  return [...items].sort((a, b) => compareTexts(keyOf(a), keyOf(b)));
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
