import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../cli/user-error";
import type { PaceName } from "./cloud/pace";

export interface CloudProcess {
  readonly endpoint: string;
  readonly pid: number;
  readonly directory: string;
}

export interface CloudProcessSettings {
  readonly directory: string;
  readonly cacheDirectory: string;
  readonly accountId: string;
  readonly region: string;
  /** The cloud ends with this process; undefined: it stays until it is stopped. */
  readonly owner: number | undefined;
  /** @default rehearsal */
  readonly pace?: PaceName;
}

/** Starts the local cloud and waits until it answers. @throws UserError with the end of its log */
export async function startCloudProcess(settings: CloudProcessSettings): Promise<CloudProcess> {
  const { directory } = settings;
  mkdirSync(directory, { recursive: true });
  const logFile = join(directory, "cloud.out");
  const log = openSync(logFile, "a");
  const args = [
    ["--directory", directory],
    ["--cache", settings.cacheDirectory],
    ["--account", settings.accountId],
    ["--region", settings.region],
    ["--pace", settings.pace ?? "rehearsal"],
    ...(settings.owner ? [["--owner", String(settings.owner)]] : []),
  ].flat();
  const child = spawn(process.execPath, ["run.mjs", "rehearsal/cloud/main.ts", ...args], {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  });
  child.unref();
  const file = join(directory, "cloud.json");
  while (child.exitCode === null) {
    if (existsSync(file))
      return { ...(JSON.parse(readFileSync(file, "utf8")) as { endpoint: string; pid: number }), directory };
    await pause(100);
  }
  throw new UserError(`the local cloud did not start: ${readFileSync(logFile, "utf8").trim()}`);
}

/** Ends a cloud and waits until it is gone, by force when it does not want to. */
export async function stopCloudProcess(pid: number): Promise<void> {
  for (const [signal, milliseconds] of [
    ["SIGTERM", 30_000],
    ["SIGKILL", 5_000],
  ] as const) {
    if (!signalled(pid, signal)) return;
    for (let waited = 0; waited < milliseconds; waited += 100) {
      if (!signalled(pid, 0)) return;
      await pause(100);
    }
  }
}

function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** A cloud that was left up: where it is remembered, and how it ends. */
export class KeptCloud {
  private readonly file: string;

  constructor(cacheDirectory: string) {
    this.file = join(cacheDirectory, "kept-cloud.json");
  }

  remember(cloud: CloudProcess): void {
    writeFileSync(this.file, JSON.stringify(cloud));
  }

  /** Ends it and removes its folder. @returns its endpoint, or undefined when none was left up */
  async end(): Promise<string | undefined> {
    if (!existsSync(this.file)) return undefined;
    const { pid, directory, endpoint } = JSON.parse(readFileSync(this.file, "utf8")) as CloudProcess;
    // without its folder the process has ended by itself, and its id may be another's by now
    const runs = existsSync(directory) && signalled(pid, 0);
    if (runs) await stopCloudProcess(pid);
    rmSync(directory, { recursive: true, force: true });
    rmSync(this.file);
    return runs ? endpoint : undefined;
  }
}
