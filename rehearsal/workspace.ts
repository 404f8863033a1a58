import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Step } from "./steps";

/** Outlives rehearsals: downloads, and the logs of the last one. */
export const cacheDirectory = join(process.cwd(), "node_modules/.cache/immutable-server-pipeline/rehearsal");

/** What is kept of a workspace: the logs of the commands, the cloud, the builds and the bakes; the permissions. */
const keptPaths = [
  "logs",
  "cloud/calls.jsonl",
  "cloud/cloud.log",
  "cloud/cloud.out",
  "cloud/codebuild",
  "cloud/events.jsonl",
  "cloud/emulator/emulator.log",
  "cloud/imagebuilder/logs",
  "permissions.json",
  "permissions.md",
];

/** The folders of one rehearsal. */
export class Workspace {
  readonly projectDirectory = process.cwd();
  readonly lastLogsDirectory = join(cacheDirectory, "logs");
  /** Removed when the rehearsal ends. */
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), "rehearsal-")));
  readonly cloudDirectory = join(this.directory, "cloud");
  readonly logDirectory = join(this.directory, "logs");
  /** Synthesized stacks; those of the project's own cdktf.out stay as they are. */
  readonly outputDirectory = join(this.directory, "cdktf.out");

  constructor() {
    mkdirSync(cacheDirectory, { recursive: true });
  }

  stackDirectory(stack: string): string {
    return join(this.outputDirectory, "stacks", stack);
  }

  /** Where a log of the workspace lies after the workspace is gone. */
  kept(logFile: string): string {
    return logFile.replace(this.directory, this.lastLogsDirectory);
  }

  /** Keeps the logs of this rehearsal and how long its steps took, instead of those of the one before; removes the rest. */
  remove(steps: readonly Step[]): void {
    rmSync(this.lastLogsDirectory, { recursive: true, force: true });
    mkdirSync(this.lastLogsDirectory, { recursive: true });
    for (const path of keptPaths)
      if (existsSync(join(this.directory, path)))
        cpSync(join(this.directory, path), join(this.lastLogsDirectory, path), { recursive: true });
    writeFileSync(join(this.lastLogsDirectory, "steps.json"), JSON.stringify(steps, undefined, 2));
    rmSync(this.directory, { recursive: true, force: true });
  }
}
