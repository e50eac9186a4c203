import type { VerificationUpdateSource } from '../generated/graphql';
import type { Update } from '../live/updates';
import { STATUS_WORDS, toWords } from '../words/statusWords';
import type { VerificationDetail } from './DetailPanel';

export interface TimelineEntry {
  readonly key: string;
  /** RFC 3339. */
  readonly at: string;
  readonly text: string;
  /** How it came to be known, or with what the applicant did it. */
  readonly detail: string | null;
}

const SOURCE_WORDS: Readonly<Record<VerificationUpdateSource, string>> = {
  WEBHOOK: 'Dataspike told it',
  MUTATION: 'through this gateway',
  POLL: 'the gateway asked',
  HISTORY: 'found in the history of deliveries',
  SNAPSHOT: 'as it stands',
};

/** Dataspike's words for what an applicant does. */
const ACTIVITY_WORDS: Readonly<Record<string, string>> = {
  open: 'Applicant opened the page',
  upload_file: 'Applicant uploaded a file',
  submit: 'Applicant submitted',
  set_country: 'Applicant chose a country',
};

/** What is known of a verification's way, newest first: its own times, what the applicant did, the updates of this tab. */
export function timelineEntries(verification: VerificationDetail, updates: readonly Update[]): TimelineEntry[] {
  const { id, createdAt, completedAt, activity } = verification;
  const entries: TimelineEntry[] = updates
    .filter((update) => update.verification.id === id && !isCreation(update))
    .map((update) => ({
      key: update.cursor,
      at: update.occurredAt,
      text: describe(update),
      detail: SOURCE_WORDS[update.source],
    }));
  if (createdAt) entries.push({ key: 'created', at: createdAt, text: 'Created', detail: null });
  if (completedAt) entries.push({ key: 'completed', at: completedAt, text: 'Checks ended', detail: null });
  for (const [index, { event, occurredAt, browser, deviceType }] of activity.nodes.entries()) {
    if (!occurredAt) continue;
    const text = ACTIVITY_WORDS[event] ?? `Applicant: ${toWords(event).toLowerCase()}`;
    const detail = [browser, deviceType].filter(Boolean).join(', ') || null;
    entries.push({ key: `activity-${index}`, at: occurredAt, text, detail });
  }
  return entries.sort((left, right) => Date.parse(right.at) - Date.parse(left.at));
}

/** Its time of creation says that already. */
function isCreation({ previousStatus, verification }: Update): boolean {
  return previousStatus === null && verification.status === 'INITIAL';
}

function describe({ kind, previousStatus, verification: { status } }: Update): string {
  if (kind !== 'CHANGE' || !previousStatus) return `Now ${STATUS_WORDS[status].toLowerCase()}`;
  // Something else changed than the status, for example a check.
  if (previousStatus === status) return `Still ${STATUS_WORDS[status].toLowerCase()}`;
  return `${STATUS_WORDS[previousStatus]} → ${STATUS_WORDS[status]}`;
}
