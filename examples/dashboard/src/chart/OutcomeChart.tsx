import { useEffect, useState } from 'react';
import { STATUS_WORDS } from '../words/statusWords';
import { Bars } from './Bars';
import { type Bucket, countOutcomes, OUTCOMES, PERIODS, type Period } from './countOutcomes';
import { useEnded } from './useEnded';
import { useWidth } from './useWidth';

/** How verifications ended, over time. */
export function OutcomeChart() {
  const [period, setPeriod] = useState<Period>(PERIODS[0]);
  const { byId, isCut, isLoaded } = useEnded(period);
  const [figure, widthPx] = useWidth<HTMLElement>();
  const buckets = countOutcomes(byId.values(), period, useNowMs());

  return (
    <section className="card" aria-labelledby="chart-heading">
      <div className="chart-head">
        <h2 id="chart-heading">Outcomes</h2>
        <ul className="legend" aria-label="Legend">
          {OUTCOMES.map((outcome) => (
            <li key={outcome}>
              <span className={`swatch ${outcome.toLowerCase()}`} aria-hidden="true" />
              {STATUS_WORDS[outcome]} <strong>{sum(buckets, outcome)}</strong>
            </li>
          ))}
        </ul>
        <label className="period">
          Period{' '}
          <select
            value={period.name}
            onChange={({ target }) => setPeriod(PERIODS.find(({ name }) => name === target.value) ?? PERIODS[0])}
          >
            {PERIODS.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <figure ref={figure} className="chart" aria-busy={!isLoaded}>
        <Bars buckets={buckets} period={period} widthPx={widthPx} summary={summarise(buckets, period)} />
        {isCut && <figcaption>The newest 500 that have ended.</figcaption>}
      </figure>
      <details>
        <summary>As a table</summary>
        <OutcomeTable buckets={buckets} period={period} />
      </details>
    </section>
  );
}

function OutcomeTable({ buckets, period }: { buckets: readonly Bucket[]; period: Period }) {
  return (
    <table>
      <caption className="hidden">Outcomes, {period.name.toLowerCase()}</caption>
      <thead>
        <tr>
          <th scope="col">From</th>
          {OUTCOMES.map((outcome) => (
            <th key={outcome} scope="col">
              {STATUS_WORDS[outcome]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {buckets
          .filter(({ total }) => total > 0)
          .map(({ startMs, counts }) => (
            <tr key={startMs}>
              <th scope="row">
                {new Date(startMs).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}
              </th>
              {OUTCOMES.map((outcome) => (
                <td key={outcome}>{counts[outcome]}</td>
              ))}
            </tr>
          ))}
      </tbody>
    </table>
  );
}

/** Moves on every ten seconds. */
function useNowMs(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

function sum(buckets: readonly Bucket[], outcome: (typeof OUTCOMES)[number]): number {
  return buckets.reduce((total, { counts }) => total + counts[outcome], 0);
}

function summarise(buckets: readonly Bucket[], { name }: Period): string {
  const parts = OUTCOMES.map((outcome) => `${sum(buckets, outcome)} ${STATUS_WORDS[outcome].toLowerCase()}`);
  return `Outcomes, ${name.toLowerCase()}: ${parts.join(', ')}.`;
}
