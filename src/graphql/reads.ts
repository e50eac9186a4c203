import type DataLoader from 'dataloader';
import type { Page } from '../dataspike/page';
import type { CallSignal } from '../dataspike/stopSignal';
import type { OperationContext } from './context';

/**
 * One page of a list, shared with whoever asks for the same page at this moment. Its items are known to the rest of the
 * operation.
 * @param key names the page: equal keys share one request
 */
export async function listPage<T extends { readonly id: string }>(
  { services, signal }: OperationContext,
  key: string,
  loader: DataLoader<string, T | null>,
  fetchPage: (signal: CallSignal) => Promise<Page<T> | null>,
): Promise<Page<T> | null> {
  const page = await services.sharedReads.read(key, fetchPage, signal);
  for (const item of page?.items ?? []) loader.prime(item.id, item);
  return page;
}

/** Those that exist, in the order of the ids. */
export async function loadEach<T>(loader: DataLoader<string, T | null>, ids: readonly string[]): Promise<T[]> {
  const found = await Promise.all(ids.map((id) => loader.load(id)));
  return found.filter((entity): entity is Awaited<T> & NonNullable<T> => entity !== null);
}
