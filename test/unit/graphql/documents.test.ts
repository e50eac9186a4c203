import { buildSchema, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import { asksOnlyForSchema, createDocuments } from '../../../src/graphql/documents';
import { createLimits } from '../../../src/graphql/limits';

const schema = buildSchema('type Query { verification: String }');
const limits = createLimits({
  schema,
  limits: { depth: 9, cost: 99, aliases: 9, rootFields: 99, directives: 9, tokens: 99 },
});
const documents = createDocuments({ schema, validationRules: [], limits, maxTokens: 20, maxEntries: 1 });

/** The refusal as a client would see it. */
function refusalOf(source: string, of = documents) {
  const admitted = of.admit(source);
  if (!Array.isArray(admitted)) throw new Error('The document was admitted');
  return admitted.map((error: GraphQLError) => [error.extensions.code, error.message]);
}

test('an accepted document is parsed once while it is remembered', () => {
  const first = documents.admit('{ verification }');
  expect(documents.admit('{ verification }')).toBe(first);
  documents.admit('{ a: verification }');
  expect(documents.admit('{ verification }')).not.toBe(first);
  expect(documents.admit('{ verification }')).toEqual(first);
});

test('what is refused says why, each time', () => {
  for (let time = 0; time < 2; time += 1) {
    expect(refusalOf('{ verifcation }')).toEqual([
      ['GRAPHQL_VALIDATION_FAILED', expect.stringContaining('Did you mean "verification"?')],
    ]);
    expect(refusalOf('{ verification')).toEqual([['GRAPHQL_PARSE_FAILED', expect.stringContaining('Syntax Error')]]);
    expect(refusalOf(`{ ${'verification '.repeat(30)} }`)).toEqual([
      ['QUERY_TOO_COMPLEX', 'LIMIT_TOKENS is 20, and the document has more'],
    ]);
  }
});

test('where introspection is off, no name of the schema is proposed', () => {
  const closed = createDocuments({ schema, validationRules: [NoSchemaIntrospectionCustomRule], limits, maxTokens: 20 });
  expect(refusalOf('{ verifcation }', closed)).toEqual([
    ['GRAPHQL_VALIDATION_FAILED', 'Cannot query field "verifcation" on type "Query".'],
  ]);
  expect(refusalOf('{ __schema { description } }', closed)).toHaveLength(1);
});

test('a document that exhausts the parser is refused, not fatal', () => {
  const deep = createDocuments({ schema, validationRules: [], limits, maxTokens: 1_000_000 });
  expect(refusalOf(`${'{ a '.repeat(50_000)}${'}'.repeat(50_000)}`, deep)).toEqual([
    ['GRAPHQL_PARSE_FAILED', 'The document cannot be parsed'],
  ]);
  expect(asksOnlyForSchema(`${'{ a '.repeat(50_000)}${'}'.repeat(50_000)}`, 1_000_000)).toBe(false);
});
