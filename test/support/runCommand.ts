import { EventEmitter, once } from 'node:events';
import { runCommandLine } from '../../src/commandLine/runCommandLine';

/** A command that runs in this process. */
export interface RunningCommand {
  readonly exitCode: Promise<number>;
  /** Lines on standard output, as they come. */
  readonly output: string[];
  /** Lines on standard error. */
  readonly told: string[];
  /** Resolves once a line of either is like this. */
  waitFor(pattern: RegExp): Promise<void>;
  signal(name: 'SIGINT' | 'SIGTERM'): void;
}

/**
 * @param words the command line, for example `['watch', id]`
 * @param environment all that it sees
 */
export function runCommand(words: readonly string[], environment: Record<string, string> = {}): RunningCommand {
  const output: string[] = [];
  const told: string[] = [];
  const events = new EventEmitter();
  const writeTo = (lines: string[]) => (text: string) => {
    lines.push(...text.split('\n'));
    events.emit('line');
  };
  const exitCode = runCommandLine(words, {
    environment,
    print: writeTo(output),
    tell: writeTo(told),
    untilSignal: async () => (await once(events, 'signal'))[0],
  });
  return {
    exitCode,
    output,
    told,
    async waitFor(pattern) {
      while (![...output, ...told].some((line) => pattern.test(line))) await once(events, 'line');
    },
    signal: (name) => void events.emit('signal', name),
  };
}
