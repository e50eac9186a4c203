import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSimulator, type Simulator } from '../../src/simulator/simulator';
import { refuseCanaries } from './canaries';
import { signatureOf } from './deliver';
import { type Build, buildGateway, type GatewayProcess } from './gatewayProcess';
import { postJson } from './postJson';
import { callSimulator, eventually, type GraphqlAnswer, postGraphql, TOKEN } from './startGateway';
import { startTraceCollector } from './traceCollector';
import type { ForcedStatus } from './verifications';

export interface RunningGateway extends GatewayProcess {
  readonly url: string;
  ask(query: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer>;
}

/**
 * Gateways in processes of their own, before one simulator. What the simulator delivers is kept by the test, which hands
 * it on, late, twice or elsewhere, as it likes.
 */
export interface GatewayProcesses {
  readonly simulator: Simulator;
  /**
   * Resolves when it is ready. The first is traced; one with options of Node.js is not, for its memory is looked at.
   * @param environment on top of a working configuration
   */
  start(environment?: Record<string, string>, nodeOptions?: readonly string[]): Promise<RunningGateway>;
  /** Makes up verifications that nobody was told of. @returns their ids */
  seed(count: number): Promise<string[]>;
  /** Puts a verification into a status. @returns the body that Dataspike delivers then */
  change(id: string, status: ForcedStatus): Promise<string>;
  /** Posts a body to one gateway, signed now. @returns the status, or null when no answer came */
  deliver(body: string, url: string): Promise<number | null>;
  /**
   * To one gateway after another until one answers 200, as Dataspike does. Rejects after a minute, or once closed.
   * @returns every answer
   */
  deliverUntilTaken(body: string, pickUrl: () => string): Promise<(number | null)[]>;
  /** The status of every verification, in GraphQL's words, as REST tells it. */
  statuses(ids: readonly string[]): Promise<Map<string, string>>;
  /** Ends every process at once. Rejects when what operators see of one held anything of a person, or a secret. */
  close(): Promise<void>;
}

/** Before the next try: long enough that waiting deliveries are no load of their own. */
const RETRY_MS = { least: 100, most: 500 };
const GIVE_UP_MS = 60_000;

/** @param environment of all gateways, on top of a working configuration */
export async function createGatewayProcesses(environment: Record<string, string> = {}): Promise<GatewayProcesses> {
  const build: Build = await buildGateway();
  const simulator = await createSimulator({ redeliveryDelaysMs: [] });
  const bodies = new Map<string, (body: string) => void>();
  const mailbox = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.end();
      const body = Buffer.concat(chunks).toString();
      const { event_type: type, payload } = JSON.parse(body) as { event_type: string; payload: { id: string } };
      if (type === 'DOCVER') bodies.get(payload.id)?.(body);
    });
  });
  await new Promise<void>((resolve) => mailbox.listen(0, '127.0.0.1', resolve));
  const secret = await subscribeToWebhooks(simulator, `http://127.0.0.1:${(mailbox.address() as AddressInfo).port}/`);
  const collector = await startTraceCollector();
  // The little that waits when a process is killed is not seen.
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '1000' };
  const started: GatewayProcess[] = [];
  const urls: string[] = [];
  let hasClosed = false;

  function deliver(body: string, url: string): Promise<number | null> {
    return statusOf(postJson(`${url}/webhooks/dataspike`, body, { 'x-webhook-signature': signatureOf(body, secret) }));
  }

  return {
    simulator,
    async start(own = {}, nodeOptions) {
      const child = build.start(
        {
          DATASPIKE_API_KEY: simulator.apiKey,
          DATASPIKE_BASE_URL: simulator.url,
          HOST: '127.0.0.1',
          PORT: '0',
          WEBHOOK_SECRETS: secret,
          AUTH_API_KEYS: `test:${createHash('sha256').update(TOKEN).digest('hex')}:kyc:read+kyc:pii+kyc:write+kyc:admin`,
          WATCH_TOKEN_SECRET: 'of the tests, and long enough for them',
          LIMIT_REQUESTS_PER_MINUTE: '0',
          ...(started.length === 0 && !nodeOptions && traced),
          ...environment,
          ...own,
        },
        nodeOptions,
      );
      started.push(child);
      const url = `http://127.0.0.1:${await child.listening}`;
      await eventually(async () => (await statusOf(fetch(`${url}/readyz`))) === 200, 10_000);
      urls.push(url);
      return { ...child, url, ask: (query, variables) => postGraphql(`${url}/graphql`, query, variables) };
    },
    async seed(count) {
      simulator.control.seed({ applicants: Math.ceil(count / 5), verifications: count });
      const ids = [...(await listStatuses(simulator)).keys()];
      if (ids.length < count) throw new Error('The simulator lists fewer verifications than it was asked to make up');
      return ids.slice(0, count);
    },
    change(id, status) {
      const body = new Promise<string>((resolve) => bodies.set(id, resolve));
      if (!simulator.control.forceVerification(id, { status, errors: {} }, true))
        throw new Error('no such verification');
      return body;
    },
    deliver,
    async deliverUntilTaken(body, pickUrl) {
      const answers: (number | null)[] = [];
      const giveUpAt = Date.now() + GIVE_UP_MS;
      for (;;) {
        const answer = await deliver(body, pickUrl());
        answers.push(answer);
        if (answer === 200) return answers;
        if (hasClosed || Date.now() > giveUpAt) throw new Error('No gateway took the delivery');
        await sleep(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least));
      }
    },
    async statuses(ids) {
      const all = await listStatuses(simulator);
      return new Map(ids.map((id) => [id, all.get(id) ?? 'none']));
    },
    async close() {
      hasClosed = true;
      await Promise.all(urls.map(refuseCanariesInMetrics));
      for (const child of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ exited }) => exited));
      await simulator.close();
      await new Promise((resolve) => mailbox.close(resolve).closeAllConnections());
      await collector.close();
      refuseCanaries('the spans', collector.text(), [TOKEN, simulator.apiKey, secret]);
    },
  };
}

/** @returns the secret */
async function subscribeToWebhooks(simulator: Simulator, url: string): Promise<string> {
  const answer = await callSimulator(simulator, 'POST', '/api/v3/organization/webhooks', {
    webhook_url: url,
    event_types: ['DOCVER'],
    enabled: true,
    is_sandbox: true,
  });
  return ((await answer.json()) as { hmac_signing_secret: string }).hmac_signing_secret;
}

async function listStatuses({ url, apiKey }: Simulator): Promise<Map<string, string>> {
  const statuses = new Map<string, string>();
  for (let page = 0; ; page += 1) {
    const answer = await fetch(`${url}/api/v3/verifications?page=${page}&limit=100`, {
      headers: { 'ds-api-token': apiKey },
    });
    const { data, has_next: hasNext } = (await answer.json()) as {
      data: { id: string; status: string }[];
      has_next: boolean;
    };
    for (const { id, status } of data) statuses.set(id, status.toUpperCase());
    if (!hasNext) return statuses;
  }
}

/** Of one that still runs. */
async function refuseCanariesInMetrics(url: string): Promise<void> {
  const metrics = await fetch(`${url}/metrics`).then(
    (response) => response.text(),
    () => '',
  );
  refuseCanaries('the metrics', metrics);
}

/** Null when there was no answer. */
async function statusOf(answering: Promise<{ readonly status: number }>): Promise<number | null> {
  try {
    return (await answering).status;
  } catch {
    return null;
  }
}
