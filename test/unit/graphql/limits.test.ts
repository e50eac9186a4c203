import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import { createMeasure } from '../../../src/graphql/complexity';
import { createDocuments } from '../../../src/graphql/documents';
import { createLimits } from '../../../src/graphql/limits';

const schema = buildSchema(readFileSync(path.join(__dirname, '../../../schema.graphql'), 'utf8'));
const limits = { depth: 12, cost: 5000, aliases: 50, rootFields: 20, directives: 50, tokens: 1000 };

function measure(source: string, variables?: Record<string, unknown>) {
  const document = parse(source);
  const operation = document.definitions.find((definition) => definition.kind === 'OperationDefinition');
  if (!operation) throw new Error('There is no operation');
  return createMeasure(schema, document, variables).operation(operation);
}

function refusals(source: string): string[] {
  return createLimits({ schema, limits })
    .check(parse(source))
    .map(({ message }) => message);
}

test('each field costs one, and a connection multiplies what is below it by first', () => {
  expect(measure('{ viewer { id kind } }').cost).toBe(3);
  expect(measure('{ verifications(first: 7) { nodes { id status } } }').cost).toBe(1 + 7 * 3);
  expect(measure('{ verifications { nodes { id } } }').cost).toBe(1 + 20 * 2);
  expect(measure('{ verifications(first: null) { nodes { id } } }').cost).toBe(1 + 20 * 2);
  const nested = '{ applicants(first: 3) { nodes { verifications(first: 5) { nodes { id } } } } }';
  expect(measure(nested).cost).toBe(1 + 3 * (1 + 1 + 5 * 2));
});

test('a list whose items are read one by one counts five of them', () => {
  expect(measure('{ verification(id: "a") { duplicateApplicants { id } checks { step } } }').cost).toBe(1 + 1 + 5 + 2);
});

test('first is read from the variables, their defaults, and the default of the schema', () => {
  const source = (definition: string) =>
    `query ($n: ${definition}) { verifications(first: $n) { nodes { id } } eventCursor }`;
  expect(measure(source('Int'), { n: 100 }).cost).toBe(1 + 100 * 2 + 1);
  expect(measure(source('Int = 30'), {}).cost).toBe(1 + 30 * 2 + 1);
  expect(measure(source('Int'), {}).cost).toBe(1 + 20 * 2 + 1);
  expect(measure(source('Int = 30'), { n: 2 }).cost).toBe(1 + 2 * 2 + 1);
  expect(measure(source('Int'), { n: 'many' }).cost).toBe(1 + 2 + 1);
});

test('the variables decide when the operation runs, whatever its document was', () => {
  const document = parse(
    'query ($n: Int) { applicants(first: $n) { nodes { verifications(first: $n) { nodes { id } } } } }',
  );
  const { check, checkOperation } = createLimits({ schema, limits });
  expect(check(document)).toEqual([]);
  expect(checkOperation(document, null, { n: 10 })).toBeNull();
  expect(checkOperation(document, null, { n: 100 })).toMatchObject({
    message: 'LIMIT_COST is 5000, and the query has 20201',
    extensions: { code: 'QUERY_TOO_COMPLEX' },
  });
  expect(checkOperation(document, null, { n: 10 })).toBeNull();
});

test.each([
  ['depth', '{ verification(id: "a") { ...A } } fragment A on Verification { applicant { id } }', { depth: 3 }],
  ['cost', '{ viewer { ...A ...A } } fragment A on Viewer { id kind }', { cost: 5 }],
  ['aliases', '{ viewer { ...A } v: viewer { ...A } } fragment A on Viewer { a: id b: id }', { aliases: 5 }],
  ['root fields', '{ ...A ... on Query { ...A } } fragment A on Query { viewer { id } }', { rootFields: 2 }],
  [
    'directives',
    'query @a { viewer @b { ...A @c ... @d { id } } } fragment A on Viewer @e { id @f @f }',
    { directives: 7 },
  ],
  ['repeats', '{ viewer { id id ... { id } ... on Viewer { id } } viewer { id } }', { aliases: 4 }],
])('%s are counted through fragments', (_what, source, expected) => {
  expect(measure(source)).toMatchObject(expected);
});

test.each([
  [
    'LIMIT_DEPTH is 12, and the query has 13',
    `{ verification(id: "a") { ${'applicant { latestVerification { '.repeat(5)} profile { id } ${'} }'.repeat(5)} } }`,
  ],
  [
    'LIMIT_ALIASES is 50, and the query has 51',
    `{ ${Array.from({ length: 51 }, (_, n) => `viewer { a${n}: id }`)[0]} ${'' /* one root */} verification(id: "a") { ${Array.from({ length: 50 }, (_, n) => `b${n}: id`).join(' ')} } }`,
  ],
  ['LIMIT_ALIASES is 50, and the query has 59', `{ viewer { ${'id '.repeat(60)} } }`],
  ['LIMIT_DIRECTIVES is 50, and the query has 51', `{ viewer { id ${'@include(if: true) '.repeat(51)} } }`],
  [
    'LIMIT_COST is 5000, and the query has 5101',
    '{ applicants(first: 50) { nodes { verifications(first: 50) { nodes { id } } } } }',
  ],
])('%s', (message, source) => {
  expect(refusals(source)).toContain(message);
});

test('what is just within the limits is accepted', () => {
  const aliases = Array.from({ length: 50 }, (_, n) => `b${n}: id`).join(' ');
  expect(refusals(`{ viewer { ${aliases} } }`)).toEqual([]);
  expect(refusals(`{ ${'viewer { id } '.repeat(20)} }`)).toEqual([]);
  expect(refusals(`{ viewer { id ${'@include(if: true) '.repeat(50)} } }`)).toEqual([]);
  expect(refusals(`{ ${'viewer { id } '.repeat(21)} }`)).toEqual(['LIMIT_ROOT_FIELDS is 20, and the query has 21']);
});

test('the queries of the explorers pass, with every option that there is', () => {
  const documents = createDocuments({
    schema,
    validationRules: [],
    limits: createLimits({ schema, limits }),
    maxTokens: 1000,
  });
  const all = { descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true };
  for (const options of [{}, { ...all, inputValueDeprecation: true, oneOf: true }, { descriptions: false }]) {
    expect(documents.admit(getIntrospectionQuery(options))).toMatchObject({ kind: 'Document' });
  }
});

test('a chain of fragments that each spread the next twice is measured in no time, and refused', () => {
  const chain = (length: number) =>
    `{ viewer { ...f0 } } ${Array.from({ length }, (_, n) => `fragment f${n} on Viewer { ...f${n + 1} ...f${n + 1} }`).join(' ')} fragment f${length} on Viewer { id }`;
  const startedAt = performance.now();
  expect(refusals(chain(30))).toEqual([`LIMIT_COST is 5000, and the query has ${1e9}`]);
  expect(refusals(chain(88))).toHaveLength(1);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test('a chain of fragments that is longer than the stack is refused', () => {
  const documents = createDocuments({
    schema,
    validationRules: [],
    limits: createLimits({ schema, limits }),
    maxTokens: 1_000_000,
  });
  const links = Array.from({ length: 20_000 }, (_, n) => `fragment f${n} on Viewer { ...f${n + 1} }`).join(' ');
  expect(documents.admit(`{ viewer { ...f0 } } ${links} fragment f20000 on Viewer { id }`)).toMatchObject([
    { message: 'The document is nested too deeply', extensions: { code: 'QUERY_TOO_COMPLEX' } },
  ]);
});

test('fragments in a circle are measured once, and refused by the rules of GraphQL', () => {
  const source = '{ viewer { ...A } } fragment A on Viewer { id ...B ...B } fragment B on Viewer { kind ...A ...A }';
  expect(refusals(source)).toEqual([]);
  const documents = createDocuments({
    schema,
    validationRules: [],
    limits: createLimits({ schema, limits }),
    maxTokens: 1000,
  });
  const refused = documents.admit(source);
  expect(JSON.stringify(refused)).toContain('Cannot spread fragment');
});

test('a fragment that no operation spreads is measured all the same', () => {
  expect(refusals(`{ viewer { id } } fragment A on Viewer { ${'id '.repeat(60)} }`)).toEqual([
    'LIMIT_ALIASES is 50, and the fragment has 59',
  ]);
});

/** What fills 1,000 tokens with as much work for the rules of validation as we could find. */
const WORST: Readonly<Record<string, string>> = {
  'one object again and again': `{ verification(id: "a") { ${'applicant { id } '.repeat(245)} } }`,
  'one field again and again': `{ viewer { ${'id '.repeat(990)} } }`,
  'one alias for two fields': `{ viewer { ${Array.from({ length: 330 }, (_, n) => `a: ${n % 2 ? 'id' : 'kind'}`).join(' ')} } }`,
  'a chain of fragments': `{ viewer { ...f0 } } ${Array.from({ length: 70 }, (_, n) => `fragment f${n} on Viewer { id kind id ...f${n + 1} }`).join(' ')} fragment f70 on Viewer { id }`,
  'forty fragments of sixteen fields': `{ viewer { ${Array.from({ length: 40 }, (_, n) => `...f${n}`).join(' ')} } } ${Array.from({ length: 40 }, (_, n) => `fragment f${n} on Viewer { ${'id kind '.repeat(8)} }`).join(' ')}`,
  'fifty repeats in each of many selections': `{ verification(id: "a") { ${`applicant { ${'id '.repeat(20)} } `.repeat(2)} ${'... on Verification { applicant { id type } applicant { id type } } '.repeat(24)} } }`,
  'fragments that meet each other everywhere': `{ verification(id: "a") { ...f0 ...f1 } } ${Array.from({ length: 25 }, (_, n) => `fragment f${n} on Verification { applicant { latestVerification { ...f${n + 1} ...f${n + 2} id } } applicant { latestVerification { ...f${n + 2} ...f${n + 1} id } } }`).join(' ')} fragment f25 on Verification { id } fragment f26 on Verification { id }`,
  'unknown fields': `{ viewer { ${Array.from({ length: 980 }, (_, n) => `verifcation${n}`).join(' ')} } }`,
  'fifty spreads of small fragments': `{ viewer { ${Array.from({ length: 110 }, (_, n) => `...f${n}`).join(' ')} } } ${Array.from({ length: 110 }, (_, n) => `fragment f${n} on Viewer { id }`).join(' ')}`,
};

test('the worst documents of 1,000 tokens are answered within 50 ms as a rule, and a second at most', () => {
  const times: Record<string, { 'rules alone, ms': string; 'with limits, ms': string }> = {};
  for (const [name, source] of Object.entries(WORST)) {
    const document = parse(source, { maxTokens: 1000 });
    const rulesMs = fastestMs(() => validate(schema, document));
    const admitMs = fastestMs(() => {
      const fresh = createLimits({ schema, limits });
      createDocuments({ schema, validationRules: [], limits: fresh, maxTokens: 1000 }).admit(source);
    });
    times[name] = { 'rules alone, ms': rulesMs.toFixed(1), 'with limits, ms': admitMs.toFixed(1) };
    expect(admitMs).toBeLessThan(1_000);
  }
  console.table(times);
});

function fastestMs(work: () => void): number {
  return Math.min(
    ...Array.from({ length: 3 }, () => {
      const startedAt = performance.now();
      work();
      return performance.now() - startedAt;
    }),
  );
}
