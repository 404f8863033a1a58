import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { runCommand } from "../../cli/run-command";
import { UserError } from "../../cli/user-error";
import { startCloudProcess, stopCloudProcess } from "../cloud-process";
import { cacheDirectory } from "../workspace";
import { Lab } from "./lab";
import { subjectsOf } from "./subjects/subjects";
import { Sweep, type SweepResult } from "./sweep";

const accountId = "111122223333";
const region = "eu-west-1";

/** `npm run faults`: every call of every function, with every fault. */
void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      /** Only this function, in this situation. */
      subject: { type: "string" },
      /** Only cases that have this in their names. */
      case: { type: "string" },
      verbose: { type: "boolean", default: false },
    },
  });
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "faults-")));
  try {
    // the bundles that Terraform deploys
    await promisify(execFile)(process.execPath, ["run.mjs", "lambda/bundle.ts"]);
    const cloud = await startCloudProcess({
      directory: join(directory, "cloud"),
      cacheDirectory,
      accountId,
      region,
      owner: process.pid,
      pace: "fast",
    });
    try {
      const lab = new Lab({
        accountId,
        directory: cloud.directory,
        bundles: "dist/lambda",
        options: {
          region,
          endpoint: cloud.endpoint,
          credentials: { accessKeyId: accountId, secretAccessKey: "rehearsal", sessionToken: "" },
        },
      });
      await lab.prepare();
      const subjects = subjectsOf(lab).filter(({ name }) => !values.subject || name === values.subject);
      if (subjects.length === 0) throw new UserError(`there is no subject "${values.subject}"`);
      const started = Date.now();
      const taken = new Set<string>();
      const results = await Promise.all(
        subjects.map(async (subject) => {
          const say = (text: string): void => {
            if (values.verbose) console.log(`  ${seconds(started)} ${subject.name}: ${text}`);
          };
          const result = await new Sweep(lab, subject, taken)
            .run(values.case, say)
            .catch(broken(subject.name));
          console.log(lineOf(result, seconds(started)));
          for (const failure of result.failures) console.log(`    ${failure}`);
          return result;
        }),
      );
      return results.every(({ failures }) => failures.length === 0) ? 0 : 1;
    } finally {
      await stopCloudProcess(cloud.pid);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

const broken =
  (subject: string) =>
  (error: unknown): SweepResult => ({
    subject,
    calls: [],
    held: 0,
    void: 0,
    failures: [error instanceof Error ? error.message : String(error)],
  });

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1).padStart(6)} s`;

function lineOf({ subject, calls, held, void: empty, failures }: SweepResult, time: string): string {
  const failed = failures.length > 0 ? `, ${failures.length} did not` : "";
  return `${time}  ${subject.padEnd(18)} ${calls.length} calls: ${held} faults held${failed}; ${empty} stale reads could not differ`;
}
