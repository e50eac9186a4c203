import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import pino from 'pino';
import { createApolloServer } from '../../../src/graphql/apolloServer';
import type { OperationContext } from '../../../src/graphql/context';
import { createDisclosure } from '../../../src/graphql/disclosure';

test('an error that nobody foresaw is logged with the request it came from, and told with it', async () => {
  const lines: string[] = [];
  const resolve = () => {
    throw new TypeError('anna@example.com');
  };
  const query = new GraphQLObjectType({ name: 'Query', fields: { broken: { type: GraphQLString, resolve } } });
  const apollo = createApolloServer({
    schema: new GraphQLSchema({ query }),
    introspection: true,
    validationRules: [],
    limits: { check: () => [], checkOperation: () => null },
    automaticPersistedQueries: false,
    maxTokens: 100,
    logger: pino({}, { write: (line: string) => void lines.push(line) }),
  });
  const context: Pick<OperationContext, 'requestId' | 'disclosure' | 'stalePaths'> = {
    requestId: 'r-1',
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
