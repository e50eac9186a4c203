export function Paging({
  number,
  hasNext,
  onPrevious,
  onNext,
}: {
  /** Of this page, from 1. */
  number: number;
  hasNext: boolean;
  onPrevious: () => void;
  onNext: () => void;
}) {
  return (
    <nav className="paging" aria-label="Pages">
      {/* Not `disabled`: a button that was just pressed would lose the focus. */}
      <button type="button" aria-disabled={number === 1} onClick={() => number > 1 && onPrevious()}>
        Previous
      </button>
      <span aria-live="polite">Page {number}</span>
      <button type="button" aria-disabled={!hasNext} onClick={() => hasNext && onNext()}>
        Next
      </button>
    </nav>
  );
}
