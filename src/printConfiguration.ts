import { readFileSync, writeFileSync } from 'node:fs';
import { readVariable, type Variable } from './configReaders';
import { SECRETS, VARIABLES } from './configVariables';

/** Every variable refuses one of them, except those that take any text. */
const WRONG = ['999999999999', ' '];

/** The page with everything between its two marks made anew. @throws Error for a page without them */
export function withConfiguration(page: string): string {
  const marked = /(<!-- npm run docs:config -->\n)[\s\S]*?(<!-- end -->\n)/;
  if (!marked.test(page)) throw new Error('The page has no place for the configuration');
  return page.replace(marked, (_all, begin, end) => `${begin}\n${configurationTable()}\n${secretsSentence()}\n${end}`);
}

/** The table of docs/configuration.md: each variable as it is read, with what its check says about a wrong value. */
function configurationTable(): string {
  const rows = Object.entries<Variable<unknown>>(VARIABLES).map(([name, variable]) => {
    const { description, leftOut } = variable;
    return `| \`${name}\` | ${leftOut ?? defaultOf(variable)} | ${acceptedBy(variable)} | ${description} |`;
  });
  return ['| variable | default | value | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

/** Which variables may come from a file: the sentence below the table. */
function secretsSentence(): string {
  const names = SECRETS.map((name) => `\`${name}\``);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} can each come from a file instead, named by \`…_FILE\`.\n`;
}

function defaultOf({ isRequired, standard }: Variable<unknown>): string {
  if (isRequired) return 'required';
  return standard === undefined || (Array.isArray(standard) && standard.length === 0) ? 'none' : `\`${standard}\``;
}

function acceptedBy(variable: Variable<unknown>): string {
  const found = WRONG.map((text) => readVariable(variable, text));
  const problems = found.map((each) => ('problem' in each ? each.problem : ''));
  return problems.map((problem) => /must be (.+)/.exec(problem)?.[1]).find((rule) => rule !== undefined) ?? 'text';
}

if (require.main === module) {
  const [, , file] = process.argv;
  if (!file) {
    process.stderr.write('usage: printConfiguration FILE\n');
    process.exit(64);
  }
  writeFileSync(file, withConfiguration(readFileSync(file, 'utf8')));
}
