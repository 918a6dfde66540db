import type { CodegenConfig } from '@graphql-codegen/cli';

// As any front end would make them from schema.graphql.
const typedDocuments = {
  preset: 'client',
  presetConfig: { fragmentMasking: false },
  config: {
    documentMode: 'string',
    enumsAsTypes: true,
    useTypeImports: true,
    strictScalars: true,
    scalars: { DateTime: 'string', JSON: 'unknown' },
  },
} as const;

// Typed documents for the page and for the tests.
const config: CodegenConfig = {
  schema: 'schema.graphql',
  ignoreNoDocuments: true,
  errorsOnly: true,
  importExtension: '.ts',
  generates: {
    'src/web/generated/': { ...typedDocuments, documents: 'src/web/**/*.graphql' },
    'test/generated/': {
      ...typedDocuments,
      documents: ['test/**/*.ts', '!test/**/generated/**'],
    },
  },
};

export default config;
