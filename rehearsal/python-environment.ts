import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../cli/user-error";
import { onceInstalled } from "./once-installed";

const run = promisify(execFile);

export interface PythonEnvironmentSettings {
  /** Folder of the environment. */
  readonly directory: string;
  /** Path of a requirements.txt. */
  readonly requirements: string;
  /** What cannot be had without it, for the message: `the local cloud's emulator`. */
  readonly purpose: string;
}

/**
 * A private virtual environment with pinned packages: made once, and made anew when the requirements change or when it is
 * half made.
 * @returns the folder of its programs
 * @throws UserError when it can't be installed
 */
export async function pythonEnvironment(settings: PythonEnvironmentSettings): Promise<string> {
  const { directory, requirements, purpose } = settings;
  const programs = join(directory, "bin");
  // its programs name the folder that they were installed in: one that was moved is made anew
  const content = `# ${directory}\n${readFileSync(requirements, "utf8")}`;
  await onceInstalled(join(directory, "installed.txt"), content, async () => {
    rmSync(directory, { recursive: true, force: true });
    try {
      await run("python3", ["-m", "venv", directory]);
      const install = ["-m", "pip", "install", "--quiet", "--requirement", requirements];
      await run(join(programs, "python"), install, { timeout: 300_000 });
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      const { stderr, message } = error as { stderr?: string; message: string };
      const reason = (stderr || message).trim().split("\n").at(-1);
      throw new UserError(`${purpose} could not be installed from PyPI: ${reason}`);
    }
  });
  return programs;
}
