// npm run schema:check [-- BASE]: compares schema.graphql with that of a commit and fails where a client could break.
// BASE is origin/main when left out, else main, else HEAD. See docs/schema-changes.md.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CriticalityLevel, DiffRule, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const MARKS = {
  [CriticalityLevel.Breaking]: 'BREAKING ',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe     ',
};
// What was deprecated has been announced: it may go.
const RULES = [DiffRule.suppressRemovalOfDeprecatedField, DiffRule.ignoreDescriptionChanges];

const base = findBase(process.argv[2]);
const before = buildSchema(git('show', `${base}:schema.graphql`));
const after = buildSchema(readFileSync('schema.graphql', 'utf8'));
const changes = await diff(before, after, RULES);

for (const { criticality, message } of changes) console.log(`${MARKS[criticality.level]}  ${message}`);
const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
console.log(`${changes.length} changes since ${base}, ${breaking.length} of them breaking`);
if (breaking.length > 0) {
  console.error('A client may ask for what is no longer there: docs/schema-changes.md says how to go on.');
  process.exitCode = 1;
}

function findBase(asked) {
  const names = asked === undefined ? ['origin/main', 'main', 'HEAD'] : [asked];
  const found = names.find((name) => hasSchema(name));
  if (found !== undefined) return found;
  console.error(`No schema.graphql to compare with in ${names.join(', ')}`);
  process.exit(2);
}

function hasSchema(name) {
  try {
    git('cat-file', '-e', `${name}:schema.graphql`);
    return true;
  } catch {
    return false;
  }
}

function git(...words) {
  return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 10_000_000 });
}
