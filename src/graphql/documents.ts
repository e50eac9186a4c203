import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { requestError } from './errors';
import { type Limits, queryTooComplex } from './limits';

/** Parses and validates documents; what was accepted once is remembered. */
export interface Documents {
  /** @returns the document, or why it is refused, with the codes of Apollo Server */
  admit(source: string): DocumentNode | readonly GraphQLError[];
  /** The SHA-256 of an accepted document's text, lower-case hex. */
  sha256Of(document: DocumentNode): string;
  /** What was accepted, by `…:` and the SHA-256 of its text, as Apollo Server looks for it. */
  readonly store: {
    get(key: string): Promise<DocumentNode | undefined>;
    set(key: string, document: DocumentNode): Promise<void>;
    delete(key: string): Promise<void>;
  };
}

/**
 * The limits come first: the rules of validation take up to 120 ms for a document that they refuse.
 * @param maxEntries accepted documents that are remembered; default 1,000
 */
export function createDocuments({
  schema,
  validationRules,
  limits,
  maxTokens,
  maxEntries = 1_000,
}: {
  schema: GraphQLSchema;
  validationRules: readonly ValidationRule[];
  limits: Limits;
  maxTokens: number;
  maxEntries?: number;
}): Documents {
  const accepted = new LRUCache<string, DocumentNode>({ max: maxEntries });
  const byHash = new LRUCache<string, DocumentNode>({ max: maxEntries });
  const hashes = new WeakMap<DocumentNode, string>();
  const rules = [...specifiedRules, ...validationRules];
  const hidesSchema = validationRules.includes(NoSchemaIntrospectionCustomRule);

  function checkLimits(document: DocumentNode): readonly GraphQLError[] {
    try {
      return limits.check(document);
    } catch (error) {
      // Where LIMIT_TOKENS is set high, a chain of fragments can be longer than the stack.
      if (error instanceof RangeError) return [queryTooComplex('The document is nested too deeply')];
      throw error;
    }
  }

  return {
    admit(source) {
      const known = accepted.get(source);
      if (known) return known;
      const document = parseDocument(source, maxTokens);
      if (document instanceof GraphQLError) return [document];
      const excesses = checkLimits(document);
      if (excesses.length > 0) return excesses;
      const errors = validate(schema, document, rules);
      if (errors.length > 0)
        return errors.map((error) =>
          withCode(hidesSchema ? withoutProposal(error) : error, 'GRAPHQL_VALIDATION_FAILED'),
        );
      accepted.set(source, document);
      const hash = sha256(source);
      hashes.set(document, hash);
      byHash.set(hash, document);
      return document;
    },
    sha256Of: (document) => hashes.get(document) ?? sha256(document.loc?.source.body ?? ''),
    store: {
      get: async (key) => byHash.get(hashOf(key)),
      // What Apollo Server had to parse itself: it came under a hash, and its text had been forgotten here.
      set: async (key, document) => void byHash.set(hashOf(key), document),
      delete: async (key) => void byHash.delete(hashOf(key)),
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hashOf(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1);
}

/** Whether it asks for the schema and nothing else, in every operation. False for what cannot be parsed. */
export function asksOnlyForSchema(source: string, maxTokens: number): boolean {
  const document = parseDocument(source, maxTokens);
  if (document instanceof GraphQLError) return false;
  const operations = document.definitions.filter((definition) => definition.kind === 'OperationDefinition');
  return (
    operations.length > 0 &&
    operations.every(
      ({ operation, selectionSet }) =>
        operation === 'query' &&
        selectionSet.selections.every(
          (selection) =>
            selection.kind === 'Field' && /^(__(schema|type|typename)|_service)$/.test(selection.name.value),
        ),
    )
  );
}

function parseDocument(source: string, maxTokens: number): DocumentNode | GraphQLError {
  try {
    return parse(source, { maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError && /^Syntax Error: Document contains more that \d+ tokens/.test(error.message)) {
      return queryTooComplex(`LIMIT_TOKENS is ${maxTokens}, and the document has more`);
    }
    return error instanceof GraphQLError
      ? withCode(error, 'GRAPHQL_PARSE_FAILED')
      : requestError('GRAPHQL_PARSE_FAILED', 'The document cannot be parsed');
  }
}

/** Who may not see the schema learns no name of it from a misspelt one. */
function withoutProposal(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message.replace(/ ?Did you mean .+\?$/, ''), error);
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { nodes, source, positions, path } = error;
  return new GraphQLError(error.message, { nodes, source, positions, path, extensions: { code } });
}
