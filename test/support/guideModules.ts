import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');

/**
 * The blocks of TypeScript on the pages, each in the file that its first line names; blocks of one file are put together.
 * @param pages under docs/
 * @returns a folder beside node_modules, to be removed in the end
 */
export function writeGuideModules(pages: readonly string[]): string {
  const parent = path.join(ROOT, '.tmp');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'guide-'));
  const files = new Map<string, string>();
  for (const page of pages) {
    for (const { name, source } of modulesOf(readFileSync(path.join(ROOT, 'docs', page), 'utf8'))) {
      files.set(name, (files.get(name) ?? '') + source);
    }
  }
  for (const [name, source] of files) writeFileSync(path.join(folder, name), source);
  return folder;
}

function modulesOf(text: string): { name: string; source: string }[] {
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, source = '']) => source);
  return blocks.map((source) => {
    const [, name] = /^\/\/ (\w+\.ts)\n/.exec(source) ?? [];
    if (name === undefined) throw new Error(`A block does not name its file: ${source.slice(0, 60)}`);
    return { name, source };
  });
}
