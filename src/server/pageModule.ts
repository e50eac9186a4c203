import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * A CommonJS module and all that it requires, as one expression for the script of a page; its value is what the module
 * exports. For packages that come without a file for browsers.
 * @param entry absolute path
 * @param leftOut names that are answered with an empty module, for what the page never uses
 */
export function toPageModule(entry: string, leftOut: readonly string[] = []): string {
  const files: string[] = [];
  const modules: string[] = [];

  function include(file: string): number {
    const known = files.indexOf(file);
    if (known >= 0) return known;
    const index = files.push(file) - 1;
    const source = readFileSync(file, 'utf8');
    const { resolve } = createRequire(file);
    const required: Record<string, number> = {};
    for (const [, name = ''] of source.matchAll(/\brequire\(['"]([^'"]+)['"]\)/g)) {
      if (!leftOut.includes(name)) required[name] = include(resolve(name));
    }
    modules[index] = `[${JSON.stringify(required)}, (module, exports, require) => {\n${source}\n}]`;
    return index;
  }

  include(entry);
  return `((modules) => {
  const loaded = [];
  const load = (index) => {
    if (index === undefined) return {};
    if (!loaded[index]) {
      const [required, run] = modules[index];
      loaded[index] = { exports: {} };
      run(loaded[index], loaded[index].exports, (name) => load(required[name]));
    }
    return loaded[index].exports;
  };
  return load(0);
})([${modules.join(',\n')}])`;
}
