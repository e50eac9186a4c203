import { createHash, randomBytes } from 'node:crypto';
import { ConfigError, parseConfig } from './config';
import { createDataspikeClient } from './dataspike/client';
import { createTransport } from './dataspike/transport';
import { createDemoLife } from './demoLife';
import { createGateway } from './gateway';
import { createLogger, describeError } from './logger';
import { createSimulator } from './simulator/simulator';

/** How often something happens. */
const STEP_MS = 1_500;
/** Verifications at the start, so that lists show something. */
const SEEDED = 60;

/** The same gateway in front of the simulator, on loopback, with visible life in it. */
async function main(): Promise<void> {
  const simulator = await createSimulator({ checkDurationMs: 3_000 });
  simulator.control.seed({ applicants: 40, verifications: SEEDED });
  const logger = createLogger(process.env.LOG_LEVEL || 'warn');
  const upstream = { baseUrl: simulator.url, apiKey: simulator.apiKey, timeoutMs: 5_000, maxConcurrency: 8 };
  const transport = createTransport({ ...upstream, logger });
  const client = createDataspikeClient({ transport });
  // The gateway needs the secret before it listens; only then is its port known, if the system chooses one.
  const webhook = { eventTypes: ['DOCVER', 'DOCVER_CHECKS'], isSandbox: true };
  const { id, secret } = await client.createWebhook({ ...webhook, url: 'http://127.0.0.1/', enabled: false });
  const token = randomBytes(24).toString('base64url');
  const config = parseConfig({
    DATASPIKE_API_KEY: simulator.apiKey,
    DATASPIKE_BASE_URL: simulator.url,
    HOST: '127.0.0.1',
    PORT: process.env.PORT,
    WEBHOOK_SECRETS: secret ?? '',
    AUTH_API_KEYS: `demo:${sha256(token)}:kyc:read+kyc:pii+kyc:write+kyc:admin`,
  });
  const gateway = await createGateway(config, { logger, explorerAuthorization: `Bearer ${token}` });
  await client.updateWebhook(id, { ...webhook, url: `${gateway.url}/webhooks/dataspike`, enabled: true });

  const takeStep = createDemoLife(`${gateway.url}/graphql`, token, client);
  const life = setInterval(() => {
    takeStep().catch((error: unknown) => logger.warn({ error: describeError(error) }, 'a step failed'));
  }, STEP_MS);
  const stop = async () => {
    clearInterval(life);
    await gateway.close();
    transport.close();
    await simulator.close();
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.stdout.write(introduction(gateway.url.replace('127.0.0.1', 'localhost'), token));
}

function introduction(url: string, token: string): string {
  return `
The Dataspike GraphQL gateway, in front of a simulated Dataspike.

  Apollo Sandbox    ${url}/
  GraphiQL          ${url}/graphiql   (works offline)
  Endpoint          ${url}/graphql    (queries and mutations; the same address with ws:// for subscriptions)
  Token             ${token}

A query:

  curl ${url}/graphql -H 'content-type: application/json' -H 'authorization: Bearer ${token}' \\
    -d '{"query":"{ verifications(first: 3) { nodes { id status applicant { id } } } }"}'

A subscription to paste into GraphiQL; something happens every few seconds:

  subscription {
    verificationUpdated { cursor kind previousStatus verification { id status } }
  }

Stop it with Ctrl-C.
`;
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('; ');
  const isTaken = (error as { code?: unknown }).code === 'EADDRINUSE';
  return isTaken ? 'the port is taken; set PORT to another one' : describeError(error).name;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

main().catch((error: unknown) => {
  process.stderr.write(`The demo could not start: ${reasonOf(error)}\n`);
  process.exit(1);
});
