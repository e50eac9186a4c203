import { createSimulator, defaultApiKey } from './simulator';

/**
 * Runs the simulator until SIGINT or SIGTERM.
 *
 * | variable | default |
 * |---|---|
 * | `SIMULATOR_PORT` | 4100 |
 * | `SIMULATOR_API_KEY` | ds-simulator-key |
 * | `SIMULATOR_SEED` | 1 |
 */
async function main(): Promise<void> {
  const simulator = await createSimulator({
    port: readInteger('SIMULATOR_PORT', 4100, 65_535),
    apiKey: process.env.SIMULATOR_API_KEY || defaultApiKey,
    seed: readInteger('SIMULATOR_SEED', 1, 2 ** 32 - 1),
  });
  process.stdout.write(`Dataspike simulator at ${simulator.url}, key ${simulator.apiKey}\n`);
  const stop = () => void simulator.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function readInteger(name: string, fallback: number, maximum: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > maximum) throw new Error(`${name} must be a whole number of at most ${maximum}`);
  return value;
}

main().catch((error: unknown) => {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const reason = isTaken ? 'the port is taken' : error instanceof Error ? error.message : 'unknown reason';
  process.stderr.write(`The simulator did not start: ${reason}\n`);
  process.exitCode = 1;
});
