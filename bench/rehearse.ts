import { spawnSync } from "node:child_process";
import path from "node:path";
import { cacheDirectory } from "../rehearsal/workspace";

/** What the last rehearsal left. */
export const rehearsalLogs = path.join(cacheDirectory, "logs");

export interface RehearsalRun {
  readonly status: number | null;
  readonly seconds: number;
}

/** `npm run rehearse`, as a process of its own. */
export function rehearse(...args: readonly string[]): RehearsalRun {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, ["run.mjs", "rehearsal/main.ts", ...args], {
    stdio: "inherit",
  });
  return { status, seconds: (performance.now() - start) / 1000 };
}
