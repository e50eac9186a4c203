import { median, ratio } from './rounds.mjs';

const SUBJECT = 'gateway';
const DISTURBED = { steal: 0.05, foreign: 0.05 };
/** A server that used less of its core waited for something else. */
const SATURATED = 0.9;

/** Columns by what a work measures: heading, and how one cell is made from a row and the gateway's row. */
const COLUMNS = {
  rate: [
    ['answers/s', (row) => number(middle(row, 'perSecond'))],
    ['gateway ÷ it', (row, subject) => times(subject, row, 'perSecond')],
    ['CPU µs each', (row) => number(middle(row, 'cpuMicrosecondsEach'))],
    ['its CPU ÷ gateway’s', (row, subject) => times(row, subject, 'cpuMicrosecondsEach')],
    ['p50 ms', (row) => number(middle(row, 'p50Ms'))],
    ['p99 ms', (row) => number(middle(row, 'p99Ms'))],
    ['RSS MiB', (row) => number(middle(row, 'residentMib'))],
    ['core used', (row) => `${share(middle(row, 'serverBusy'))} / ${share(middle(row, 'othersBusy'))}`],
  ],
  fanOut: [
    ['updates/s', (row) => number(middle(row, 'perSecond'))],
    ['gateway ÷ it', (row, subject) => times(subject, row, 'perSecond')],
    ['deliveries/s', (row) => number(middle(row, 'deliveriesPerSecond'))],
    ['CPU µs per update', (row) => number(middle(row, 'cpuMicrosecondsEach'))],
    ['its CPU ÷ gateway’s', (row, subject) => times(row, subject, 'cpuMicrosecondsEach')],
    ['p50 ms', (row) => number(middle(row, 'p50Ms'))],
    ['p99 ms', (row) => number(middle(row, 'p99Ms'))],
    ['delivered again', (row) => number(middle(row, 'redeliveries'))],
    ['KiB RSS per subscriber', (row) => number(middle(row, 'kibPerSubscriber'))],
    ['core used', (row) => `${share(middle(row, 'serverBusy'))} / ${share(middle(row, 'othersBusy'))}`],
  ],
  latency: [
    ['p50 ms', (row) => number(middle(row, 'p50Ms'))],
    ['p99 ms', (row) => number(middle(row, 'p99Ms'))],
    ['added p50 ms', (row) => number(middle(row, 'addedP50Ms'))],
    ['added p99 ms', (row) => number(middle(row, 'addedP99Ms'))],
  ],
  startUp: [
    ['ready after ms', (row) => number(middle(row, 'startedInMs'))],
    ['gateway ÷ it', (row, subject) => times(subject, row, 'startedInMs')],
    ['CPU ms', (row) => number(middle(row, 'cpuMs'))],
    ['RSS MiB', (row) => number(middle(row, 'residentMib'))],
  ],
  call: [
    ['CPU µs each', (row) => number(middle(row, 'cpuMicrosecondsEach'))],
    ['gateway’s CPU ÷ it', (row, subject) => times(subject, row, 'cpuMicrosecondsEach')],
    ['calls/s', (row) => number(middle(row, 'perSecond'))],
  ],
  growth: [
    ['CPU µs each', (row) => number(middle(row, 'cpuMicrosecondsEach'))],
    ['p50 ms', (row) => number(middle(row, 'p50Ms'))],
    ['p99 ms', (row) => number(middle(row, 'p99Ms'))],
    ['RSS MiB', (row) => number(middle(row, 'residentMib'))],
  ],
};

/**
 * One work as a Markdown table.
 * @param table `title`, `columns` (a name from COLUMNS) and `rows`
 */
export function toMarkdown({ title, columns, rows }) {
  const subject = rows.find(({ name }) => name === SUBJECT);
  const headings = ['', ...COLUMNS[columns].map(([heading]) => heading)];
  const lines = rows.map((row) => {
    if (row.failure) return [row.label, `not measured: ${oneLine(row.failure)}`, ...headings.slice(2).map(() => '')];
    return [row.label, ...COLUMNS[columns].map(([, cell]) => cell(row, subject))];
  });
  const toLine = (cells) => `| ${cells.join(' | ')} |`;
  const rule = toLine(headings.map((_, index) => (index === 0 ? '---' : '---:')));
  return [`### ${title}`, '', toLine(headings), rule, ...lines.map(toLine), '', ...remarks(rows)].join('\n');
}

/** What the reader must know before believing the numbers. */
function remarks(rows) {
  const measurements = rows.flatMap((row) => row.measurements);
  const disturbed = Object.entries(DISTURBED).flatMap(([name, limit]) => {
    const count = measurements.filter((one) => one[name] > limit).length;
    return count === 0 ? [] : [`${name} over ${share(limit)} in ${count} of ${measurements.length} measurements`];
  });
  const waiting = rows.filter((row) => middle(row, 'perSecond') !== null && middle(row, 'serverBusy') < SATURATED);
  return [
    ...(disturbed.length > 0 ? [`Disturbed: ${disturbed.join('; ')}.`, ''] : []),
    ...(waiting.length > 0
      ? [`Did not use its whole core, so trust the CPU column: ${waiting.map(({ label }) => label).join(', ')}.`, '']
      : []),
  ];
}

function middle({ measurements }, name) {
  return median(measurements.map((one) => one[name] ?? null));
}

function times(above, below, name) {
  if (!above || !below || above === below) return '1';
  const found = ratio(
    above.measurements.map((one) => one[name] ?? null),
    below.measurements.map((one) => one[name] ?? null),
  );
  return found ? `${number(found.median)} (${number(found.lowest)}–${number(found.highest)})` : '–';
}

function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function share(value) {
  return value === null ? '–' : `${Math.round(value * 100)} %`;
}

function oneLine(text) {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '/').slice(0, 160);
}
