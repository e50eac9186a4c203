import { ConfigError } from '../config';
import { describeError } from '../logger';
import { createSimulator, defaultApiKey } from '../simulator/simulator';
import { type Command, CommandFailed, EXIT, type Surroundings } from './command';
import { readOptions } from './options';

/** A local Dataspike without a gateway, until a signal. */
export const simulator: Command = {
  help: `Starts a simulated Dataspike on this machine: the REST API, its states, signed webhooks. Nothing of it is kept.
Point a gateway to it with DATASPIKE_BASE_URL.

Variables:

  SIMULATOR_PORT      where it listens; by default 4100
  SIMULATOR_API_KEY   the key that it accepts; by default ${defaultApiKey}
  SIMULATOR_SEED      another number makes up other people; by default 1`,

  async run(words, { environment, print, untilSignal }) {
    readOptions(words, {});
    const stopped = untilSignal();
    const running = await createSimulator({
      port: readInteger(environment, 'SIMULATOR_PORT', 4100, 65_535),
      apiKey: environment.SIMULATOR_API_KEY || defaultApiKey,
      seed: readInteger(environment, 'SIMULATOR_SEED', 1, 2 ** 32 - 1),
    }).catch((error: unknown) => {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      throw new CommandFailed(
        `The simulator could not start: ${isTaken ? 'the port is taken' : describeError(error).name}`,
      );
    });
    print(`Dataspike simulator at ${running.url}, key ${running.apiKey}`);
    await stopped;
    await running.close();
    return EXIT.DONE;
  },
};

function readInteger(environment: Surroundings['environment'], name: string, fallback: number, maximum: number) {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > maximum) {
    throw new ConfigError([`${name}: must be a whole number of at most ${maximum}`]);
  }
  return value;
}
