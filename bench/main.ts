import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runCommand } from "../cli/run-command";
import { UserError } from "../cli/user-error";
import { bundles } from "./bundles";
import { environments } from "./environments";
import { gateway } from "./gateway";
import { rehearsal } from "./rehearsal";
import { release } from "./release";
import { machineFacts, markdown, missedTargets, table } from "./report";
import type { Part } from "./result";
import { synth } from "./synth";

const parts: Readonly<Record<string, () => Part | Promise<Part>>> = {
  synth,
  environments,
  bundles,
  rehearsal,
  release,
  gateway,
};

/** `npm run bench`: everything, and docs/benchmarks.md; with `-- --only synth,gateway` these, on the screen alone. */
void runCommand(async () => {
  const chosen = chosenParts(process.argv.slice(2));
  const machine = machineFacts(new Date());
  const done: Part[] = [];
  for (const name of chosen ?? Object.keys(parts)) {
    const part = await parts[name]!();
    done.push(part);
    console.log(`\n${part.title}\n\n${table(part.lines)}`);
  }
  if (chosen === undefined) writeFileSync("docs/benchmarks.md", markdown(done, machine));
  const missed = missedTargets(done);
  for (const { what, result, target } of missed)
    console.log(`missed: ${what} is ${result}, target ${target!.text}`);
  return missed.length === 0 ? 0 : 1;
});

/** @throws UserError for a part that does not exist */
function chosenParts(args: string[]): readonly string[] | undefined {
  const { values } = parseArgs({ args, options: { only: { type: "string" } } });
  const chosen = values.only?.split(",");
  const unknown = chosen?.find((name) => !Object.hasOwn(parts, name));
  if (unknown === undefined) return chosen;
  throw new UserError(`--only names ${JSON.stringify(unknown)}; allowed: ${Object.keys(parts).join(", ")}`);
}
