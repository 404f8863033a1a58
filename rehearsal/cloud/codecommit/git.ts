import { spawn } from "node:child_process";

export class GitError extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number | null,
    readonly output: string,
  ) {
    super(`git ${command} ended with ${exitCode}: ${output.trim()}`);
  }
}

export interface GitOptions {
  readonly input?: Uint8Array | string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What git may see of this machine: no configuration of the system or of its user. */
export function gitEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    LANG: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
  };
}

/** Runs git on a repository and gives what it writes. @throws GitError */
export function git(
  directory: string,
  arguments_: readonly string[],
  { input, environment, signal }: GitOptions = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["--git-dir", directory, ...arguments_], {
      env: { ...gitEnvironment(), ...environment },
      stdio: ["pipe", "pipe", "pipe"],
      signal,
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.stdin.on("error", () => undefined); // git may end without reading all of it; its exit code tells why
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve(Buffer.concat(output))
        : reject(new GitError(arguments_[0]!, code, Buffer.concat(errors).toString())),
    );
    child.stdin.end(input ?? "");
  });
}
