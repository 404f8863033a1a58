import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a README tells people to type: its indented lines, with continued ones joined. */
export function readmeCommands(file: string): string[] {
  const text = readFileSync(join(__dirname, "../..", file), "utf8").replace(/ *\\\n +/g, " ");
  return text
    .split("\n")
    .filter((line) => line.startsWith("    "))
    .map((line) => line.trim().replace(/ {2,}#.*$/, ""));
}

/** The only one that begins so. */
export function readmeCommand(file: string, beginning: string): string {
  const found = readmeCommands(file).filter((line) => line.startsWith(beginning));
  if (found.length !== 1) throw new Error(`${file} has ${found.length} commands "${beginning}…"`);
  return found[0]!;
}
