import { parseArgs } from "node:util";
import { runCommand } from "../../cli/run-command";
import { UserError } from "../../cli/user-error";
import { subjectsOf } from "./subjects/subjects";
import { Sweep, type SweepResult } from "./sweep";
import { withLab } from "./with-lab";

/** `npm run faults`: every call of every function, with every fault. */
void runCommand(async () => {
  const { subject: chosen, case: chosenCase, verbose } = readArguments();
  return withLab(async (lab) => {
    const subjects = subjectsOf(lab).filter(({ name }) => !chosen || name === chosen);
    if (subjects.length === 0)
      throw new UserError(
        `there is no subject "${chosen}"; there are: ${subjectsOf(lab)
          .map(({ name }) => name)
          .join(", ")}`,
      );
    const started = Date.now();
    const taken = new Set<string>();
    const results = await Promise.all(
      subjects.map(async (subject) => {
        const say = (text: string): void => {
          if (verbose) console.log(`${seconds(started)}  ${subject.name.padEnd(18)} ${text}`);
        };
        const sweep = new Sweep(lab, subject, taken);
        const result = await sweep.run(new RegExp(chosenCase), say).catch(broken(subject.name));
        console.log(`${seconds(started)}  ${lineOf(result)}`);
        for (const failure of result.failures) console.log(`            ${failure}`);
        return result;
      }),
    );
    const failures = results.flatMap((result) => result.failures);
    const held = results.reduce((sum, result) => sum + result.held, 0);
    const failed = failures.length > 0 ? `, ${failures.length} did not` : "";
    console.log(`${seconds(started)}  ${held} faults held${failed}`);
    return failures.length === 0 ? 0 : 1;
  });
});

function readArguments() {
  try {
    const options = {
      /** Only this function, in this situation. */
      subject: { type: "string" },
      /** Only cases whose names fit this regular expression. */
      case: { type: "string", default: "" },
      verbose: { type: "boolean", default: false },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UserError(
      `${(error as Error).message}; allowed: --subject NAME, --case REGULAR_EXPRESSION, --verbose`,
    );
  }
}

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

function lineOf({ subject, calls, held, void: empty, failures }: SweepResult): string {
  const failed = failures.length > 0 ? `, ${failures.length} did not` : "";
  return `${subject.padEnd(18)} ${calls.length} calls: ${held} faults held${failed}; ${empty} stale reads could not differ`;
}
