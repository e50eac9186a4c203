import type { VerificationFilter, VerificationStatus } from '../generated/graphql';
import { STATUSES } from '../words/statusWords';
import type { VerificationRow } from './verificationRow';

/** What the person chose; dates are days, YYYY-MM-DD, in UTC as Dataspike counts them. Empty: all. */
export interface BoardFilter {
  readonly statuses: readonly VerificationStatus[];
  readonly createdFrom: string;
  readonly createdTo: string;
}

export const NO_FILTER: BoardFilter = { statuses: [], createdFrom: '', createdTo: '' };

/** As the gateway wants it: what is not chosen is left out. */
export function toVariables({ statuses, createdFrom, createdTo }: BoardFilter): VerificationFilter {
  return {
    ...(statuses.length > 0 && { statuses: [...statuses] }),
    ...(createdFrom && { createdFrom }),
    ...(createdTo && { createdTo }),
  };
}

/** Whether a verification that an update tells of belongs to what is shown. */
export function matches({ status, createdAt }: VerificationRow, filter: BoardFilter): boolean {
  if (filter.statuses.length > 0 && !filter.statuses.includes(status)) return false;
  const day = (createdAt ?? '').slice(0, 10);
  if (filter.createdFrom && day < filter.createdFrom) return false;
  return !filter.createdTo || day <= filter.createdTo;
}

/** From the address, so that a view can be reloaded and shared; what it does not know is left out. */
export function readFilter(search: string): BoardFilter {
  const params = new URLSearchParams(search);
  const chosen = params.getAll('status');
  return {
    statuses: STATUSES.filter((status) => chosen.includes(status)),
    createdFrom: readDay(params.get('from')),
    createdTo: readDay(params.get('to')),
  };
}

/** @returns what stands behind the path, with its question mark; empty when nothing is chosen */
export function toSearch({ statuses, createdFrom, createdTo }: BoardFilter): string {
  const params = new URLSearchParams(statuses.map((status) => ['status', status]));
  if (createdFrom) params.set('from', createdFrom);
  if (createdTo) params.set('to', createdTo);
  return params.size > 0 ? `?${params}` : '';
}

function readDay(text: string | null): string {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
}
