import { Counter, Gauge, Histogram, Registry } from './promClient';

/** What is counted of one gateway; the names are those of docs/operations.md. */
export interface Metrics {
  /**
   * A query or mutation that has been answered, or a subscription that has been opened or refused.
   * @param operation a bounded name; see operationNames.ts
   * @param status `OK`, or the code of the first error
   * @param seconds null for what was refused before it began
   */
  countOperation(operation: string, status: string, seconds: number | null): void;
  /** One try of one request to Dataspike. */
  countRequest(report: RequestReport): void;
  countCacheRead(result: 'hit' | 'miss' | 'shared' | 'stale'): void;
  /** @param result a word of `DeliveryResult` */
  countWebhookDelivery(result: string): void;
  /** An event that this process appended. @param source a `VerificationEventSource` */
  countEvent(source: string): void;
  /** Events that slow watchers were not shown. */
  countDropped(events: number): void;
  /** @param acceptedAt when the log took the event whose update has just been sent: milliseconds since 1970 */
  observeUpdateSent(acceptedAt: number): void;
  /** Everything, the process included, in the text format of Prometheus. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** As the transport tells it; see dataspike/call.ts. */
interface RequestReport {
  readonly endpoint: string;
  readonly status: number | null;
  readonly outcome: string;
  readonly milliseconds: number;
}

/** To the deadline of an operation, and a little beyond. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/**
 * A registry of its own, so that several gateways in one process do not add up.
 * @param isBreakerOpen asked at each scrape, as is the next
 * @param watcherCount how many watch at the moment
 */
export function createMetrics({
  isBreakerOpen,
  watcherCount,
}: {
  isBreakerOpen: () => boolean;
  watcherCount: () => number;
}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = (name: string, help: string) => new Histogram({ name, help, buckets: SECONDS, registers });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });

  const operations = counter('graphql_operations_total', 'Operations by name and outcome', ['operation', 'status']);
  const operationSeconds = histogram('graphql_operation_seconds', 'Time from the start of an operation to its answer');
  const requests = counter('dataspike_requests_total', 'Requests to Dataspike, each try', ['endpoint', 'status']);
  const requestSeconds = histogram('dataspike_request_seconds', 'Time of one try of a request to Dataspike');
  gauge('dataspike_breaker_state', '1 while Dataspike is taken for down, else 0', () => Number(isBreakerOpen()));
  const cacheReads = counter('entity_cache_reads_total', 'Reads of the entity cache', ['result']);
  const deliveries = counter('webhook_deliveries_total', 'Webhook deliveries by what became of them', ['result']);
  const events = counter('verification_events_total', 'Events that this process appended, by source', ['source']);
  gauge('watchers', 'Subscriptions that watch at the moment', watcherCount);
  // From the start, so that the first event after a long silence is an increase.
  for (const source of ['webhook', 'poll', 'history', 'mutation']) events.inc({ source }, 0);
  const dropped = counter('watcher_dropped_total', 'Events that slow watchers were not shown');
  const deliverySeconds = histogram('event_delivery_seconds', 'Time from accepting an event to its update being sent');

  // Plain numbers until somebody scrapes: one operation may read the cache a hundred times.
  const reads = { hit: 0, miss: 0, shared: 0, stale: 0 };
  function collectReads() {
    for (const [result, count] of Object.entries(reads)) cacheReads.inc({ result }, count);
    Object.assign(reads, { hit: 0, miss: 0, shared: 0, stale: 0 });
  }

  return {
    countOperation(operation, status, seconds) {
      operations.inc({ operation, status });
      if (seconds !== null) operationSeconds.observe(seconds);
    },
    countRequest({ endpoint, status, outcome, milliseconds }) {
      requests.inc({ endpoint, status: requestStatus(status, outcome) });
      requestSeconds.observe(milliseconds / 1000);
    },
    countCacheRead(result) {
      reads[result] += 1;
    },
    countWebhookDelivery: (result) => deliveries.inc({ result }),
    countEvent: (source) => events.inc({ source: source.toLowerCase() }),
    countDropped: (count) => dropped.inc(count),
    // Two processes' clocks may differ.
    observeUpdateSent: (acceptedAt) => deliverySeconds.observe(Math.max(0, Date.now() - acceptedAt) / 1000),
    async scrape() {
      collectReads();
      // Its library is loaded with the first scrape.
      const { scrapeProcess }: typeof import('./processMetrics') = require('./processMetrics');
      const [own, process] = await Promise.all([registry.metrics(), scrapeProcess()]);
      return { contentType: registry.contentType, text: `${own}\n${process}` };
    },
  };
}

/** A 2xx whose body was cut off or makes no sense is no success. */
function requestStatus(status: number | null, outcome: string): string {
  return status === null || (status < 400 && outcome !== 'OK') ? outcome : String(status);
}
