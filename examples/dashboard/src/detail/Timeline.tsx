import { useRecentUpdates } from '../live/LiveContext';
import { formatClock, formatMoment } from '../words/times';
import type { VerificationDetail } from './DetailPanel';
import { timelineEntries } from './timelineEntries';

export function Timeline({ verification }: { verification: VerificationDetail }) {
  const entries = timelineEntries(verification, useRecentUpdates());
  return (
    <section aria-labelledby="timeline-heading">
      <h3 id="timeline-heading">Timeline</h3>
      <ol className="timeline">
        {entries.map(({ key, at, text, detail }) => (
          <li key={key}>
            <time dateTime={at} title={formatMoment(at)}>
              {formatClock(at)}
            </time>
            <span>
              {text}
              {detail && <span className="code"> {detail}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
