import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError } from '../config';
import { describeError } from '../logger';
import { CommandFailed, EXIT, type Surroundings, UsageError } from './command';
import { COMMANDS, type Entry } from './commands';
import { suggest } from './options';

const PROGRAM = 'dataspike-graphql';

/**
 * @param words the command line without node and the program
 * @returns the exit code; whatever goes wrong has been told
 */
export async function runCommandLine(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const named = words[0] === 'help' ? words.slice(1) : words;
  const entry = COMMANDS.find(({ name }) => name === named.slice(0, lengthOf(name)).join(' '));
  try {
    const wantsHelp = named !== words || words.some((word) => word === '--help' || word === '-h');
    if (!entry) surroundings.print(answerWithoutCommand(named, wantsHelp));
    else if (wantsHelp) surroundings.print(helpOf(entry));
    else return await entry.load().run(named.slice(lengthOf(entry.name)), surroundings);
    return EXIT.DONE;
  } catch (error) {
    const { text, exitCode } = describeFailure(error, entry);
    surroundings.tell(text);
    return exitCode;
  }
}

function lengthOf(name: string): number {
  return name.split(' ').length;
}

/** @throws {UsageError} unless it is the help or the version that is wanted */
function answerWithoutCommand(words: readonly string[], wantsHelp: boolean): string {
  const [first] = words;
  if (wantsHelp && (first === undefined || first.startsWith('-'))) return overview();
  if (first === '--version' || first === '-v') return readVersion();
  if (first === undefined) throw new UsageError('A command is missing.');
  if (first.startsWith('-')) {
    throw new UsageError(`Unknown option "${first}".${suggest(first, ['--help', '--version'])}`);
  }
  const names = COMMANDS.map(({ name }) => name);
  throw new UsageError(`Unknown command "${first}".${suggest(first, names) || suggest(words.join(' '), names)}`);
}

function helpOf({ name, synopsis, load }: Entry): string {
  return `Usage: ${[PROGRAM, name, synopsis].join(' ').trim()}\n\n${load().help}`;
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: ${PROGRAM} <command> [options]

One GraphQL endpoint for the Dataspike KYC REST API, with live updates.

Commands:
${lines.join('\n')}

  ${PROGRAM} <command> --help   its options and variables
  ${PROGRAM} --version

New here? "${PROGRAM} demo" needs neither a key nor a configuration.

Exit codes: 0 done; 1 it could not be done; 64 wrong command line; 78 wrong configuration; 130 and 143 stopped by
Ctrl-C and SIGTERM before the end (start, demo and simulator end with 0 then).`;
}

function readVersion(): string {
  const text = readFileSync(path.join(__dirname, '../../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function describeFailure(error: unknown, entry: Entry | undefined): { text: string; exitCode: number } {
  if (error instanceof ConfigError) return { text: error.message, exitCode: EXIT.CONFIG };
  if (error instanceof CommandFailed) return { text: error.message, exitCode: EXIT.FAILED };
  if (error instanceof UsageError) {
    const help = [PROGRAM, ...(entry ? [entry.name] : []), '--help'].join(' ');
    return { text: `${error.message}\nTry "${help}".`, exitCode: EXIT.USAGE };
  }
  // Its message may hold anything.
  const { name, at } = describeError(error);
  return { text: [`${PROGRAM} failed unexpectedly: ${name}`, ...at].join('\n    '), exitCode: EXIT.FAILED };
}
