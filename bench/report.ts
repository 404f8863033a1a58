import os from "node:os";
import type { Line, Part } from "./result";

/** The whole benchmark as the text of docs/benchmarks.md. */
export function markdown(parts: readonly Part[], machine: readonly string[]): string {
  const missed = missedTargets(parts);
  return [
    "# Benchmarks",
    "Written by `npm run bench`: whole processes, medians of 5 unless a line says otherwise, in turn on one machine in one run.",
    machine.map((fact) => `- ${fact}`).join("\n"),
    missed.length === 0
      ? "Every target is met."
      : `**Missed: ${missed.map(({ what }) => what).join("; ")}.**`,
    ...parts.flatMap(({ title, lines, notes }) => [`## ${title}`, table(lines), ...notes]),
  ]
    .join("\n\n")
    .concat("\n");
}

export function missedTargets(parts: readonly Part[]): readonly Line[] {
  return parts.flatMap(({ lines }) => lines).filter(({ target }) => target?.met === false);
}

/** The same table reads well in a terminal and in Markdown. */
export function table(lines: readonly Line[]): string {
  const rows = [
    ["What", "Result", "Target", ""],
    ...lines.map(({ what, result, target }) => [what, result, target?.text ?? "", verdict(target)]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const text = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [text(rows[0]!), rule, ...rows.slice(1).map(text)].join("\n");
}

export function machineFacts(date: Date): readonly string[] {
  const cpus = os.cpus();
  return [
    `Processor: ${cpus[0]?.model ?? "unknown"}, ${cpus.length} cores`,
    `Memory: ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    `System: ${os.type()} ${os.release()} ${os.arch()}`,
    `Node: ${process.version}`,
    `Load before the run (1 minute): ${os.loadavg()[0]!.toFixed(2)}`,
    `Date: ${date.toISOString().slice(0, 16).replace("T", " ")} UTC`,
  ];
}

function verdict(target: Line["target"]): string {
  return target === undefined ? "" : target.met ? "pass" : "**MISS**";
}
