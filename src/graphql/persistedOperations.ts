import { createHash } from 'node:crypto';
import { parse } from 'graphql';
import { requestError } from './errors';

/** What a request may name its document by, and its text; checked by nobody yet. */
export interface DocumentReference {
  readonly query?: unknown;
  /** GraphQL over HTTP, appendix "Persisted Documents". */
  readonly documentId?: unknown;
  readonly id?: unknown;
  /** `persistedQuery.sha256Hash`, as Apollo's clients send it. */
  readonly extensions?: unknown;
}

/** Trusted documents, which clients name instead of sending them. */
export interface PersistedOperations {
  /** Refuses every document that is not trusted. */
  readonly only: boolean;
  /**
   * @returns the text to run: the trusted one when the request names it. As it came, undefined too, when the request names
   *   none, and when only Apollo's automatic persisted queries can know the name
   * @throws GraphQLError PERSISTED_OPERATION_REQUIRED, PERSISTED_QUERY_NOT_FOUND
   */
  resolve(reference: DocumentReference): unknown;
}

/** @param manifest hash → text; null: there are none, and every document may run */
export function createPersistedOperations({
  manifest,
  only,
}: {
  manifest: ReadonlyMap<string, string> | null;
  only: boolean;
}): PersistedOperations {
  const trusted = new Set(manifest?.values());
  return {
    only,
    resolve(reference) {
      const { query } = reference;
      const name = nameOf(reference);
      const text = name === null ? undefined : manifest?.get(name.hash);
      if (text !== undefined) return text;
      if (only) {
        // The very text of a trusted document is as good as its name.
        if (typeof query === 'string' && trusted.has(query)) return query;
        throw requestError('PERSISTED_OPERATION_REQUIRED', 'Only the operations of the manifest are accepted', 400);
      }
      if (name && !name.isAutomatic && !query) {
        throw requestError('PERSISTED_QUERY_NOT_FOUND', 'No operation of the manifest has this id', 400);
      }
      if (hasPersistedQuery(reference)) refuseUnlessSound(query, name);
      return query;
    },
  };
}

/** Apollo Server would refuse it as well, with errors that have no code. @throws GraphQLError BAD_REQUEST */
function refuseUnlessSound(query: unknown, name: Name | null): void {
  if (!name?.isAutomatic || !name.isSound) {
    throw requestError('BAD_REQUEST', '`extensions.persistedQuery` must have `version` 1 and a `sha256Hash`', 400);
  }
  const isText = typeof query === 'string' && query !== '';
  if (isText && createHash('sha256').update(query).digest('hex') !== name.hash) {
    throw requestError('BAD_REQUEST', 'The `sha256Hash` is not that of the query', 400);
  }
}

/**
 * @param text JSON, as the client preset of GraphQL Code Generator writes it: an object of hash → document
 * @throws Error that says what is wrong, without repeating any of it
 */
export function parseManifest(text: string): ReadonlyMap<string, string> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new Error('is not JSON');
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    throw new Error('must be an object of hash to document');
  }
  const entries = Object.entries(manifest);
  if (entries.length === 0) throw new Error('has no operation in it');
  for (const [index, [hash, document]] of entries.entries()) {
    if (!/^[\w:.-]{1,128}$/.test(hash)) throw new Error(`entry ${index + 1} is not named by a hash`);
    if (typeof document !== 'string' || !isDocument(document)) throw new Error(`entry ${index + 1} is not a document`);
  }
  return new Map(entries as [string, string][]);
}

interface Name {
  readonly hash: string;
  /** As Apollo's clients name it: perhaps a document that was registered. */
  readonly isAutomatic: boolean;
  /** Such a name is complete. */
  readonly isSound: boolean;
}

function nameOf({ documentId, id, extensions }: DocumentReference): Name | null {
  const given = documentId ?? id;
  // The appendix puts the algorithm before a hash.
  if (typeof given === 'string') {
    return { hash: given.replace(/^sha(1|256):/, ''), isAutomatic: false, isSound: true };
  }
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown; version?: unknown } };
  const hash = persistedQuery?.sha256Hash;
  return typeof hash === 'string' ? { hash, isAutomatic: true, isSound: persistedQuery?.version === 1 } : null;
}

function hasPersistedQuery({ extensions }: DocumentReference): boolean {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: unknown };
  return Boolean(persistedQuery);
}

function isDocument(text: string): boolean {
  try {
    return parse(text).definitions.length > 0;
  } catch {
    return false;
  }
}
