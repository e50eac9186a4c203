/** An Apollo Server with nothing in it: how long one waits for the library itself. */
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { PORT } from './shared/paths.mjs';

const server = new ApolloServer({ typeDefs: 'type Query { ok: Boolean }', resolvers: { Query: { ok: () => true } } });
await startStandaloneServer(server, { listen: { port: PORT, host: '127.0.0.1' } });
