import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What `cloud.log` holds about mistakes of the local cloud itself: answers that AWS would not give, and exceptions. */
export function defectsOf(cloudDirectory: string): string[] {
  const lines = readFileSync(join(cloudDirectory, "cloud.log"), "utf8").split("\n");
  return [...new Set(lines.flatMap((line) => /^\S+ defect: (.*)/.exec(line)?.[1] ?? []))];
}
