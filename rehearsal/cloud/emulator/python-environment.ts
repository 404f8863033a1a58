import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../../cli/user-error";
import { onceInstalled } from "../../once-installed";

const run = promisify(execFile);

/**
 * A private virtual environment with what a requirements file names; a half-made one is made anew.
 * @returns its folder of programs. @throws UserError when it can't be installed
 */
export async function pythonEnvironment(
  directory: string,
  requirements: string,
  title: string,
): Promise<string> {
  const programs = join(directory, "bin");
  await onceInstalled(join(directory, "installed.txt"), readFileSync(requirements, "utf8"), async () => {
    rmSync(directory, { recursive: true, force: true });
    try {
      await run("python3", ["-m", "venv", directory]);
      const install = ["-m", "pip", "install", "--quiet", "--requirement", requirements];
      await run(join(programs, "python"), install, { timeout: 300_000 });
    } catch (error) {
      const { stderr, message } = error as { stderr?: string; message: string };
      const reason = (stderr || message).trim().split("\n").at(-1);
      throw new UserError(`${title} could not be installed from PyPI: ${reason}`);
    }
  });
  return programs;
}
