/** One instruction, its continued lines joined. */
export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The stages of a Dockerfile, each from its FROM on. @throws Error for a line that is no instruction */
export function parseDockerfile(text: string): Instruction[][] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^([A-Z]+)\s+(.+)$/.exec(line.trim()) ?? [];
    if (word === '') throw new Error(`No instruction: ${line}`);
    if (word === 'FROM') stages.push([]);
    const stage = stages.at(-1);
    if (!stage) throw new Error('The first instruction must be FROM');
    stage.push({ word, rest });
  }
  return stages;
}

/** A command in exec form. @throws SyntaxError for one in shell form, which would keep signals to its shell */
export function parseCommand(rest: string): string[] {
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[];
}
