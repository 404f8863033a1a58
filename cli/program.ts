import { execFile, spawn } from "node:child_process";

export interface Outcome {
  /** undefined: the program could not be started at all */
  readonly code: number | undefined;
  readonly output: string;
}

/** Runs a program and keeps what it prints, standard output first. A program that doesn't exist is an outcome too. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      {
        cwd: options.directory,
        env: { ...process.env, ...options.environment },
        maxBuffer: 256 * 1024 * 1024,
        timeout: (options.timeoutSeconds ?? 0) * 1000,
      },
      (error, stdout, stderr) => {
        const failedToStart = error !== null && typeof error.code === "string"; // ENOENT, EACCES
        resolve({ code: failedToStart ? undefined : (child.exitCode ?? 1), output: `${stdout}${stderr}` });
      },
    );
    child.stdin?.end();
  });
}

export interface RunOptions {
  readonly directory?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  /** @default none: a deployment takes the time it takes */
  readonly timeoutSeconds?: number;
}

/** Runs a program whose output the person at the keyboard should see as it comes; answers its exit code. */
export function runVisibly(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.directory,
      env: { ...process.env, ...options.environment },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
