import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export function sumOf(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    none,
  );
}

const none: Counts = { passed: 0, failed: 0 };

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** files that could not be run at all */
  readonly numRuntimeErrorTestSuites: number;
}

/** Counts of a report by `jest --json`. */
export function jestCounts(file: string): Counts {
  if (!existsSync(file)) return none;
  const report = JSON.parse(readFileSync(file, "utf8")) as JestReport;
  return { passed: report.numPassedTests, failed: report.numFailedTests + report.numRuntimeErrorTestSuites };
}

/** Counts of the reports that Maven Surefire writes, one file a test class. */
export function surefireCounts(directory: string): Counts {
  if (!existsSync(directory)) return none;
  const reports = readdirSync(directory).filter((name) => /^TEST-.*\.xml$/.test(name));
  return sumOf(reports.map((name) => suiteCounts(readFileSync(path.join(directory, name), "utf8"))));
}

function suiteCounts(xml: string): Counts {
  const head = /<testsuite\s[^>]*>/.exec(xml)?.[0] ?? "";
  const count = (name: string) => Number(new RegExp(`\\s${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  return { passed: count("tests") - failed - count("skipped"), failed };
}
