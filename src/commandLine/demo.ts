import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, parseConfig } from '../config';
import { createDataspikeClient } from '../dataspike/client';
import { createTransport } from '../dataspike/transport';
import { createGateway } from '../gateway';
import { createLogger, describeError } from '../logger';
import { createSimulator } from '../simulator/simulator';
import { type Command, CommandFailed, EXIT, type Surroundings } from './command';
import { createDemoLife } from './demoLife';
import { readOptions } from './options';

/** How often something happens. */
const STEP_MS = 1_500;
/** Verifications at the start, so that lists and charts show something: some, every so often, up to now. */
const SEEDING = { groups: 25, ofEach: 3, everyMs: 60_000 };

/** The same gateway in front of the simulator, on loopback, with visible life in it, until a signal. */
export const demo: Command = {
  help: `Starts a simulated Dataspike and the gateway in front of it, both on this machine only, and prints the addresses, a
token, and what to try. Verifications come and go by themselves. It needs no key and no configuration.

Variables:

  PORT        where the gateway listens; by default 4000, and 0 lets the system choose
  LOG_LEVEL   the least that is logged; by default warn`,

  async run(words, surroundings) {
    readOptions(words, {});
    const stopped = surroundings.untilSignal();
    const close = await startDemo(surroundings).catch((error: unknown) => {
      if (error instanceof ConfigError) throw error;
      throw new CommandFailed(`The demo could not start: ${reasonOf(error)}`);
    });
    await stopped;
    await close();
    return EXIT.DONE;
  },
};

/** @returns what ends all of it */
async function startDemo({ environment, print }: Surroundings): Promise<() => Promise<void>> {
  let ageMs = SEEDING.groups * SEEDING.everyMs;
  const simulator = await createSimulator({ checkDurationMs: 3_000, now: () => Date.now() - ageMs });
  simulator.control.seed({ applicants: 40, verifications: 0 });
  for (; ageMs > 0; ageMs -= SEEDING.everyMs) {
    simulator.control.seed({ applicants: 0, verifications: SEEDING.ofEach });
  }
  const logger = createLogger(environment.LOG_LEVEL || 'warn');
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
    PORT: environment.PORT,
    WEBHOOK_SECRETS: secret ?? '',
    AUTH_API_KEYS: `demo:${sha256(token)}:kyc:read+kyc:pii+kyc:write+kyc:admin`,
  });
  // There when it was built: by `npm run demo`, and in the package.
  const folder = path.join(__dirname, '../dashboard');
  const dashboard = existsSync(folder) ? { folder, token } : undefined;
  const gateway = await createGateway(config, { logger, explorerAuthorization: `Bearer ${token}`, dashboard });
  await client.updateWebhook(id, { ...webhook, url: `${gateway.url}/webhooks/dataspike`, enabled: true });

  const takeStep = createDemoLife(`${gateway.url}/graphql`, token, client);
  const life = setInterval(() => {
    takeStep().catch((error: unknown) => logger.warn({ error: describeError(error) }, 'a step failed'));
  }, STEP_MS);
  print(introduction(gateway.url.replace('127.0.0.1', 'localhost'), token, dashboard !== undefined));
  return async () => {
    clearInterval(life);
    await gateway.close();
    transport.close();
    await simulator.close();
  };
}

function introduction(url: string, token: string, hasDashboard: boolean): string {
  return `
The Dataspike GraphQL gateway, in front of a simulated Dataspike.

${hasDashboard ? `  Live dashboard    ${url}/dashboard/\n` : ''}  Apollo Sandbox    ${url}/
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

Stop it with Ctrl-C.`;
}

function reasonOf(error: unknown): string {
  const isTaken = (error as { code?: unknown }).code === 'EADDRINUSE';
  return isTaken ? 'the port is taken; set PORT to another one' : describeError(error).name;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
