import { STATUS_WORDS } from '../words/statusWords';
import { type Bucket, OUTCOMES, type Period } from './countOutcomes';

const HEIGHT = 150;
const LEFT = 28;
const RIGHT = 18;
const BOTTOM = 22;
const TOP = 8;
const DAY_MS = 86_400_000;

/** A bar for each bucket, its outcomes on top of each other. @param summary what a screen reader says instead */
export function Bars({
  buckets,
  period,
  widthPx,
  summary,
}: {
  buckets: readonly Bucket[];
  period: Period;
  widthPx: number;
  summary: string;
}) {
  const top = niceTop(Math.max(...buckets.map(({ total }) => total)));
  const step = (widthPx - LEFT - RIGHT) / buckets.length;
  const toY = (count: number) => HEIGHT - BOTTOM - (count / top) * (HEIGHT - BOTTOM - TOP);
  const labelled = [0, Math.floor(buckets.length / 2), buckets.length - 1];

  return (
    <svg width={widthPx} height={HEIGHT} role="img" aria-label={summary}>
      {[0, top / 2, top].map((count) => (
        <g key={count} className="grid">
          <line x1={LEFT} x2={widthPx - RIGHT} y1={toY(count)} y2={toY(count)} />
          <text x={LEFT - 6} y={toY(count) + 4} textAnchor="end">
            {count}
          </text>
        </g>
      ))}
      {buckets.map((bucket, index) => (
        <Bar key={bucket.startMs} bucket={bucket} x={LEFT + index * step} width={step} toY={toY} period={period} />
      ))}
      {labelled.map((index) => (
        <text key={index} className="tick" x={LEFT + (index + 0.5) * step} y={HEIGHT - 6} textAnchor="middle">
          {formatStart(buckets[index]?.startMs ?? 0, period)}
        </text>
      ))}
    </svg>
  );
}

function Bar({
  bucket: { startMs, counts },
  x,
  width,
  toY,
  period,
}: {
  bucket: Bucket;
  x: number;
  width: number;
  toY: (count: number) => number;
  period: Period;
}) {
  let below = 0;
  return OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => {
    const from = below;
    below += counts[outcome];
    return (
      <rect
        key={outcome}
        className={outcome.toLowerCase()}
        x={x + width * 0.15}
        width={width * 0.7}
        y={toY(below)}
        // A gap between the parts shows where they end, whatever colours one can tell apart.
        height={Math.max(1, toY(from) - toY(below) - 1)}
      >
        <title>{`${formatStart(startMs, period)}: ${counts[outcome]} ${STATUS_WORDS[outcome].toLowerCase()}`}</title>
      </rect>
    );
  });
}

/** Even, so that its half is a number of verifications as well. */
function niceTop(most: number): number {
  const steps = [2, 4, 6, 10, 20, 40, 60, 100, 200, 400, 600];
  return steps.find((step) => step >= most) ?? Math.ceil(most / 1000) * 1000;
}

function formatStart(startMs: number, { bucketMs }: Period): string {
  const options: Intl.DateTimeFormatOptions =
    bucketMs >= DAY_MS ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' };
  return new Intl.DateTimeFormat('en-GB', options).format(startMs);
}
