import type { VerificationStatus } from '../generated/graphql';
import { STATUS_WORDS, STATUSES } from '../words/statusWords';
import { type BoardFilter, NO_FILTER } from './filter';

export function Filters({ filter, onChange }: { filter: BoardFilter; onChange: (changed: BoardFilter) => void }) {
  const toggle = (status: VerificationStatus) =>
    onChange({ ...filter, statuses: STATUSES.filter((each) => filter.statuses.includes(each) !== (each === status)) });
  const isNarrowed = filter.statuses.length > 0 || filter.createdFrom !== '' || filter.createdTo !== '';
  return (
    <form className="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <fieldset className="chips">
        <legend>Status</legend>
        {STATUSES.map((status) => (
          <label key={status} className="chip">
            <input type="checkbox" checked={filter.statuses.includes(status)} onChange={() => toggle(status)} />
            <span>{STATUS_WORDS[status]}</span>
          </label>
        ))}
      </fieldset>
      <fieldset className="days">
        <legend>Created</legend>
        <label>
          from{' '}
          <input
            type="date"
            value={filter.createdFrom}
            onChange={({ target }) => onChange({ ...filter, createdFrom: target.value })}
          />
        </label>
        <label>
          to{' '}
          <input
            type="date"
            value={filter.createdTo}
            onChange={({ target }) => onChange({ ...filter, createdTo: target.value })}
          />
        </label>
      </fieldset>
      {isNarrowed && (
        <button type="button" className="quiet" onClick={() => onChange(NO_FILTER)}>
          Clear filters
        </button>
      )}
    </form>
  );
}
