// Before any file that has decorators.
import 'reflect-metadata';
import { NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Logger } from 'pino';
import { type AccessLog, createAccessRecorder, openAccessLog } from './access/accessRecord';
import { deriveKey } from './access/deriveKey';
import { createProviderVerifier } from './access/jwtProvider';
import { createSubscriptionPlaces } from './access/rateLimitsOfSubscriptions';
import { createAuthenticator } from './access/tokens';
import { createWatchTokens } from './access/watchTokens';
import type { Config } from './config';
import { createClientsOfCallers, createDataspikeClient } from './dataspike/client';
import { BACKGROUND_ORIGIN, type CallOrigin, OWN_ORIGIN } from './dataspike/origin';
import { createEntityCache } from './entities/entityCache';
import { createSharedReads } from './entities/sharedReads';
import { createGatewayEvents } from './gatewayEvents';
import { createGatewayFiles } from './gatewayFiles';
import { createGatewayRates } from './gatewayRates';
import { createGatewayTelemetry } from './gatewayTelemetry';
import { createApolloServer } from './graphql/apolloServer';
import type { Services } from './graphql/context';
import { createCreations } from './graphql/creations';
import { createDirectQueries } from './graphql/directQueries';
import { createDocuments } from './graphql/documents';
import { createExecution } from './graphql/execution';
import { NoSubgraphSdlRule } from './graphql/federation';
import { createLimits } from './graphql/limits';
import { createOperations } from './graphql/operations';
import { createPersistedOperations } from './graphql/persistedOperations';
import { createSchema } from './graphql/schema';
import { traceResolvers } from './graphql/traceResolvers';
import { createDashboardPages } from './server/dashboardPages';
import { createExplorerPages } from './server/explorer';
import { createGraphqlHttp } from './server/graphqlHttp';
import { createGraphqlSse } from './server/graphqlSse';
import { createGraphqlWebSocket } from './server/graphqlWebSocket';
import { createHttpServer } from './server/httpServer';
import { createMetricsHttp, listenForMetrics } from './server/metricsHttp';
import { createWebhookHttp } from './server/webhookHttp';
import { loadTracing } from './telemetry/loadTracing';
import type { Tracing } from './telemetry/tracing';
import { createWebhookReceiver } from './webhooks/receiveWebhook';
import { createSignatureVerifier } from './webhooks/signature';

/** A gateway that listens. */
export interface Gateway {
  /** Where it listens, for example http://127.0.0.1:4000. */
  readonly url: string;
  /** Where its metrics are, for example http://127.0.0.1:4000/metrics. */
  readonly metricsUrl: string;
  /** What anybody watches at the moment, for tests and metrics. */
  watcherCount(): number;
  /** Ends everything that it started; running operations get 25 s. */
  close(): Promise<void>;
}

/** How long a stop may take: sockets end spread over the one, what runs gets the other. */
export const DRAIN = { spreadMs: 5_000, graceMs: 25_000 };

/**
 * Builds each part once and wires them. Listens when the promise resolves.
 * @param accessLog where it is recorded who saw personal data; left out: what the configuration names
 * @param tracing where its spans go; left out: to the collector that the configuration names, if any
 * @param explorerAuthorization what the explorers' header editors hold at first; left out: a placeholder
 * @param dashboard the folder of the built dashboard, and the token that it gives to everybody who opens it; left out:
 *   there is no dashboard
 */
export async function createGateway(
  config: Config,
  {
    logger,
    accessLog = openAccessLog(config.access.log),
    tracing = loadTracing(config.telemetry.traces, logger),
    explorerAuthorization,
    dashboard,
  }: {
    logger: Logger;
    accessLog?: AccessLog;
    tracing?: Tracing | null;
    explorerAuthorization?: string;
    dashboard?: { folder: string; token: string };
  },
): Promise<Gateway> {
  const telemetry = createGatewayTelemetry(config, { watcherCount: () => watchers.size(), tracing });
  const { metrics } = telemetry;
  const transport = telemetry.openTransport({ ...config.dataspike, logger });
  const clientFor = (origin: Partial<CallOrigin>) => createDataspikeClient({ transport: transport.for(origin) });
  const sharedReads = createSharedReads();
  const events = createGatewayEvents(config.events, {
    client: clientFor(OWN_ORIGIN),
    backgroundClient: clientFor(BACKGROUND_ORIGIN),
    cache: createEntityCache({ sharedReads, onRead: metrics.countCacheRead }),
    metrics,
    tracing,
    logger,
  });
  const { log, watchers, recorder, cache } = events;
  const files = createGatewayFiles(config, {
    cache,
    recorder,
    leases: events.leases,
    openTransport: telemetry.openTransport,
    logger,
  });
  let publicUrl = config.server.publicUrl ?? `http://localhost:${config.server.port}`;
  let publicOrigin = new URL(publicUrl).origin;

  const watchTokens = createWatchTokens(config.access.tokenSecret);
  const services: Services = {
    creations: createCreations({
      records: events.records,
      secret: deriveKey(config.access.tokenSecret, 'creation'),
      operationMs: config.limits.operationMs,
      // A request that we gave up may still be carried out for as long as we waited for it, and once more for luck.
      settleMs: 2 * config.dataspike.timeoutMs,
      logger,
    }),
    clientFor: createClientsOfCallers(transport),
    cache,
    sharedReads,
    log,
    watchers,
    recorder,
    fileTickets: files.tickets,
    publicUrl: () => publicUrl,
    watchTokens,
    recordAccess: createAccessRecorder(accessLog),
    telemetry: telemetry.operations,
    logger,
    environment: config.dataspike.environment,
    widgetApiUrl: config.dataspike.baseUrl,
    operationMs: config.limits.operationMs,
  };
  const { introspection, federation } = config.server;
  const maxTokens = config.limits.tokens;
  const schema = createSchema({ federation });
  if (tracing) traceResolvers(schema, tracing);
  const validationRules = introspection ? [] : [NoSchemaIntrospectionCustomRule, NoSubgraphSdlRule];
  const limits = createLimits({ schema, limits: config.limits });
  const documents = createDocuments({ schema, validationRules, limits, maxTokens });
  const persistedOperations = createPersistedOperations(config.persistedOperations);
  const execution = createExecution(schema);
  const apollo = createApolloServer({
    schema,
    introspection,
    validationRules,
    limits,
    automaticPersistedQueries: !persistedOperations.only,
    maxTokens,
    documents,
    execution,
    logger,
  });
  const places = createSubscriptionPlaces(config.limits.subscriptionsPerCaller);
  const operations = createOperations({
    schema,
    documents,
    persistedOperations,
    limits,
    places,
    apollo,
    execution,
    services,
  });
  const rates = createGatewayRates(config, logger);
  const { gate } = rates;
  const authenticate = createAuthenticator({
    ...config.access,
    verifiers: [watchTokens.verify, ...(config.access.jwt ? [createProviderVerifier(config.access.jwt, logger)] : [])],
  });
  const receiver = createWebhookReceiver({
    verifySignature: config.webhooks.secrets.length > 0 ? createSignatureVerifier(config.webhooks) : null,
    recorder,
    log,
    logger,
    onDelivery: metrics.countWebhookDelivery,
  });
  const onRefused = telemetry.operations.refuse;
  const { metricsPort } = config.telemetry;
  const { bodyBytes, webSocketMessageBytes: messageBytes } = config.limits;
  const sse = createGraphqlSse({ operations, gate, authenticate, bodyBytes, logger, onRefused });
  const server = createHttpServer({
    graphql: telemetry.traceRequests(
      createGraphqlHttp({
        apollo,
        directQueries: createDirectQueries({ documents, limits, execution, logger }),
        documents,
        persistedOperations,
        gate,
        authenticate,
        services,
        introspection,
        bodyBytes,
        maxTokens,
      }),
    ),
    sse: { ...sse, handle: telemetry.traceRequests(sse.handle) },
    webhooks: telemetry.traceRequests(createWebhookHttp(telemetry.traceDeliveries(receiver))),
    metrics: metricsPort === null ? createMetricsHttp(metrics.scrape) : null,
    findFileRoute: files.findRoute,
    webSocket: createGraphqlWebSocket({
      schema,
      operations,
      gate,
      authenticate,
      logger,
      messageBytes,
      subscriptionsPerSocket: config.limits.subscriptionsPerSocket,
      onRefused,
    }),
    explorer: config.server.explorer
      ? createExplorerPages({ publicUrl: () => publicUrl, authorization: explorerAuthorization })
      : null,
    dashboard: dashboard ? createDashboardPages(dashboard) : null,
    corsOrigins: config.server.corsOrigins,
    publicOrigin: () => publicOrigin,
    isReady: log.isReachable,
    logger,
  });

  await apollo.start();
  const { host } = config.server;
  const metricsServer = metricsPort === null ? null : await listenForMetrics(host, metricsPort, metrics.scrape);
  const port = await server.listen(host, config.server.port).catch(async (error: unknown) => {
    await metricsServer?.close();
    throw error;
  });
  publicUrl = config.server.publicUrl ?? `http://localhost:${port}`;
  publicOrigin = new URL(publicUrl).origin;
  events.start();
  if (metricsServer) logger.info({ host, metricsPort: metricsServer.port }, 'listening for scrapes');
  logger.info({ host, port }, 'listening');

  return {
    url: `http://${urlHost(host)}:${port}`,
    metricsUrl: `http://${urlHost(host)}:${metricsServer?.port ?? port}/metrics`,
    watcherCount: watchers.size,
    async close() {
      await server.close(DRAIN);
      await events.close();
      await apollo.stop();
      files.close();
      rates.close();
      transport.close();
      await tracing?.close();
      await metricsServer?.close();
      accessLog.close();
      logger.info('stopped');
    },
  };
}

/** A host that one can connect to: every address is also this machine. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
