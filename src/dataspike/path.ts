import { UpstreamNotFound } from './errors';

declare const encoded: unique symbol;

/** A path whose ids are percent-encoded. Only `path` makes one, so that no id reaches a URL unencoded. */
export type EncodedPath = string & { readonly [encoded]: true };

const ID_LENGTH_LIMIT = 256;

// Slashes, question marks and hashes could reach another endpoint with our key where a proxy decodes early; `.` and
// `..` collapse even when encoded; control characters and halves of surrogate pairs are no part of any id.
const NEVER_IN_AN_ID = /[/?#\\\p{Cc}\p{Cs}]|\.\.|^\.$/u;

/**
 * Builds a path: path`/api/v3/applicants/${id}`.
 * @throws {UpstreamNotFound} before any request, for an id that is empty, longer than 256 characters, or could not be
 *   one: there is nothing to find under it
 */
export function path(literals: TemplateStringsArray, ...ids: readonly string[]): EncodedPath {
  let built = literals[0] ?? '';
  for (const [index, id] of ids.entries()) built += encodeId(id) + (literals[index + 1] ?? '');
  return built as EncodedPath;
}

function encodeId(id: string): string {
  if (id === '' || id.length > ID_LENGTH_LIMIT || NEVER_IN_AN_ID.test(id)) throw new UpstreamNotFound();
  return encodeURIComponent(id);
}
