#!/usr/bin/env node
import { shareOnlyCore } from './commandLine/onlyCore';
import { runCommandLine } from './commandLine/runCommandLine';

shareOnlyCore();

// Who reads no further, such as `head`, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

runCommandLine(process.argv.slice(2), {
  environment: process.env,
  print: (text) => void process.stdout.write(`${text}\n`),
  tell: (text) => void process.stderr.write(`${text}\n`),
  untilSignal: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
    }),
}).then((exitCode) => process.exit(exitCode));
