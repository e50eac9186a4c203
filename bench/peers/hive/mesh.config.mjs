import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

/**
 * The REST API as the vendor's document describes it, and the one link that the queries follow. Where requests go is in
 * the supergraph, so it is composed for the upstream of the run: BENCH_UPSTREAM_URL.
 */
export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('dataspike', {
        source: process.env.BENCH_OPENAPI,
        endpoint: process.env.BENCH_UPSTREAM_URL,
        operationHeaders: { 'ds-api-token': 'bench' },
      }),
    },
  ],
  additionalTypeDefs: /* GraphQL */ `
    extend type Verification {
      applicant: Applicant
        @resolveTo(
          sourceName: "dataspike"
          sourceTypeName: "Query"
          sourceFieldName: "getApplicant"
          requiredSelectionSet: "{ applicant_id }"
          sourceArgs: { applicant_id: "{root.applicant_id}" }
        )
    }
  `,
});
