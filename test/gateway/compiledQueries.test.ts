import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { type DocumentNode, type GraphQLFormattedError, getOperationAST, parse, validate } from 'graphql';
import pino from 'pino';
import { type Caller, SCOPES } from '../../src/access/caller';
import { parseVerification } from '../../src/dataspike/verificationWire';
import { createCompiledQueries } from '../../src/graphql/compiledQueries';
import { toPublicError } from '../../src/graphql/errors';
import { coerceVariables, createExecution, type Execution } from '../../src/graphql/execution';
import { concludeDisclosure } from '../../src/graphql/redacted';
import { createSchema } from '../../src/graphql/schema';
import type { VerificationUpdate } from '../../src/graphql/verificationUpdate.type';
import { createSimulator, type Simulator } from '../../src/simulator/simulator';
import { chooser } from '../support/randomDocument';
import { randomQuery } from '../support/randomQuery';
import { createRememberedDataspike } from '../support/rememberedDataspike';

/** Generated operations; `DIFFERENTIAL_OPERATIONS=10000` takes some five minutes. */
const OPERATIONS = Number(process.env.DIFFERENTIAL_OPERATIONS ?? 100);

const schema = createSchema();
const byGraphqlJs = createExecution(schema, { runsBeforeCompiling: Number.POSITIVE_INFINITY });
const compiled = createExecution(schema, { runsBeforeCompiling: 0 });
const logger = pino({ level: 'silent' });

let simulator: Simulator;
let dataspike: ReturnType<typeof createRememberedDataspike>;
let ids: string[];
let updated: Record<string, unknown>[];

beforeAll(async () => {
  simulator = await createSimulator();
  simulator.control.seed({ applicants: 12, verifications: 30 });
  const verifications = await list('/api/v3/verifications');
  updated = verifications;
  const applicants = await list('/api/v3/applicants');
  ids = [
    ...verifications.flatMap((one) => [one.id, one.verification_url_id]),
    ...applicants.flatMap((one) => [one.applicant_id, one.external_id]),
    'nobody',
    '../x',
  ].flatMap((id) => (typeof id === 'string' ? [id] : []));
  // One path in seven, always the same ones.
  const fails = (text: string) =>
    [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1009, 7) % 7 === 0;
  dataspike = createRememberedDataspike(simulator, fails);
});
afterAll(() => simulator.close());

async function list(route: string): Promise<Record<string, unknown>[]> {
  const headers = { 'ds-api-token': simulator.apiKey };
  const response = await fetch(`${simulator.url}${route}?page=0&limit=10`, { headers });
  return ((await response.json()) as { data: Record<string, unknown>[] }).data;
}

const person: Caller = { id: 'a', kind: 'USER', scopes: new Set(SCOPES), expiresAt: null };
const callers = (): Caller[] => [
  person,
  { ...person, scopes: new Set(['kyc:read']) },
  { ...person, scopes: new Set(['kyc:pii']) },
  {
    ...person,
    kind: 'WATCHER',
    scopes: new Set(['kyc:read']),
    watches: { verificationId: ids[0] ?? '', shortId: ids[1] ?? null },
  },
];

interface Asked {
  readonly document: DocumentNode;
  readonly operationName?: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  /** Of a subscription. */
  readonly update?: VerificationUpdate;
}

/** All that leaves the gateway for an operation: the answer's bytes, and what goes into the access record. */
async function outcome(
  { execute, executeUpdate }: Execution,
  { document, operationName, variables, caller, update }: Asked,
): Promise<string> {
  const { operation: started, accesses } = dataspike.start(caller);
  const { context } = started;
  context.staleness.isAllowed = true;
  const operation = getOperationAST(document, operationName) ?? undefined;
  const runUpdate = () => {
    const { coerced, errors } = coerceVariables(schema, operation, variables);
    const args = {
      schema,
      document,
      operationName,
      variableValues: variables,
      rootValue: update,
      contextValue: context,
    };
    // With wrong ones there is no subscription.
    return coerced ? executeUpdate(args, coerced) : { data: undefined, errors };
  };
  const { data, errors } = await (update
    ? runUpdate()
    : execute({ document, operation, operationName, variables, context }));
  started.end();
  const extensions = concludeDisclosure(context, { name: operationName ?? null, sha256: () => 'sha256' });
  const publicErrors = errors?.map((error) => comparable(data, toPublicError(error, logger, 'request')));
  // Where a required field failed, graphql-js does not wait for what is beside it, which a compiled query does: what was
  // met on the way, though it is not in the answer, depends on that.
  const isCutShort = publicErrors?.some((error) => 'isCause' in error);
  const met = isCutShort ? null : { extensions, stale: context.stalePaths, accesses };
  return JSON.stringify({ errors: publicErrors, data, met });
}

/**
 * Where several required fields of one part fail, whichever settles first makes it null, also in graphql-js: what counts
 * is the part.
 */
function comparable(data: unknown, error: GraphQLFormattedError): object {
  let part = data;
  for (const [depth, key] of (error.path ?? []).entries()) {
    if (part === null) return { ...error, path: error.path?.slice(0, depth), locations: null, isCause: true };
    part = (part as Record<string | number, unknown> | undefined)?.[key];
  }
  return error;
}

test('generated queries are answered with the same bytes, compiled or not', async () => {
  const plans = createCompiledQueries(schema, { runsBefore: 0 });
  let compiledCount = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 20, maxLength: 60 }), async (numbers) => {
      const choose = chooser(numbers);
      const { query, operationName, variables } = randomQuery(schema, choose, ids);
      const document = parse(query);
      const invalid = validate(schema, document);
      if (invalid.length > 0) throw new Error(`${invalid[0]?.message}: ${query}`);
      const caller = callers()[choose(8)] ?? person;
      const asked = { document, operationName, variables, caller };
      expect(await outcome(compiled, asked)).toBe(await outcome(byGraphqlJs, asked));
      const operation = getOperationAST(document, operationName);
      if (operation && plans.find(document, operation)) compiledCount += 1;
    }),
    { numRuns: OPERATIONS, endOnFailure: true },
  );
  // Otherwise nothing was compared.
  expect(compiledCount).toBeGreaterThan(OPERATIONS / 5);
}, 600_000);

test('generated updates are answered with the same bytes, compiled or not', async () => {
  const plans = createCompiledQueries(schema, { runsBefore: 0 });
  let compiledCount = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 20, maxLength: 60 }), async (numbers) => {
      const choose = chooser(numbers);
      const { query, operationName, variables } = randomQuery(schema, choose, ids, 'subscription');
      const document = parse(query);
      const caller = callers()[choose(8)] ?? person;
      const asked = { document, operationName, variables, caller, update: updateOf(choose(updated.length)) };
      expect(await outcome(compiled, asked)).toBe(await outcome(byGraphqlJs, asked));
      const operation = getOperationAST(document, operationName);
      if (operation && plans.find(document, operation)) compiledCount += 1;
    }),
    { numRuns: OPERATIONS, endOnFailure: true },
  );
  expect(compiledCount).toBeGreaterThan(OPERATIONS / 5);
}, 600_000);

function updateOf(index: number): VerificationUpdate {
  const verification = parseVerification(updated[index]);
  const occurredAt = '2025-03-14T09:26:53.589Z';
  return {
    cursor: '1-1',
    kind: 'CHANGE',
    source: 'WEBHOOK',
    occurredAt,
    acceptedAt: null,
    previousStatus: null,
    verification,
  };
}

test('every query that a test of this project asks is answered with the same bytes, compiled or not', async () => {
  const documents = operationsInTests();
  expect(documents.length).toBeGreaterThan(50);
  for (const document of documents) {
    for (const definition of document.definitions) {
      if (definition.kind !== 'OperationDefinition' || definition.operation !== 'query') continue;
      const operationName = definition.name?.value;
      const named = definition.variableDefinitions?.map(({ variable }) => [variable.name.value, ids[0]]) ?? [];
      const asked = { document, operationName, variables: Object.fromEntries(named), caller: person };
      expect(await outcome(compiled, asked)).toBe(await outcome(byGraphqlJs, asked));
    }
  }
}, 120_000);

/** Literals in the tests' code, and in the documentation, that are valid documents. */
function operationsInTests(): DocumentNode[] {
  const root = path.join(__dirname, '../..');
  const files = ['test/gateway', 'test/support', 'test/browser', 'docs']
    .flatMap((folder) => readdirSync(path.join(root, folder)).map((name) => path.join(root, folder, name)))
    .filter((file) => /\.(ts|md)$/.test(file));
  const texts = files.flatMap((file) => {
    const code = readFileSync(file, 'utf8');
    return [...code.matchAll(/`([^`]*)`|'([^'\n]*)'|```graphql\n(.*?)```/gs)].map(
      (match) => match[1] ?? match[2] ?? match[3] ?? '',
    );
  });
  return [...new Set(texts)]
    .filter((text) => text.includes('{'))
    .flatMap((text) => {
      try {
        const document = parse(text);
        return validate(schema, document).length === 0 ? [document] : [];
      } catch {
        return [];
      }
    });
}
