import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for the tests of the client libraries: what a frontend team would generate. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'test/generated/': {
      preset: 'client',
      documents: 'test/gateway/clients.test.ts',
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
    },
  },
};

export default config;
