// Adds up the runners' reports. Prints a line per runner and database, then `N passed, N failed` alone on
// the last line. Fails when a test failed or did not run, or when the databases ran different tests.
import { existsSync, readFileSync } from 'node:fs';

const read = (name) => {
  const path = `test-results/${name}.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
};

const rows = [];
const RUNNERS = ['unit', 'pglite', 'postgres', 'process', 'network', 'browser'];
for (const runner of RUNNERS) {
  const report = read(`vitest-${runner}`);
  if (report === undefined) continue;
  rows.push({
    runner,
    passed: report.numPassedTests,
    // A file that cannot be loaded fails as a suite without a test.
    failed: report.numFailedTests + (report.numFailedTests === 0 ? report.numFailedTestSuites : 0),
    notRun: report.numPendingTests + report.numTodoTests,
  });
}
const endToEnd = read('playwright');
if (endToEnd !== undefined) {
  const { expected, unexpected, flaky, skipped } = endToEnd.stats;
  rows.push({
    runner: 'end to end',
    passed: expected + flaky,
    failed: unexpected + endToEnd.errors.length,
    notRun: skipped,
  });
}
for (const runner of ['container', 'accept']) {
  const counts = read(runner);
  if (counts !== undefined) rows.push({ runner, ...counts, notRun: 0 });
}

const problems = [];
for (const { runner, passed, failed, notRun } of rows) {
  console.log(`${runner.padEnd(12)} ${passed} passed, ${failed} failed, ${notRun} not run`);
  if (notRun > 0) problems.push(`${runner}: ${notRun} tests did not run`);
  if (failed > 0) problems.push(`${runner}: ${failed} tests failed`);
}
for (const runner of [...RUNNERS, 'end to end']) {
  if (!rows.some((row) => row.runner === runner))
    problems.push(`${runner}: no report, it did not run`);
}
const [pglite, postgres] = ['pglite', 'postgres'].map((name) =>
  rows.find((r) => r.runner === name),
);
if (pglite?.passed !== postgres?.passed)
  problems.push('pglite and postgres ran different numbers of tests');
for (const problem of problems) console.log(`problem: ${problem}`);

const sum = (field) => rows.reduce((total, row) => total + row[field], 0);
const failed = Math.max(sum('failed'), problems.length > 0 ? 1 : 0);
console.log(`${sum('passed')} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
