import { type ASTNode, type DocumentNode, getOperationAST, Kind, visit } from 'graphql';
import type { Caller } from '../access/caller';

/**
 * Names everything that the answer to an update depends on, beside the update: the document, the operation, the variables
 * that are used in the answer, and what the caller may see. Subscriptions with the same key are told the same, unless a
 * resolver asks who is calling.
 * @param document the same object for the same text
 * @param variables coerced
 */
export function shareKey(
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>,
  { scopes, watches }: Caller,
): string {
  const { number, keys, variablesOf } = factsOf(document);
  const used = variablesOf(operationName).map((name) => (name in variables ? [name, variables[name]] : [name]));
  const rights = [[...scopes].sort(), watches ? [watches.verificationId, watches.shortId] : null];
  const key = JSON.stringify([number, operationName ?? null, rights, used]);
  if (watches || used.length > 0) return key;
  const known = keys.get(key) ?? key;
  keys.set(known, known);
  return known;
}

interface DocumentFacts {
  readonly number: number;
  /** Those that many subscriptions have, so that they hold and compare one text. As many as there are sets of scopes. */
  readonly keys: Map<string, string>;
  variablesOf(operationName: string | null | undefined): readonly string[];
}

const facts = new WeakMap<DocumentNode, DocumentFacts>();
let documentCount = 0;

function factsOf(document: DocumentNode): DocumentFacts {
  const known = facts.get(document);
  if (known) return known;
  documentCount += 1;
  const byOperation = new Map<string, readonly string[]>();
  const found: DocumentFacts = {
    number: documentCount,
    keys: new Map(),
    variablesOf(operationName) {
      const key = operationName ?? '';
      const names = byOperation.get(key) ?? variablesOfAnswer(document, operationName);
      byOperation.set(key, names);
      return names;
    },
  };
  facts.set(document, found);
  return found;
}

/** All but those that are arguments of a root field: these select what is told, and change nothing about how. */
function variablesOfAnswer(document: DocumentNode, operationName: string | null | undefined): readonly string[] {
  const names = new Set<string>();
  const collect = (node: ASTNode) => visit(node, { Variable: ({ name }) => void names.add(name.value) });
  const operation = getOperationAST(document, operationName);
  for (const directive of operation?.directives ?? []) collect(directive);
  for (const selection of operation?.selectionSet.selections ?? []) {
    collect(selection.kind === Kind.FIELD ? { ...selection, arguments: [] } : selection);
  }
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) collect(definition);
  return [...names].sort();
}
