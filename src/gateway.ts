import { NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Logger } from 'pino';
import { createAuthenticator } from './access/tokens';
import type { Config } from './config';
import { createDataspikeClient } from './dataspike/client';
import { createTransport } from './dataspike/transport';
import { createEntityCache } from './entities/entityCache';
import { createSharedReads } from './entities/sharedReads';
import { createGatewayEvents } from './gatewayEvents';
import { createApolloServer } from './graphql/apolloServer';
import type { Services } from './graphql/context';
import { createDocuments } from './graphql/documents';
import { createOperations } from './graphql/operations';
import { createSchema } from './graphql/schema';
import { createExplorerPages } from './server/explorer';
import { createGraphqlHttp } from './server/graphqlHttp';
import { createGraphqlSse } from './server/graphqlSse';
import { createGraphqlWebSocket } from './server/graphqlWebSocket';
import { createHttpServer } from './server/httpServer';
import { createWebhookHttp } from './server/webhookHttp';
import { createWebhookReceiver } from './webhooks/receiveWebhook';
import { createSignatureVerifier } from './webhooks/signature';

/** A gateway that listens. */
export interface Gateway {
  /** Where it listens, for example http://127.0.0.1:4000. */
  readonly url: string;
  /** What anybody watches at the moment, for tests and metrics. */
  watcherCount(): number;
  /** Ends everything that it started; running operations get 25 s. */
  close(): Promise<void>;
}

const DRAIN = { spreadMs: 5_000, graceMs: 25_000 };

/**
 * Builds each part once and wires them. Listens when the promise resolves.
 * @param explorerAuthorization what the explorers' header editors hold at first; left out: a placeholder
 */
export async function createGateway(
  config: Config,
  { logger, explorerAuthorization }: { logger: Logger; explorerAuthorization?: string },
): Promise<Gateway> {
  const transport = createTransport({ ...config.dataspike, logger });
  const client = createDataspikeClient({ transport });
  const sharedReads = createSharedReads();
  const cache = createEntityCache({ sharedReads });
  const events = createGatewayEvents(config.events, { client, cache, logger });
  const { log, watchers, recorder } = events;

  const services: Services = {
    client,
    cache,
    sharedReads,
    log,
    watchers,
    recorder,
    logger,
    environment: config.dataspike.environment,
    widgetApiUrl: config.dataspike.baseUrl,
    operationMs: config.limits.operationMs,
  };
  const { introspection } = config.server;
  const maxTokens = config.limits.tokens;
  const schema = createSchema();
  const validationRules = introspection ? [] : [NoSchemaIntrospectionCustomRule];
  const documents = createDocuments({ schema, validationRules, maxTokens });
  const apollo = createApolloServer({ schema, introspection, validationRules, maxTokens, logger });
  const operations = createOperations({ schema, documents, apollo, services });
  const authenticate = createAuthenticator(config.access);
  const receiver = createWebhookReceiver({
    verifySignature: config.webhooks.secrets.length > 0 ? createSignatureVerifier(config.webhooks) : null,
    recorder,
    log,
    logger,
  });
  const { bodyBytes, webSocketMessageBytes: messageBytes } = config.limits;
  let publicUrl = config.server.publicUrl ?? `http://localhost:${config.server.port}`;
  const server = createHttpServer({
    graphql: createGraphqlHttp({ apollo, authenticate, services, introspection, bodyBytes, maxTokens }),
    sse: createGraphqlSse({ operations, authenticate, bodyBytes, logger }),
    webhooks: createWebhookHttp(receiver),
    webSocket: createGraphqlWebSocket({ schema, operations, authenticate, logger, messageBytes }),
    explorer: config.server.explorer
      ? createExplorerPages({ publicUrl: () => publicUrl, authorization: explorerAuthorization })
      : null,
    corsOrigins: config.server.corsOrigins,
    publicOrigin: () => new URL(publicUrl).origin,
    isReady: log.isReachable,
    logger,
  });

  await apollo.start();
  const port = await server.listen(config.server.host, config.server.port);
  publicUrl = config.server.publicUrl ?? `http://localhost:${port}`;
  events.start();
  logger.info({ host: config.server.host, port }, 'listening');

  return {
    url: `http://${urlHost(config.server.host)}:${port}`,
    watcherCount: watchers.size,
    async close() {
      await server.close(DRAIN);
      await events.close();
      await apollo.stop();
      transport.close();
      logger.info('stopped');
    },
  };
}

/** A host that one can connect to: every address is also this machine. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
