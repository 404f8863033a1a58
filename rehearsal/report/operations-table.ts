import type { Service } from "../cloud/api/service";
import { differences } from "./differences";

/** Where the table stands in rehearsal/README.md. */
export const markers = {
  begin: "<!-- operations: made by rehearsal/report/write-operations-table.ts -->",
  end: "<!-- end of operations -->",
} as const;

/** The table of what the gateway serves itself, and below it the operations by name. */
export function operationsTable(services: readonly Service[]): string {
  const rows = services.map((service) => [
    `${service.model.metadata.serviceFullName} (\`${service.name}\`)`,
    String(Object.keys(service.operations).length),
    String(Object.keys(service.model.operations).length),
    differenceOf(service.name),
  ]);
  const names = services.map((service) => {
    const served = Object.keys(service.operations).sort();
    return `- \`${service.name}\`: ${served.join(", ")}`;
  });
  return [
    table([["service", "operations served", "of how many", "what differs"], ...rows]),
    "The operations by name:",
    names.join("\n"),
  ].join("\n\n");
}

/** A document with the table in it. @throws Error when the document has no place for it */
export function withTable(document: string, text: string): string {
  const begin = document.indexOf(markers.begin);
  const end = document.indexOf(markers.end);
  if (begin === -1 || end < begin)
    throw new Error(`the document lacks the lines "${markers.begin}" and "${markers.end}"`);
  return `${document.slice(0, begin + markers.begin.length)}\n\n${text}\n\n${document.slice(end)}`;
}

function differenceOf(service: string): string {
  const text = differences[service];
  if (text === undefined)
    throw new Error(`rehearsal/report/differences.ts does not say how ${service} differs`);
  return text;
}

/** Padded as Prettier pads, so that formatting the document changes nothing. */
function table(rows: readonly (readonly string[])[]): string {
  const columns = rows[0]!.map((_, column) => rows.map((row) => row[column]!));
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const [head, ...body] = rows;
  return [line(head!), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
