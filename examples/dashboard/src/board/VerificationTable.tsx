import { useMemo } from 'react';
import { useRecentUpdates } from '../live/LiveContext';
import { toDocumentWords } from '../words/statusWords';
import { formatMoment } from '../words/times';
import { StatusBadge } from './StatusBadge';
import type { LoadedPage } from './useBoardPage';
import type { VerificationRow } from './verificationRow';

export function VerificationTable({
  page: { rows, isLoading, problem, reload },
  selectedId,
  onOpen,
}: {
  page: LoadedPage;
  selectedId: string | null;
  onOpen: (id: string, from: HTMLElement) => void;
}) {
  const changes = useChangeCounts();
  return (
    <>
      {problem !== null && (
        <p className="problem" role="alert">
          The list could not be loaded: {problem}{' '}
          <button type="button" onClick={() => reload()}>
            Try again
          </button>
        </p>
      )}
      <div className="table-frame">
        <table aria-busy={isLoading}>
          <caption className="hidden">Verifications, newest first; the list changes by itself</caption>
          <thead>
            <tr>
              <th scope="col">Verification</th>
              <th scope="col">Status</th>
              <th scope="col">Document</th>
              <th scope="col">Country</th>
              <th scope="col">Created</th>
              <th scope="col">Completed</th>
            </tr>
          </thead>
          <tbody>
            {rows?.map((row) => (
              <Row
                key={row.id}
                row={row}
                changes={changes.get(row.id) ?? 0}
                isSelected={row.id === selectedId}
                onOpen={onOpen}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rows === null && isLoading && <p className="empty">Loading…</p>}
      {rows?.length === 0 && !isLoading && <p className="empty">Nothing matches these filters.</p>}
    </>
  );
}

function Row({
  row,
  changes,
  isSelected,
  onOpen,
}: {
  row: VerificationRow;
  changes: number;
  isSelected: boolean;
  onOpen: (id: string, from: HTMLElement) => void;
}) {
  const { id, shortId, status, documentType, country, createdAt, completedAt } = row;
  // Two names for one animation: a second change starts it again.
  const flash = changes === 0 ? undefined : `flash-${changes % 2}`;
  return (
    <tr className={flash} aria-current={isSelected || undefined} data-id={id}>
      <th scope="row">
        <button
          type="button"
          className="open"
          aria-expanded={isSelected}
          onClick={({ currentTarget }) => onOpen(id, currentTarget)}
        >
          {shortId ?? id}
        </button>
      </th>
      <td>
        <StatusBadge status={status} />
      </td>
      <td>{documentType ? toDocumentWords(documentType) : '–'}</td>
      <td>{country ?? '–'}</td>
      <td>{formatMoment(createdAt)}</td>
      <td>{formatMoment(completedAt)}</td>
    </tr>
  );
}

/** Updates of each verification in this tab. */
function useChangeCounts(): ReadonlyMap<string, number> {
  const recent = useRecentUpdates();
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const { verification } of recent) counts.set(verification.id, (counts.get(verification.id) ?? 0) + 1);
    return counts;
  }, [recent]);
}
