/** openapi-to-graphql over the vendor's document, with the one link that the queries follow, behind graphql-http. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { createHandler } from 'graphql-http/lib/use/http';
import { parse } from 'yaml';
import { PORT, UPSTREAM_URL } from './shared/paths.mjs';

// As an ES module it imports what its dependencies do not export.
const { createGraphQLSchema } = createRequire(import.meta.url)('openapi-to-graphql');

// It does not start over an enum that holds null.
const api = parse(readFileSync(process.env.BENCH_OPENAPI, 'utf8'), (key, value) =>
  key === 'enum' && Array.isArray(value) ? value.filter((item) => item !== null) : value,
);
const link = {
  applicant: { operationId: 'getApplicant', parameters: { applicant_id: '$response.body#/applicantId' } },
};
api.paths['/api/v3/verifications/{verification_id}'].get.responses['200'].links = link;

const { schema } = await createGraphQLSchema(api, {
  baseUrl: UPSTREAM_URL,
  headers: { 'ds-api-token': 'bench' },
  viewer: false,
  addLimitArgument: false,
  fillEmptyResponses: true,
});
const handle = createHandler({ schema });
http.createServer(handle).listen(PORT, '127.0.0.1');
