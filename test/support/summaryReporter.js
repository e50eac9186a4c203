/** Says in words what was skipped, and closes with one line that counts. */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, testResults }) {
    for (const { testResults: tests } of testResults) {
      for (const { status, fullName } of tests) if (status === 'pending') console.log(`skipped: ${fullName}`);
    }
    console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
  }
};
