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

main().catch((error: unknown) => {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
  const code = (error as { code?: unknown }).code;
  process.stderr.write(`The gateway could not start: ${typeof code === 'string' ? code : describeError(error).name}\n`);
  process.exit(1);
});
