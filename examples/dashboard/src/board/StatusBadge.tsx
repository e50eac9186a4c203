import type { VerificationStatus } from '../generated/graphql';
import { STATUS_WORDS } from '../words/statusWords';

/** The word carries the meaning; the colour only helps. */
export function StatusBadge({ status }: { status: VerificationStatus }) {
  return <span className={`badge ${status.toLowerCase()}`}>{STATUS_WORDS[status]}</span>;
}
