import { spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../cli/user-error";
import { freePort } from "../rehearsal/cloud/free-port";
import { cacheDirectory } from "../rehearsal/workspace";

export interface Ministack {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * ministack as its authors start it, with IAM enforced as in the rehearsal but without anything of ours. A local cloud has
 * installed it before.
 */
export async function startMinistack(
  directory: string,
  accountId: string,
  region: string,
): Promise<Ministack> {
  const port = await freePort();
  const child = spawn(path.join(cacheDirectory, "emulator/bin/ministack"), {
    cwd: directory,
    stdio: "ignore",
    env: {
      PATH: process.env["PATH"],
      AUTH: "true",
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      LOG_LEVEL: "INFO",
      MINISTACK_ACCOUNT_ID: accountId,
      MINISTACK_REGION: region,
      TMPDIR: directory,
    },
  });
  const exited = new Promise<void>((resolve) =>
    child.once("exit", () => resolve()).once("error", () => resolve()),
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = (): Promise<void> => {
    child.kill("SIGKILL");
    return exited;
  };
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt++) {
    const answer = await fetch(`${endpoint}/_ministack/ready`).catch(() => undefined);
    if (answer?.ok) return { endpoint, stop };
    await pause(100);
  }
  await stop();
  throw new UserError("ministack did not start by itself");
}
