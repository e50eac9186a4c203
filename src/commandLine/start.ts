import { type Config, parseConfig } from '../config';
import { createGateway } from '../gateway';
import { createLogger, describeError } from '../logger';
import { type Command, CommandFailed, EXIT } from './command';
import { readOptions } from './options';

/** The gateway for real: from the environment, until a signal. */
export const start: Command = {
  help: `Starts the gateway. Its configuration comes from the environment, or for secrets from the files that NAME_FILE names;
docs/configuration.md lists the variables. Every variable that is missing or wrong is named, with exit code 78, before
it listens. SIGTERM and Ctrl-C end it gently: running operations get 25 s.

The least that it needs:

  DATASPIKE_API_KEY   your organisation's key at Dataspike
  WEBHOOK_SECRETS     what "dataspike-graphql webhook register" prints
  AUTH_API_KEYS       one way to know callers, or AUTH_JWKS_URL, or AUTH_JWT_SECRET

"dataspike-graphql check-config" tells whether it would start.`,

  async run(words, { environment, untilSignal }) {
    readOptions(words, {});
    const config = parseConfig(environment);
    const logger = createLogger(config.logLevel);
    const stopped = untilSignal();
    const gateway = await createGateway(config, { logger }).catch((error: unknown) => {
      throw new CommandFailed(`The gateway could not start: ${startFailure(error, config)}`);
    });
    const signal = await stopped;
    logger.info({ signal }, 'stopping');
    try {
      await gateway.close();
      return EXIT.DONE;
    } catch (error) {
      logger.fatal({ error: describeError(error) }, 'could not stop cleanly');
      return EXIT.FAILED;
    }
  },
};

/** Its system code or class, for its message may hold anything. */
function startFailure(error: unknown, { telemetry }: Pick<Config, 'telemetry'>): string {
  const { code, port } = error as { code?: unknown; port?: unknown };
  const variable = port === telemetry.metricsPort ? 'METRICS_PORT' : 'PORT';
  if (code === 'EADDRINUSE') return `the port is taken (EADDRINUSE); set ${variable} to another one`;
  return typeof code === 'string' ? code : describeError(error).name;
}
