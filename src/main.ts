import { ConfigError, parseConfig } from './config';
import { createGateway } from './gateway';
import { createLogger, describeError } from './logger';

/** sysexits.h EX_CONFIG: something in the configuration is wrong. */
const EXIT_CONFIG = 78;

/** The gateway for real: from the environment, until a signal. */
async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const logger = createLogger(config.logLevel);
  const gateway = await createGateway(config, { logger });
  const stop = (signal: string) => {
    logger.info({ signal }, 'stopping');
    gateway.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.fatal({ error: describeError(error) }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** Of a failure that is no ConfigError: its system code or class, for its message may hold anything. */
function startFailure(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (code === 'EADDRINUSE') return 'the port is taken (EADDRINUSE); set PORT to another one';
  return typeof code === 'string' ? code : describeError(error).name;
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
  process.stderr.write(`The gateway could not start: ${startFailure(error)}\n`);
  process.exit(1);
});
