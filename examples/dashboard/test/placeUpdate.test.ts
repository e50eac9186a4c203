import { NO_FILTER, readFilter, toSearch } from '../src/board/filter';
import { placeUpdate } from '../src/board/placeUpdate';
import type { VerificationRow } from '../src/board/verificationRow';
import type { VerificationStatus } from '../src/generated/graphql';

function row(id: string, minute: number, status: VerificationStatus = 'INITIAL'): VerificationRow {
  return { id, status, isFinal: false, createdAt: `2026-11-23T10:${String(minute).padStart(2, '0')}:00.000Z` };
}

const rows = [row('c', 30), row('b', 20), row('a', 10)];
const page = { rows, pageSize: 3, isFirst: true, filter: NO_FILTER };
const idsOf = (placed: readonly VerificationRow[]) => placed.map(({ id }) => id).join('');

test('a row changes where it is', () => {
  const placed = placeUpdate(page, row('b', 20, 'VERIFIED'));
  expect(placed.map(({ status }) => status)).toEqual(['INITIAL', 'VERIFIED', 'INITIAL']);
});

test.each([
  ['a new one comes first, and the last one goes to the next page', row('d', 40), 'dcb'],
  ['one between others comes between them', row('d', 25), 'cdb'],
  ['one of the same moment comes before', row('d', 20), 'cdb'],
  ['one that is older than the page stays on its own', row('d', 5), 'cba'],
])('%s', (_what, changed, expected) => {
  expect(idsOf(placeUpdate(page, changed))).toBe(expected);
});

test('an older one is taken where there is room', () => {
  expect(idsOf(placeUpdate({ ...page, pageSize: 4 }, row('d', 5)))).toBe('cbad');
});

test('nothing new comes into a later page', () => {
  expect(placeUpdate({ ...page, isFirst: false }, row('d', 25))).toBe(rows);
});

test('a row leaves when the filter no longer lets it through, and only such come in that it does', () => {
  const filtered = { ...page, filter: { ...NO_FILTER, statuses: ['INITIAL'] as const } };
  expect(idsOf(placeUpdate(filtered, row('b', 20, 'FAILED')))).toBe('ca');
  expect(placeUpdate(filtered, row('d', 40, 'FAILED'))).toBe(rows);
  expect(idsOf(placeUpdate({ ...page, filter: { ...NO_FILTER, createdFrom: '2026-11-24' } }, row('b', 20)))).toBe('ca');
  expect(idsOf(placeUpdate({ ...page, filter: { ...NO_FILTER, createdTo: '2026-11-23' } }, row('d', 40)))).toBe('dcb');
});

test('a filter survives the address, and what the address makes up is left out', () => {
  const filter = { statuses: ['PENDING', 'FAILED'] as const, createdFrom: '2026-11-01', createdTo: '' };
  expect(readFilter(toSearch(filter))).toEqual(filter);
  expect(readFilter('?status=NONE&from=2026-13-45&to=%3Cscript%3E')).toEqual(NO_FILTER);
  expect(toSearch(NO_FILTER)).toBe('');
});
