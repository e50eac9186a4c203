import type { AddressInfo } from 'node:net';
import { type Control, createControl } from './control/control';
import { createControlEndpoints } from './control/controlEndpoints';
import { createWorld, type World } from './createWorld';
import { createEndpoints } from './endpoints/endpoints';
import { createApiServer } from './http/apiServer';
import type { Endpoint } from './http/endpoint';
import { createFaults } from './http/faults';
import { createJournal, type RecordedRequest } from './http/journal';
import { createRouter, type Match } from './http/router';

export type { Control } from './control/control';
export type { Fault } from './http/faults';
export type { RecordedRequest } from './http/journal';

export interface SimulatorOptions {
  /** Default: 127.0.0.1 */
  host?: string;
  /** Default: 0, any free one */
  port?: number;
  /** What `ds-api-token` must equal; client-SDK routes and the country dictionary need none. Default: ds-simulator-key */
  apiKey?: string;
  /** Every id, secret and choice follows from it. Default: 1 */
  seed?: number;
  /** Unix milliseconds. Default: Date.now; what the control route adds comes on top */
  now?: () => number;
  /** From proceed to the end of the checks. Default: 50 */
  checkDurationMs?: number;
  /** Waits before each automatic redelivery of a webhook. Default: 200, 1000, 5000, 30000 */
  redeliveryDelaysMs?: number[];
  /** How long a receiver may take to answer. Default: 5000 */
  deliveryTimeoutMs?: number;
}

export interface Simulator {
  /** `http://host:port`, without a slash at the end */
  readonly url: string;
  readonly apiKey: string;
  /** The control route in process: faults, clock, outcomes, deliveries, seeding */
  readonly control: Control;
  /** Every API request so far, oldest first; the same as `control.requests()` */
  requests(): RecordedRequest[];
  /** Open connections, and requests on them whose answer has not ended: a client that has given up leaves none. */
  connections(): Promise<{ readonly open: number; readonly unanswered: number }>;
  /** Cuts all connections, ends all timers, breaks off all deliveries. */
  close(): Promise<void>;
}

export const defaultApiKey = 'ds-simulator-key';

/**
 * Starts a local Dataspike that behaves as the guide and `dataspike/openapi.yaml` say. It shares no code with the
 * gateway, so that each can find the other's mistakes.
 * @throws what listening throws, for example EADDRINUSE
 */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0, apiKey = defaultApiKey } = options;
  let seed = options.seed ?? 1;
  let { world, findEndpoint } = startWorld();
  const journal = createJournal();
  const faults = createFaults();

  function startWorld(): { world: World; findEndpoint: (method: string, path: string) => Match<Endpoint> } {
    const created = createWorld({
      seed,
      now: options.now ?? Date.now,
      checkDurationMs: options.checkDurationMs ?? 50,
      redeliveryDelaysMs: options.redeliveryDelaysMs ?? [200, 1000, 5000, 30_000],
      deliveryTimeoutMs: options.deliveryTimeoutMs ?? 5000,
    });
    return { world: created, findEndpoint: createRouter(createEndpoints(created)) };
  }

  const control = createControl({
    currentWorld: () => world,
    resetWorld(newSeed) {
      world.close();
      seed = newSeed ?? seed;
      ({ world, findEndpoint } = startWorld());
    },
    journal,
    faults,
  });
  const { server, unanswered } = createApiServer({
    apiKey,
    journal,
    faults,
    findEndpoint: (method, path) => findEndpoint(method, path),
    findControl: createRouter(createControlEndpoints(control)),
    now: () => world.clock.now(),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  }).catch((error: unknown) => {
    world.close();
    throw error;
  });
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;

  return {
    url: `http://${shownHost}:${address.port}`,
    apiKey,
    control,
    requests: () => journal.list(),
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, open) => (error ? reject(error) : resolve({ open, unanswered: unanswered() })));
      }),
    async close() {
      world.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
