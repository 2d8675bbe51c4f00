// A jest reporter that ends the output with `N passed, N failed` alone on a line, so that any CI can read the result.
// A test file that does not even load counts as one failure.

export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    // jest's own summary is printed after all reporters have run; this line must come last.
    process.once("exit", () => process.stdout.write(`${results.numPassedTests} passed, ${failed} failed\n`));
  }
}
