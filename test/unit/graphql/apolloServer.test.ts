import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import pino from 'pino';
import { createStaleness } from '../../../src/entities/loaders';
import { createApolloServer } from '../../../src/graphql/apolloServer';
import type { OperationContext } from '../../../src/graphql/context';
import { createDisclosure } from '../../../src/graphql/disclosure';
import { createDocuments } from '../../../src/graphql/documents';
import { createExecution } from '../../../src/graphql/execution';

test('an error that nobody foresaw is logged with the request it came from, and told with it', async () => {
  const lines: string[] = [];
  const resolve = () => {
    throw new TypeError('anna@example.com');
  };
  const query = new GraphQLObjectType({ name: 'Query', fields: { broken: { type: GraphQLString, resolve } } });
  const common = {
    schema: new GraphQLSchema({ query }),
    validationRules: [],
    limits: { check: () => [], checkOperation: () => null },
    maxTokens: 100,
  };
  const apollo = createApolloServer({
    ...common,
    introspection: true,
    automaticPersistedQueries: false,
    documents: createDocuments(common),
    execution: createExecution(common.schema),
    logger: pino({}, { write: (line: string) => void lines.push(line) }),
  });
  const context: Pick<OperationContext, 'requestId' | 'report' | 'staleness' | 'disclosure' | 'stalePaths'> = {
    requestId: 'r-1',
    report: { type: null, name: null, status: '' },
    staleness: createStaleness(),
    disclosure: createDisclosure(),
    stalePaths: [],
  };
  const { body } = await apollo.executeOperation(
    { query: '{ broken }' },
    { contextValue: context as OperationContext },
  );
  await apollo.stop();
  expect(body).toMatchObject({ singleResult: { errors: [{ extensions: { requestId: 'r-1' } }] } });
  const logged = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 50);
  expect(logged).toMatchObject([{ requestId: 'r-1', error: { name: 'TypeError' } }]);
  expect(lines.join('')).not.toContain('anna');
});
