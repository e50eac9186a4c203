import { type Config, parseConfig } from '../config';
import { createDataspikeClient, type DataspikeClient } from '../dataspike/client';
import { DataspikeError, UpstreamRefused } from '../dataspike/errors';
import { createTransport } from '../dataspike/transport';
import { createLogger } from '../logger';
import { type Command, CommandFailed, EXIT, type Surroundings, UsageError } from './command';
import { readOptions } from './options';

/** What the gateway understands. */
const DEFAULT_EVENTS = 'DOCVER,DOCVER_CHECKS';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Creates the subscription at Dataspike, and prints the secret that signs its deliveries. */
export const registerWebhook: Command = {
  help: `Lets Dataspike deliver its webhooks to your gateway. Prints the signing secret, alone, on standard output: this once,
never again. It belongs into WEBHOOK_SECRETS:

  WEBHOOK_SECRETS=$(dataspike-graphql webhook register --url https://gateway.example.com/webhooks/dataspike)

Options:

  --url <url>        where the gateway is reached from outside, with /webhooks/dataspike at its end; https, but for this
                     machine
  --events <types>   what is delivered, comma list; by default ${DEFAULT_EVENTS}

Variables, as for "dataspike-graphql start":

  DATASPIKE_API_KEY       your organisation's key, or DATASPIKE_API_KEY_FILE
  DATASPIKE_ENVIRONMENT   sandbox (by default) or production: which deliveries it is about
  DATASPIKE_BASE_URL      another address of Dataspike`,

  async run(words, { environment, print, tell }) {
    const { values } = readOptions(words, { url: { type: 'string' }, events: { type: 'string' } });
    const url = readUrl(values.url);
    const eventTypes = readEvents(values.events ?? DEFAULT_EVENTS);
    const config = parseDataspikeConfig(environment);
    const transport = createTransport({ ...config, logger: createLogger('silent') });
    try {
      const isSandbox = config.environment === 'sandbox';
      const { id, secret } = await register(createDataspikeClient({ transport }), { url, eventTypes, isSandbox });
      tell(`Dataspike (${config.environment}) delivers ${eventTypes.join(', ')} to ${url}. The subscription is ${id}.`);
      if (secret === null) throw new CommandFailed('It came without a secret: rotate it to get one.');
      tell('The secret, shown this once; it belongs into WEBHOOK_SECRETS:');
      print(secret);
      return EXIT.DONE;
    } finally {
      transport.close();
    }
  },
};

interface Subscription {
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly isSandbox: boolean;
}

async function register(client: DataspikeClient, wanted: Subscription) {
  try {
    // A second subscription would double every delivery: a lost answer lets people try again.
    const existing = (await client.listWebhooks()).find(({ url }) => url === wanted.url);
    if (existing) {
      throw new CommandFailed(
        `There is a subscription to this URL: ${existing.id}. Delete it, or rotate its secret, for a new one.`,
      );
    }
    return await client.createWebhook(wanted);
  } catch (error) {
    if (!(error instanceof DataspikeError)) throw error;
    const reason = error instanceof UpstreamRefused ? error.refusal.text : null;
    throw new CommandFailed(reason === null ? error.message : `${error.message}: ${reason}`);
  }
}

/** Only Dataspike's variables count: what WEBHOOK_SECRETS wants does not exist yet. */
function parseDataspikeConfig(environment: Surroundings['environment']): Config['dataspike'] {
  const own = Object.entries(environment).filter(([name]) => name.startsWith('DATASPIKE_'));
  const rest = { WEBHOOK_ALLOW_UNSIGNED: 'true', AUTH_DISABLED: 'true', HOST: '127.0.0.1' };
  return parseConfig({ ...rest, ...Object.fromEntries(own) }).dataspike;
}

function readUrl(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--url is missing.');
  if (!URL.canParse(text))
    throw new UsageError('--url must be an address such as https://gateway.example.com/webhooks/dataspike.');
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname))) {
    throw new UsageError('--url must begin with https://, for deliveries hold personal data.');
  }
  if (username || password || hash) throw new UsageError('--url must be without credentials and fragment.');
  return text;
}

function readEvents(text: string): string[] {
  const types = text.split(',').map((type) => type.trim());
  if (types.some((type) => !/^\w+$/.test(type))) {
    throw new UsageError(`--events must be a comma list such as ${DEFAULT_EVENTS}.`);
  }
  return types;
}
