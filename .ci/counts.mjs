// counts.mjs REPORT STATUS: the tests "passed failed" in a report of vitest's JSON reporter. A run that failed without
// a failed test (a file that does not load, an error outside of tests, no report at all) counts as one failure.
import { existsSync, readFileSync } from 'node:fs';

const [, , path, status] = process.argv;
const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { numPassedTests: 0, numFailedTests: 0 };
const unexplained = status !== '0' && report.numFailedTests === 0 ? 1 : 0;
console.log(`${report.numPassedTests} ${report.numFailedTests + unexplained}`);
