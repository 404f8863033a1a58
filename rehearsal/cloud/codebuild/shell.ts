import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface ShellSettings {
  /** For the shell's own files. */
  readonly directory: string;
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Whatever the commands write. */
  readonly logFile: string;
  /** The build image's sh is bash in its POSIX mode. */
  readonly posix: boolean;
}

/**
 * One shell for the whole build, so variables, functions and the working directory last from command to command. A
 * command that ends the shell (`exit 1`) fails, and the next one finds what was set in a new shell. Everything that
 * runs belongs to the process group of its shell.
 */
export class Shell {
  private child: ChildProcess | undefined;
  private statuses: AsyncIterator<string> | undefined;
  private exited: Promise<number> = Promise.resolve(0);
  private readonly groups = new Set<number>();
  private commands = 0;
  private killed = false;

  constructor(private readonly settings: ShellSettings) {}

  /** Runs a command. @returns its exit status */
  async run(command: string): Promise<number> {
    if (this.killed) return 137;
    if (!this.child) this.start();
    const script = join(this.settings.directory, `command-${++this.commands}.sh`);
    await writeFile(script, `${command}\n`);
    this.child!.stdin!.write(`. ${quote(script)} </dev/null 3>&-\nprintf '%s\\n' "$?" >&3\n`);
    const next = await Promise.race([this.statuses!.next(), this.exited.then((code) => ({ code }))]);
    if ("value" in next && !next.done) return Number(next.value);
    this.child = undefined;
    return this.exited;
  }

  /** Sets a variable for the commands to come. */
  async set(name: string, value: string): Promise<void> {
    await this.run(`export ${name}=${quote(value)}`);
  }

  /** What the shell makes of a text: variables and commands in it are replaced. */
  async expand(text: string): Promise<string> {
    if (!/[$`]/.test(text)) return text;
    return this.read(`printf '%s' "${text.replace(/(["\\])/g, "\\$1")}"`);
  }

  /** The values of variables, exported or not; those that are not set are left out. */
  async values(names: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const name of names.filter((candidate) => /^[A-Za-z_]\w*$/.test(candidate))) {
      const value = await this.read(`printf '%s' "\${${name}+=}\${${name}-}"`);
      if (value.startsWith("=")) found.set(name, value.slice(1));
    }
    return found;
  }

  /** Ends everything that the shell ever started. */
  kill(): void {
    this.killed = true;
    for (const group of this.groups) {
      try {
        process.kill(-group, "SIGKILL");
      } catch {
        // nothing of the group is left
      }
    }
  }

  private async read(command: string): Promise<string> {
    const file = join(this.settings.directory, "value");
    await writeFile(file, "");
    await this.run(`${command} >${quote(file)}`);
    return readFile(file, "utf8");
  }

  private start(): void {
    const { directory, workingDirectory, environment, logFile, posix } = this.settings;
    const log = openSync(logFile, "a");
    const child = spawn("bash", ["--noprofile", "--norc", ...(posix ? ["--posix"] : [])], {
      cwd: workingDirectory,
      env: environment,
      detached: true,
      stdio: ["pipe", log, log, "pipe"],
    });
    closeSync(log);
    this.child = child;
    if (child.pid) this.groups.add(child.pid);
    child.stdin!.on("error", () => undefined); // the shell may have ended; its exit status tells
    this.statuses = createInterface({ input: child.stdio[3] as Readable })[Symbol.asyncIterator]();
    this.exited = new Promise((resolve) => {
      child.on("error", () => resolve(127));
      child.on("exit", (code, signal) => resolve(code ?? (signal ? 137 : 1)));
    });
    const state = quote(join(directory, "state"));
    const folder = quote(join(directory, "folder"));
    child.stdin!.write(
      `if [ -f ${state} ]; then . ${state} 2>/dev/null; cd "$(cat ${folder})"; fi\n` +
        `trap '{ declare -p; declare -f; } >${state} 2>/dev/null; pwd >${folder}' EXIT\n`,
    );
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
