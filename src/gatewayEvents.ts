import type { Logger } from 'pino';
import type { Config } from './config';
import type { DataspikeClient } from './dataspike/client';
import { ENTITY_KINDS, type Entities, type EntityCache, isEntityKind } from './entities/entityCache';
import type { EventLog } from './events/eventLog';
import { createLocalKeptText, createRedisKeptText, type KeptText } from './events/keptText';
import { createLocalLeases, createRedisLeases, type Leases } from './events/leases';
import { createMemoryEventLog } from './events/memoryEventLog';
import { createHistorySweep } from './events/reconciler/historySweep';
import { createReconciler } from './events/reconciler/reconciler';
import { createRequestBudget, withinBudget } from './events/reconciler/requestBudget';
import { createStateRecorder, type StateRecorder } from './events/recordState';
import { createRedisChanges } from './events/redis/redisChanges';
import { createLocalRecords, createRedisRecords, type SharedRecords } from './events/sharedRecords';
import { createWatchers, type Watchers } from './events/watchers';
import { describeError } from './logger';
import type { Metrics } from './telemetry/metrics';
import type { Tracing } from './telemetry/tracing';
import { createHistoryRecorder } from './webhooks/recordHistory';

/** How events come about and reach their watchers, in this process or shared through Redis. */
export interface GatewayEvents {
  readonly log: EventLog;
  readonly watchers: Watchers;
  readonly recorder: StateRecorder;
  /** Who alone may do something, among all processes. */
  readonly leases: Leases;
  /** What all processes remember of creations. */
  readonly records: SharedRecords;
  /** The cache as mutations use it: what they make it forget, it forgets on every process. */
  readonly cache: EntityCache;
  /** Begins to look for what no webhook told. */
  start(): void;
  /** Ends every watcher and everything that runs by itself. */
  close(): Promise<void>;
}

/** So that what asks Dataspike is not loaded while somebody waits for the first answer of the process. */
const BEGIN_MS = 100;

/** Requests to Dataspike a second that polling and sweeping share, so that callers always come first. */
const REQUESTS_PER_SECOND = 2;

export function createGatewayEvents(
  config: Config['events'],
  {
    client,
    backgroundClient,
    cache,
    metrics,
    tracing,
    logger,
  }: {
    client: DataspikeClient;
    /** For polling and sweeping, which come back by themselves: each call is tried once. */
    backgroundClient: DataspikeClient;
    cache: EntityCache;
    metrics: Pick<Metrics, 'countDropped' | 'countEvent'>;
    tracing: Tracing | null;
    logger: Logger;
  },
): GatewayEvents {
  const { leases, records, kept, whenReady, tellForgotten, disconnect, ...store } = createStore(config, cache, logger);
  const log = observeAppends(store.log, metrics.countEvent, tracing);
  const watchers = createWatchers({
    onDropped(events) {
      metrics.countDropped(events);
      logger.debug({ events }, 'a slow watcher is shown the newest states only');
    },
  });
  log.follow(
    ({ verification }) => {
      cache.replace('verification', verification);
      if (verification.applicantId !== null) cache.forget('applicant', verification.applicantId);
    },
    // What has changed is not known; who is told where things stand must not be told what was remembered.
    () => cache.forgetAll(),
  );
  // After the cache: who hears of a change and asks at once must not see the old state.
  log.follow(watchers.publish, watchers.interrupt);

  const recorder = createStateRecorder({
    log,
    readVerification: client.getVerification,
    readByShortId: client.getVerificationByShortId,
  });
  const { getVerification: readVerification, getVerificationByShortId: readByShortId } = backgroundClient;
  const budget = createRequestBudget({ perSecond: REQUESTS_PER_SECOND });
  const patientRecorder = createStateRecorder({
    log,
    readVerification: withinBudget(budget, readVerification),
    readByShortId: withinBudget(budget, readByShortId),
  });
  const reconciler = createReconciler({
    watchers,
    log,
    recorder: patientRecorder,
    leases,
    budget,
    logger,
    readVerification,
    listVerifications: backgroundClient.listVerifications,
    listVerificationsForApplicant: backgroundClient.listVerificationsForApplicant,
  });
  const sweep = createHistorySweep({
    listWebhookHistory: backgroundClient.listWebhookHistory,
    recordHistoryItem: createHistoryRecorder({ recorder: patientRecorder, log }),
    kept,
    leases,
    budget,
    logger,
  });

  let beginning: NodeJS.Timeout | undefined;

  async function begin(): Promise<void> {
    if (!(await whenReady())) return;
    reconciler.start();
    sweep.start();
  }

  return {
    log,
    watchers,
    recorder,
    leases,
    records,
    cache: {
      ...cache,
      forget(kind, id) {
        cache.forget(kind, id);
        tellForgotten(kind, id);
      },
      forgetAll(kind) {
        cache.forgetAll(kind);
        for (const each of kind === undefined ? ENTITY_KINDS : [kind]) tellForgotten(each, null);
      },
    },
    start() {
      beginning = setTimeout(begin, BEGIN_MS);
    },
    async close() {
      clearTimeout(beginning);
      watchers.closeAll();
      budget.close();
      await Promise.all([reconciler.stop(), sweep.stop()]);
      await log.close();
      disconnect();
    },
  };
}

/** On the process that appends, so that each event is counted once among all processes; it takes its trace along. */
function observeAppends(log: EventLog, count: (source: string) => void, tracing: Tracing | null): EventLog {
  return {
    ...log,
    async append(candidate) {
      const traceparent = tracing?.traceparent() ?? null;
      const appended = await log.append(traceparent === null ? candidate : { ...candidate, traceparent });
      if (appended.outcome === 'APPENDED') count(candidate.source);
      return appended;
    },
  };
}

interface Store {
  readonly log: EventLog;
  readonly leases: Leases;
  readonly records: SharedRecords;
  readonly kept: KeptText;
  /** Resolves with false when it never will be. */
  whenReady(): Promise<boolean>;
  /**
   * To the other processes.
   * @param id null: all of the kind
   */
  tellForgotten(kind: keyof Entities, id: string | null): void;
  disconnect(): void;
}

function createStore({ retention, redisUrl }: Config['events'], cache: EntityCache, logger: Logger): Store {
  const onListenerError = (error: unknown) => logger.error({ error: describeError(error) }, 'an event was not handled');
  if (redisUrl === null) {
    return {
      log: createMemoryEventLog({ retention, onListenerError }),
      leases: createLocalLeases(),
      records: createLocalRecords(),
      kept: createLocalKeptText(),
      whenReady: async () => true,
      tellForgotten() {},
      disconnect() {},
    };
  }
  // Only now: the client of Redis is a tenth of what a gateway loads, and most have none.
  const { createRedisConnection } =
    require('./events/redis/redisConnection') as typeof import('./events/redis/redisConnection');
  const { createRedisEventLog } =
    require('./events/redis/redisEventLog') as typeof import('./events/redis/redisEventLog');
  const connection = createRedisConnection({ url: redisUrl, logger });
  const changes = createRedisChanges({
    connection,
    onChange(changed) {
      const [kind = '', id] = changed.split(/:(.*)/s);
      if (isEntityKind(kind) && id === undefined) cache.forgetAll(kind);
      else if (isEntityKind(kind)) cache.forget(kind, id ?? '');
    },
  });
  return {
    log: createRedisEventLog({ connection, retention, logger, onListenerError }),
    leases: createRedisLeases({ connection }),
    records: createRedisRecords({ connection }),
    kept: createRedisKeptText({ connection, name: 'sweep' }),
    whenReady: connection.whenReady,
    tellForgotten: (kind, id) => changes.tell(id === null ? kind : `${kind}:${id}`),
    disconnect() {
      changes.stop();
      connection.close();
    },
  };
}
