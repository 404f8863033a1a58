import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run, type Outcome, type RunOptions } from "./program";
import { checkRequirements } from "./requirements";
import { runCommand } from "./run-command";
import { jestCounts, sumOf, surefireCounts, type Counts } from "./test-counts";

interface Step {
  readonly title: string;
  readonly command: readonly [string, ...string[]];
  readonly options?: RunOptions;
  /** how many tests it ran; a step without tests counts as one that failed when it fails */
  readonly counts?: () => Counts;
}

/** `npm test`: one line a step, the output of those that fail, and the sum of all tests as the last line. */
void runCommand(async () => {
  await checkRequirements(["node", "terraform", "python", "jdk", "git"]);
  const folder = mkdtempSync(path.join(tmpdir(), "immutable-server-pipeline-test-"));
  try {
    const results: Counts[] = [];
    for (const step of steps(folder)) results.push(await perform(step));
    const { passed, failed } = sumOf(results);
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A test that leaves something running keeps jest from ending; that has to fail instead of hanging. */
const timeoutSeconds = 600;

function steps(folder: string): Step[] {
  const report = path.join(folder, "jest.json");
  const temporary = path.join(folder, "tmp");
  mkdirSync(temporary);
  return [
    { title: "type check", command: tool("typescript/bin/tsc", "--noEmit", "-p", ".") },
    { title: "lint", command: tool("eslint/bin/eslint.js", ".") },
    {
      title: "application tests",
      command: ["./mvnw", "--batch-mode", "--no-transfer-progress", "clean", "verify"],
      options: { directory: "app-src" },
      counts: () => surefireCounts("app-src/target/surefire-reports"),
    },
    // after the application's, whose jar they bake into an image
    {
      title: "unit tests",
      command: tool("jest/bin/jest.js", "--json", "--outputFile", report),
      // whatever a test leaves there goes with the folder
      options: { environment: { TMPDIR: temporary } },
      counts: () => jestCounts(report),
    },
  ];
}

function tool(script: string, ...args: string[]): [string, ...string[]] {
  return [process.execPath, path.join("node_modules", script), ...args];
}

async function perform({ title, command: [program, ...args], options, counts }: Step): Promise<Counts> {
  const start = Date.now();
  const outcome = await run(program, args, { ...options, timeoutSeconds });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  const result = judge(outcome, counts);
  const tests = counts === undefined ? "" : `, ${result.passed} of ${result.passed + result.failed} tests`;
  console.log(`${result.failed === 0 ? "ok    " : "FAILED"} ${title} (${seconds} s${tests})`);
  if (result.failed > 0) console.log(outcome.output.trimEnd());
  return result;
}

/** A step that ends badly without a failed test failed as a whole. */
function judge({ code }: Outcome, counts: (() => Counts) | undefined): Counts {
  const { passed, failed } = counts?.() ?? { passed: 0, failed: 0 };
  return { passed, failed: code === 0 ? failed : Math.max(1, failed) };
}
