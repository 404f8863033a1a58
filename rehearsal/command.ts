import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";

export interface CommandSettings {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Name of the log file, without its ending. */
  readonly log: string;
}

/** A command of the rehearsal failed; its output is in the log. */
export class CommandFailure extends Error {
  constructor(
    readonly command: string,
    readonly code: number | null,
    readonly logFile: string,
    readonly lastLines: string,
  ) {
    super(`${command} ended with exit code ${code}`);
    this.name = "CommandFailure";
  }
}

/**
 * Runs the commands that a person would type, each in a process group of its own, so that an interrupted rehearsal
 * leaves none of them behind.
 */
export class Commands {
  private readonly running = new Set<ChildProcess>();

  constructor(private readonly logDirectory: string) {
    mkdirSync(logDirectory, { recursive: true });
  }

  /** @returns what it printed. @throws CommandFailure when the exit code is none of `accepted` */
  async run(
    program: string,
    args: readonly string[],
    settings: CommandSettings,
    accepted: readonly number[] = [0],
  ): Promise<{ readonly code: number; readonly output: string }> {
    const logFile = join(this.logDirectory, `${settings.log}.log`);
    const log = createWriteStream(logFile, { flags: "a" });
    const child = spawn(program, args, {
      cwd: settings.directory,
      env: settings.environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.running.add(child);
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        log.write(chunk);
      });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    }).finally(async () => {
      this.running.delete(child);
      // whoever is told where the log is finds it whole
      log.end();
      await finished(log);
    });
    const output = Buffer.concat(chunks).toString("utf8");
    if (code === null || !accepted.includes(code))
      throw new CommandFailure([program, ...args].join(" "), code, logFile, lastLines(output));
    return { code, output };
  }

  /** Asks everything that runs to end, as Ctrl-C would, and ends by force what has not after a while. */
  async interrupt(graceMilliseconds: number): Promise<void> {
    const children = [...this.running];
    const ended = children.map(
      (child) => new Promise<void>((resolve) => child.once("close", () => resolve())),
    );
    for (const child of children) signalGroup(child, "SIGINT");
    const timer = setTimeout(
      () => children.forEach((child) => signalGroup(child, "SIGKILL")),
      graceMilliseconds,
    );
    await Promise.all(ended);
    clearTimeout(timer);
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // the group has ended in the meantime
  }
}

/** The end of an output without the terminal's control sequences. */
function lastLines(output: string): string {
  return (
    output
      // eslint-disable-next-line no-control-regex
      .replace(/\u001b\[[0-9;]*[A-Za-z]/g, "")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-15)
      .join("\n")
  );
}
