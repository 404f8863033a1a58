import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Installs something once, whichever process needs it first: a rehearsal and several tests may ask at the same time.
 * `marker` is a file that says what is installed; another content means: install anew.
 */
export async function onceInstalled(
  marker: string,
  content: string,
  install: () => Promise<void>,
): Promise<void> {
  const installed = (): boolean => existsSync(marker) && readFileSync(marker, "utf8") === content;
  while (!installed()) {
    mkdirSync(dirname(dirname(marker)), { recursive: true });
    // beside the folder of the marker, which an installation may replace
    const lock = `${dirname(marker)}.lock`;
    if (!taken(lock)) {
      await pause(200);
      continue;
    }
    try {
      if (installed()) return;
      await install();
      writeFileSync(marker, content);
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

/** Takes the lock; that of a process that was killed is removed, to be taken at the next attempt. */
function taken(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const holder = Number(readIfThere(lock));
  if (holder && !alive(holder)) rmSync(lock, { force: true });
  return false;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // released in the meantime
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
