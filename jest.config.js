const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/examples/dashboard/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/browser/'],
  transform: {
    '^.+\\.ts$|/otlp-exporter-base/.+\\.js$': [
      '@swc/jest',
      {
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
  // OpenTelemetry's exporter loads node:http by import(), which Jest's CommonJS does not have; SWC makes it a require.
  transformIgnorePatterns: ['/node_modules/(?!@opentelemetry/otlp-exporter-base/)'],
  setupFiles: ['reflect-metadata', '<rootDir>/test/support/shortStacks.js'],
  reporters: ['default', '<rootDir>/test/support/summaryReporter.js'],
  testTimeout: 60_000,
  // Two for each core, because many tests mostly wait.
  maxWorkers: 2 * availableParallelism(),
  // A worker with more begins anew. One of 1.2 GB takes up to a second to end, and Jest calls it a leak after half of one.
  workerIdleMemoryLimit: '512MB',
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts', '!src/simulator/**', '!src/commandLine.ts'],
};
