const { testPathIgnorePatterns: _ignored, ...shared } = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
  globalSetup: '<rootDir>/test/browser/buildDashboard.js',
  testTimeout: 60_000,
};
