import { measureInTurn } from "./process";
import { atMost, type Part } from "./result";

const counts = [1, 10, 50, 100] as const;

/** Synthesis of more and more environments. */
export async function environments(): Promise<Part> {
  const name = (count: number) => `synthesis of ${count} ${count === 1 ? "environment" : "environments"}`;
  const subjects = counts.map((count) => ({
    name: name(count),
    args: ["run.mjs", "bench/entries/synth-environments.ts", String(count)],
  }));
  const measured = await measureInTurn(subjects);
  const of = (count: number) => measured.get(name(count))!;
  const each = (from: number, to: number) => ((of(to).seconds - of(from).seconds) * 1000) / (to - from);
  // over wide spans only: between 1 and 10 the noise of the machine is as great as the difference
  const [before, after] = [each(1, 50), each(50, 100)];
  return {
    title: "Synthesis of many environments",
    lines: [
      ...counts.map((count) => ({
        what: name(count),
        result: `${of(count).seconds.toFixed(2)} s, ${of(count).peakMegabytes.toFixed(0)} MB`,
      })),
      {
        what: "each environment, from 1 to 100",
        result: `${each(1, 100).toFixed(1)} ms`,
        target: atMost(each(1, 100), 10, " ms"),
      },
      { what: "each environment, from 1 to 50", result: `${before.toFixed(1)} ms` },
      {
        what: "each environment, from 50 to 100",
        result: `${after.toFixed(1)} ms`,
        target: {
          text: `linear: at most 1.2 times ${before.toFixed(1)} ms`,
          met: before > 0 && after <= 1.2 * before,
        },
      },
    ],
    notes: [
      "A configuration may have 47 environments, because CodePipeline takes 50 stages; bench/entries/synth-environments.ts makes the same stacks as main.ts and adds environments after the validation. An environment is a stack of 27 resources, two functions with their roles and logs, and a stage of the pipeline.",
    ],
  };
}
