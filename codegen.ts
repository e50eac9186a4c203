import type { CodegenConfig } from '@graphql-codegen/cli';

/** How every client of ours is typed. */
const shared = {
  preset: 'client',
  presetConfig: { fragmentMasking: false },
  config: {
    enumsAsTypes: true,
    onlyOperationTypes: true,
    strictScalars: true,
    scalars: {
      CountryCode: 'string',
      Date: 'string',
      DateTime: 'string',
      JSON: 'unknown',
      URL: 'string',
    },
    useTypeImports: true,
  },
} as const;

/** Typed documents for the tests of the client libraries and for the dashboard: what a frontend team would generate. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'test/generated/': { ...shared, documents: 'test/gateway/clients.test.ts' },
    'examples/dashboard/src/generated/': {
      ...shared,
      documents: ['examples/dashboard/src/**/*.{ts,tsx}', '!examples/dashboard/src/generated/**'],
    },
  },
};

export default config;
