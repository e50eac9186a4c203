import pino from 'pino';
import type { Caller } from '../../src/access/caller';
import type { Call } from '../../src/dataspike/call';
import { createDataspikeClient } from '../../src/dataspike/client';
import { UpstreamUnavailable } from '../../src/dataspike/errors';
import type { Transport } from '../../src/dataspike/transport';
import { createEntityCache } from '../../src/entities/entityCache';
import { createSharedReads } from '../../src/entities/sharedReads';
import { createMemoryEventLog } from '../../src/events/memoryEventLog';
import { type Operation, type Services, startOperation } from '../../src/graphql/context';
import type { Simulator } from '../../src/simulator/simulator';

/**
 * Operations of a gateway whose Dataspike says the same whenever it is asked the same: what the simulator once answered,
 * and failures where `fails` says so.
 */
export function createRememberedDataspike(simulator: Simulator, fails: (path: string) => boolean) {
  const answers = new Map<string, Promise<unknown>>();
  const logger = pino({ level: 'silent' });

  async function ask(path: string): Promise<unknown> {
    const response = await fetch(`${simulator.url}${path}`, { headers: { 'ds-api-token': simulator.apiKey } });
    return response.ok ? response.json() : null;
  }

  const transport: Transport = {
    logger,
    async json({ method, path, query = {} }: Call) {
      const given = Object.entries(query).flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]]));
      const key = `${path}?${new URLSearchParams(given)}`;
      if (method !== 'GET' || fails(key)) throw new UpstreamUnavailable(503, { retryAfterMs: 7 });
      if (!answers.has(key)) answers.set(key, ask(key));
      return structuredClone(await answers.get(key));
    },
    multipart: () => Promise.reject(new Error('Nothing is sent')),
    stream: () => Promise.reject(new Error('Nothing is received')),
    for: () => transport,
    state: () => ({ breaker: 'CLOSED', waiting: 0 }),
    close() {},
  };
  const client = createDataspikeClient({ transport });
  const log = createMemoryEventLog({ retention: 10, onListenerError() {} });

  return {
    /** An operation that nothing is remembered for but by Dataspike, and where its access record goes. */
    start(caller: Caller): { readonly operation: Operation; readonly accesses: unknown[] } {
      const accesses: unknown[] = [];
      const sharedReads = createSharedReads();
      const services = {
        clientFor: () => client,
        cache: createEntityCache({ sharedReads }),
        sharedReads,
        log,
        fileTickets: { issueDownload: async ({ documentId }: { documentId: string }) => ({ ticket: documentId }) },
        publicUrl: () => 'http://gateway',
        recordAccess: (access: unknown) => void accesses.push(access),
        telemetry: { start: () => ({ report: {}, run: <T>(work: () => T) => work(), end() {} }) },
        logger,
        environment: 'sandbox',
        widgetApiUrl: simulator.url,
        operationMs: 60_000,
      } as unknown as Services;
      return { operation: startOperation(services, caller, 'request'), accesses };
    },
  };
}
