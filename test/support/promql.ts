/** What an expression of PromQL asks for. */
export interface Selected {
  /** Names of metrics, each once. */
  readonly metrics: readonly string[];
  /** Labels that it matches, groups by or keeps. */
  readonly labels: readonly string[];
}

const WORDS = new Set([
  'by',
  'without',
  'and',
  'or',
  'unless',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'offset',
  'bool',
]);

/** Reads the names in an expression; not its grammar, which promtool knows. */
export function readSelected(expression: string): Selected {
  const labels = new Set<string>();
  const take = (names: string) => {
    for (const [name] of names.matchAll(/[a-zA-Z_]\w*(?=\s*(?:[,)}]|=|!|$))/g)) labels.add(name);
    return ' ';
  };
  const rest = expression
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .replace(/\{([^}]*)\}/g, (_all, matchers: string) => take(matchers))
    .replace(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g, (_all, names: string) => take(names))
    .replace(/\[[^\]]*\]/g, ' ');
  const names = [...rest.matchAll(/(?<![\w.])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])/g)].map(([name]) => name);
  return { metrics: [...new Set(names.filter((name) => !WORDS.has(name)))], labels: [...labels] };
}
