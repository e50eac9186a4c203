import type { Logger } from 'pino';
import { DataspikeError, UpstreamNotFound, UpstreamRefused } from '../../dataspike/errors';
import type { WebhookDelivery } from '../../dataspike/webhook';
import { EventLogUnavailable } from '../eventLog';
import type { KeptText } from '../keptText';
import type { Leases } from '../leases';
import { createAlarm } from './alarm';
import { type HistoryPage, type ListWebhookHistory, readHistoryPages } from './historyPages';
import { type RequestBudget, RequestBudgetClosed } from './requestBudget';
import { formatPlace, parsePlace, type SweepPlace } from './sweepPlace';
import { createTroubleHandler } from './upstreamTrouble';

/** Finds the deliveries that never arrived: Dataspike keeps a history of all that it sent (guide, section 7). */
export interface HistorySweep {
  /** Sweeps now, and from then on every 5 minutes, 10 % more or less; after a failure again after 10 s, then 20 s … */
  start(): void;
  /** Ends a sweep that is under way. */
  stop(): Promise<void>;
}

const JITTER = 0.1;
const RETRY_MS = 10_000;
/** How old what is recorded may be where it is not known what was seen before. */
const LOOK_BACK_MS = 15 * 60_000;
const LEASE_NAME = 'sweep';
const LEASE_MS = 60_000;
const RENEW_LEASE_AFTER_MS = 15_000;

/** An event of the history that others keep moving: begin the page again later. */
class HistoryItemUnsettled extends Error {}
/** Another process has taken the sweep over, and goes on from the kept place. */
class SweepLeaseLost extends Error {}

/**
 * Walks the history from where the last sweep ended, on whichever process, and hands each event to the recorder. The
 * place is kept after each page that was recorded completely, so a sweep that was interrupted goes on there. Where no
 * place is kept, or Dataspike no longer knows it, the history is walked from its beginning, and what is recorded is what
 * happened since the kept place, the last 15 minutes at least. One process sweeps at a time.
 * @param recordHistoryItem resolves with CONFLICT when the event is not settled yet, else with any other word. When it
 *   rejects with an outage, the sweep is tried again later; with anything else, that event is left out and logged
 * @param kept where the place is kept; see `sweepPlace.ts`
 * @param budget waited for before each page; what `recordHistoryItem` reads should wait for it, too
 * @param intervalMs default 5 minutes
 * @param now milliseconds since 1970; default the system's clock
 * @param random 0 to 1; default Math.random
 */
export function createHistorySweep({
  listWebhookHistory,
  recordHistoryItem,
  kept,
  leases,
  budget,
  logger,
  intervalMs = 5 * 60_000,
  now = Date.now,
  random = Math.random,
}: {
  listWebhookHistory: ListWebhookHistory;
  recordHistoryItem: (item: WebhookDelivery) => Promise<string>;
  kept: KeptText;
  leases: Leases;
  budget: Pick<RequestBudget, 'take' | 'pauseFor'>;
  logger: Pick<Logger, 'warn'>;
  intervalMs?: number;
  now?: () => number;
  random?: () => number;
}): HistorySweep {
  const onTrouble = createTroubleHandler({ work: 'sweeping the webhook history', budget, logger, now });
  const alarm = createAlarm();
  const stopping = new AbortController();
  const { signal } = stopping;
  let leaseRenewedAtMs = Number.NEGATIVE_INFINITY;
  let running = Promise.resolve();

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      try {
        await sweepAlone();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        onTrouble(error);
        failures += 1;
      }
      const spreadMs = intervalMs * (1 - JITTER + 2 * JITTER * random());
      await alarm.sleep(failures === 0 ? spreadMs : Math.min(RETRY_MS * 2 ** (failures - 1), spreadMs));
    }
  }

  async function sweepAlone(): Promise<void> {
    if (!(await leases.acquire(LEASE_NAME, LEASE_MS))) return;
    leaseRenewedAtMs = now();
    try {
      const place = parsePlace(await kept.load());
      if (!place || !(await goOn(place))) await beginAnew(place);
    } catch (error) {
      if (!(error instanceof SweepLeaseLost)) throw error;
    } finally {
      // Where it cannot be given back it runs out by itself.
      await leases.release(LEASE_NAME).catch(() => undefined);
    }
  }

  /** @returns false when Dataspike does not know the place */
  async function goOn(place: SweepPlace): Promise<boolean> {
    let isFound = false;
    try {
      for await (const page of pagesAfter(place.before)) {
        const at = isFound ? -1 : page.items.findIndex(({ id }) => id === place.last);
        if (!isFound && at < 0) return false;
        isFound = true;
        await recordPage(page, page.items.slice(at + 1));
      }
    } catch (error) {
      // What it answers to an `after` that it does not know is not established.
      const isUnknown = error instanceof UpstreamNotFound || error instanceof UpstreamRefused;
      if (!isUnknown || isFound || place.before === null) throw error;
    }
    return isFound;
  }

  async function beginAnew(lost: SweepPlace | null): Promise<void> {
    const lookBackToMs = now() - LOOK_BACK_MS;
    const fromMs = lost?.lastAt ? Math.min(Date.parse(lost.lastAt), lookBackToMs) : lookBackToMs;
    for await (const page of pagesAfter(null)) {
      await recordPage(
        page,
        page.items.filter(({ occurredAt, lastAttemptAt }) => {
          const time = occurredAt ?? lastAttemptAt;
          return time !== null && Date.parse(time) >= fromMs;
        }),
      );
    }
  }

  function pagesAfter(start: string | null): AsyncGenerator<HistoryPage> {
    const beforeRequest = async () => {
      await budget.take(signal);
      await keepLease();
    };
    return readHistoryPages({ listWebhookHistory, start, beforeRequest, signal });
  }

  async function keepLease(): Promise<void> {
    if (now() - leaseRenewedAtMs < RENEW_LEASE_AFTER_MS) return;
    if (!(await leases.acquire(LEASE_NAME, LEASE_MS))) throw new SweepLeaseLost();
    leaseRenewedAtMs = now();
  }

  async function recordPage({ items, after }: HistoryPage, fresh: readonly WebhookDelivery[]): Promise<void> {
    for (const item of fresh) {
      signal.throwIfAborted();
      await keepLease();
      await record(item);
    }
    const last = items.at(-1);
    if (!last) return;
    const place = { before: items.at(-2)?.id ?? after, last: last.id, lastAt: last.occurredAt };
    await kept.save(formatPlace(place));
  }

  async function record(item: WebhookDelivery): Promise<void> {
    let outcome: string;
    try {
      outcome = await recordHistoryItem(item);
    } catch (error) {
      if (isOutage(error)) throw error;
      // An event that we cannot cope with must not keep all later ones out.
      onTrouble(error);
      return;
    }
    if (outcome === 'CONFLICT') throw new HistoryItemUnsettled();
  }

  return {
    start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      alarm.ring();
      await running;
    },
  };
}

function isOutage(error: unknown): boolean {
  if (error instanceof DataspikeError) return error.code !== 'BAD_USER_INPUT';
  return error instanceof EventLogUnavailable || error instanceof RequestBudgetClosed;
}
