/** What a command gets of the process that it runs in. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One line, or several, on standard output: what was asked for. */
  print(text: string): void;
  /** The same on standard error: everything that is said beside it. */
  tell(text: string): void;
  /** Resolves at SIGINT or SIGTERM, which no longer end the process by themselves from the call on. */
  untilSignal(): Promise<'SIGINT' | 'SIGTERM'>;
}

export interface Command {
  /** Below the usage line: what it does, its options, its variables. No newline at the end. */
  readonly help: string;
  /**
   * @param words what follows the command's name
   * @returns the exit code
   * @throws {UsageError} {ConfigError} {CommandFailed}
   */
  run(words: readonly string[], surroundings: Surroundings): Promise<number>;
}

/** How the process ends; the two large ones as sysexits.h has them. */
export const EXIT = { DONE: 0, FAILED: 1, USAGE: 64, CONFIG: 78 } as const;

/** The command line is wrong; the message says what, for the one who wrote it. */
export class UsageError extends Error {}

/** It was understood and could not be done. The message is all that is shown of the reason. */
export class CommandFailed extends Error {}
