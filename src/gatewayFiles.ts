import type { Logger } from 'pino';
import { deriveKey } from './access/deriveKey';
import { createFileTickets, type FileTickets } from './access/fileTickets';
import type { Config } from './config';
import { createDataspikeClient } from './dataspike/client';
import type { EntityCache } from './entities/entityCache';
import type { Leases } from './events/leases';
import type { StateRecorder } from './events/recordState';
import type { GatewayTelemetry } from './gatewayTelemetry';
import { UPLOAD_LIMIT_BYTES } from './graphql/documentUpload';
import { createUploadFollower } from './graphql/documentUploaded';
import { createFileDownloads } from './server/fileDownloads';
import { createFileRoutes, type FindFileRoute } from './server/fileRoutes';
import { createFileUploads } from './server/fileUploads';
import { createUsedTickets } from './server/usedTickets';

/** How long a client may send or take less than 64 KiB of a file. */
const CLIENT_IDLE_MS = 30_000;

/** Files on their way in and out. */
export interface GatewayFiles {
  readonly tickets: FileTickets;
  readonly findRoute: FindFileRoute;
  /** Closes the connections to Dataspike, and with them what still runs. */
  close(): void;
}

/**
 * Files have connections of their own: those who send or read slowly must not keep queries waiting for a free one.
 * @param clientIdleMs default 30 s
 */
export function createGatewayFiles(
  config: Pick<Config, 'dataspike' | 'access' | 'server'>,
  {
    cache,
    recorder,
    leases,
    openTransport,
    logger,
    clientIdleMs = CLIENT_IDLE_MS,
  }: {
    cache: EntityCache;
    recorder: StateRecorder;
    leases: Leases;
    openTransport: GatewayTelemetry['openTransport'];
    logger: Logger;
    clientIdleMs?: number;
  },
): GatewayFiles {
  const { timeoutMs: dataspikeMs } = config.dataspike;
  const { corsOrigins } = config.server;
  // The transport cannot tell a slow client from a slow Dataspike; here both have their clock, and its own only has to
  // be longer.
  const transport = openTransport({ ...config.dataspike, timeoutMs: clientIdleMs + dataspikeMs, logger });
  const client = createDataspikeClient({ transport });
  const tickets = createFileTickets({ key: deriveKey(config.access.tokenSecret, 'file') });
  const times = { clientMs: clientIdleMs, dataspikeMs };
  return {
    tickets,
    findRoute: createFileRoutes({
      uploads: createFileUploads({
        client,
        tickets,
        usedTickets: createUsedTickets({ leases }),
        onStored: createUploadFollower({ client, cache, recorder }),
        maxBytes: UPLOAD_LIMIT_BYTES,
        times,
        logger,
      }),
      downloads: createFileDownloads({
        client,
        tickets,
        isEmbeddable: corsOrigins.length > 0,
        times,
        logger,
      }),
      corsOrigins,
    }),
    close: transport.close,
  };
}
