/** GraphQL Yoga and axios as they come; with BENCH_CACHE its response cache. */
import http from 'node:http';
import { useResponseCache } from '@graphql-yoga/plugin-response-cache';
import axios from 'axios';
import { createSchema, createYoga } from 'graphql-yoga';
import { CACHE_MS, IS_CACHING, PORT, UPSTREAM_HEADERS, UPSTREAM_URL } from './shared/paths.mjs';
import { createReads } from './shared/reads.mjs';
import { TYPE_DEFINITIONS } from './shared/schema.mjs';

const api = axios.create({ baseURL: UPSTREAM_URL, headers: UPSTREAM_HEADERS });
const reads = createReads(async (path) => (await api.get(path)).data);

const yoga = createYoga({
  logging: 'warn',
  plugins: IS_CACHING ? [useResponseCache({ session: () => null, ttl: CACHE_MS })] : [],
  schema: createSchema({
    typeDefs: TYPE_DEFINITIONS,
    resolvers: {
      Query: {
        verification: (_root, { id }) => reads.verification(id),
        verifications: (_root, page) => reads.verifications(page),
      },
      Verification: { applicant: ({ applicantId }) => reads.applicant(applicantId) },
    },
  }),
});
http.createServer(yoga).listen(PORT, '127.0.0.1');
