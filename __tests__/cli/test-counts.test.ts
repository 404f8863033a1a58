import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { jestCounts, sumOf, surefireCounts } from "../../cli/test-counts";

const folder = mkdtempSync(path.join(tmpdir(), "test-counts-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
function write(name: string, content: string): string {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
}

describe("test counts", () => {
  test("of jest include files that could not be run", () => {
    const report = { numPassedTests: 5, numFailedTests: 1, numRuntimeErrorTestSuites: 2 };
    expect(jestCounts(write("jest.json", JSON.stringify(report)))).toEqual({ passed: 5, failed: 3 });
  });
  test("of Surefire are the sum of its reports, without what was skipped", () => {
    write(
      "TEST-A.xml",
      '<?xml version="1.0"?>\n<testsuite name="A" tests="4" errors="1" skipped="1" failures="1">\n</testsuite>',
    );
    write(
      "TEST-B.xml",
      '<testsuite xmlns:x="y" name="B" time="0.1" tests="2" errors="0" skipped="0" failures="0"/>',
    );
    write("A.txt", "Tests run: 4");
    expect(surefireCounts(folder)).toEqual({ passed: 3, failed: 2 });
  });
  test("are nothing without a report", () => {
    expect(jestCounts(path.join(folder, "none"))).toEqual({ passed: 0, failed: 0 });
    expect(surefireCounts(path.join(folder, "none"))).toEqual({ passed: 0, failed: 0 });
  });
  test("add up", () => {
    expect(
      sumOf([
        { passed: 1, failed: 0 },
        { passed: 2, failed: 3 },
      ]),
    ).toEqual({ passed: 3, failed: 3 });
  });
});
