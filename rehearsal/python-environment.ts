import { execFile } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../cli/user-error";

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
 * A private virtual environment with pinned packages: made once, and made anew when the requirements change. Whoever makes
 * it at the same time makes one of his own, and the first that is done is used.
 * @returns the path of its Python
 * @throws UserError when it can't be installed
 */
export async function pythonEnvironment(settings: PythonEnvironmentSettings): Promise<string> {
  const { directory, requirements, purpose } = settings;
  const wanted = readFileSync(requirements, "utf8");
  if (installedIn(directory) === wanted) return pythonOf(directory);
  const making = `${directory}-${process.pid}`;
  try {
    await run("python3", ["-m", "venv", making]);
    await run(pythonOf(making), ["-m", "pip", "install", "--quiet", "--requirement", requirements], {
      timeout: 300_000,
    });
    writeFileSync(join(making, mark), wanted);
    if (installedIn(directory) !== wanted) {
      rmSync(directory, { recursive: true, force: true });
      renameSync(making, directory);
    }
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const reason = (stderr || message).trim().split("\n").at(-1);
    throw new UserError(`${purpose} could not be installed from PyPI: ${reason}`);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return pythonOf(directory);
}

/** Holds the requirements, when everything is installed. */
const mark = "installed.txt";

const pythonOf = (directory: string): string => join(directory, "bin/python");

function installedIn(directory: string): string | undefined {
  const file = join(directory, mark);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
