import type { Page } from '../../dataspike/page';
import type { WebhookDelivery } from '../../dataspike/webhook';

/** One request: the events after the one with the id `after`, oldest first; from the beginning when that is null. */
export type ListWebhookHistory = (
  request: { readonly after: string | null; readonly limit: number },
  signal: AbortSignal,
) => Promise<Page<WebhookDelivery>>;

export interface HistoryPage {
  readonly items: readonly WebhookDelivery[];
  /** What it was asked with. */
  readonly after: string | null;
}

/** The maximum is not established, 100 is safe (guide, section 5). */
const PAGE_SIZE = 100;

/**
 * The history page by page, to its end. Ends, too, at a page that ends where an earlier one did: a server that does not
 * know `after` would be walked for ever.
 * @param beforeRequest waited for before each page
 */
export async function* readHistoryPages({
  listWebhookHistory,
  start,
  beforeRequest,
  signal,
}: {
  listWebhookHistory: ListWebhookHistory;
  start: string | null;
  beforeRequest: () => Promise<void>;
  signal: AbortSignal;
}): AsyncGenerator<HistoryPage> {
  const ends = new Set<string>();
  for (let after = start; ; ) {
    await beforeRequest();
    const { items, hasNext } = await listWebhookHistory({ after, limit: PAGE_SIZE }, signal);
    const last = items.at(-1);
    if (!last || ends.has(last.id)) return;
    ends.add(last.id);
    yield { items, after };
    if (!hasNext) return;
    after = last.id;
  }
}
