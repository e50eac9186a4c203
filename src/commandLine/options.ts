import { type ParseArgsConfig, parseArgs } from 'node:util';
import { didYouMean } from 'graphql/jsutils/didYouMean';
import { suggestionList } from 'graphql/jsutils/suggestionList';
import { UsageError } from './command';

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;
type Values<Options extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; strict: true; allowPositionals: true }>
>['values'];

/**
 * @param options as `parseArgs` of node:util takes them
 * @param operandNames what must follow beside the options, each once, for example `verification`
 * @throws {UsageError} for anything else, with the nearest option's name
 */
export function readOptions<Options extends OptionsConfig>(
  words: readonly string[],
  options: Options,
  operandNames: readonly string[] = [],
): { values: Values<Options>; operands: string[] } {
  const { values, positionals } = parse(words, options);
  const missing = operandNames[positionals.length];
  if (missing !== undefined) throw new UsageError(`<${missing}> is missing.`);
  const unexpected = positionals[operandNames.length];
  if (unexpected !== undefined) throw new UsageError(`Unexpected argument "${unexpected}".`);
  return { values, operands: positionals };
}

/** ` Did you mean …?` with the nearest, or nothing. */
export function suggest(word: string, known: readonly string[]): string {
  const longer = known.filter((name) => name.startsWith(`${word} `));
  return didYouMean((longer.length > 0 ? longer : suggestionList(word, known)).slice(0, 1));
}

function parse<Options extends OptionsConfig>(words: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...words], options, strict: true, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const unknown = /^Unknown option '([^']+)'/.exec(message)?.[1];
    if (unknown !== undefined) {
      const known = Object.keys(options).map((name) => `--${name}`);
      throw new UsageError(`Unknown option "${unknown}".${suggest(unknown, known)}`);
    }
    if (code?.startsWith('ERR_PARSE_ARGS')) throw new UsageError(message);
    throw error;
  }
}
