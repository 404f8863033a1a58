import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Processes of functions in a local cloud; the emulator keeps each in a folder that is named after its function.
 * @param name a part of the function's name
 */
export async function functionProcesses(cloudDirectory: string, name: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-axo", "pid=,args="], { maxBuffer: 16 * 1024 * 1024 });
  return stdout
    .split("\n")
    .filter(
      (line) =>
        line.includes(`${cloudDirectory}/`) && line.includes(`-${name}-`) && line.endsWith("/_worker.js"),
    )
    .map((line) => Number.parseInt(line, 10));
}

export function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended by itself
  }
}
