import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, open } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { onHost } from "./machine-tools";
import type { MachinePaths } from "./machine-paths";
import type { ServiceCommand, ServiceSettings } from "./service-settings";

export type ServiceState = "inactive" | "activating" | "active" | "failed";

/** systemd's default: five starts in ten seconds, then it gives up. */
const startLimit = { starts: 5, milliseconds: 10_000 } as const;

/** One service of a machine: its processes, from the first start until it is stopped or given up. */
export class ServiceProcess {
  state: ServiceState = "inactive";
  failure: string | undefined;
  private child: ChildProcess | undefined;
  private stopping = false;
  private life: Promise<void> = Promise.resolve();
  private readonly starts: number[] = [];

  constructor(
    readonly unit: string,
    private readonly settings: ServiceSettings,
    private readonly paths: MachinePaths,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly log: string,
    private readonly changed: () => void,
  ) {}

  /** Resolves when the service runs, or has failed to; see `failure`. */
  async start(): Promise<void> {
    if (this.state === "active" || this.state === "activating") return;
    this.stopping = false;
    this.failure = undefined;
    this.starts.length = 0;
    await new Promise<void>((started) => {
      this.life = this.live(started);
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (child) {
      signal(child, "SIGTERM");
      const ended = this.life.then(() => true);
      if (!(await Promise.race([ended, wait(this.settings.stopMilliseconds, false, { ref: false })])))
        signal(child, "SIGKILL");
    }
    await this.life;
    // one that has done its one thing and was active all the same
    if (this.state === "active") this.become("inactive");
  }

  /** Resolves when the service's processes are gone. */
  kill(): Promise<void> {
    this.stopping = true;
    if (this.child) signal(this.child, "SIGKILL");
    return this.life;
  }

  get oneshot(): boolean {
    return this.settings.type === "oneshot";
  }

  private async live(started: () => void): Promise<void> {
    for (;;) {
      const good = await this.once(started);
      started();
      if (this.stopping) return this.become("inactive");
      const again = this.settings.restart === "always" || (this.settings.restart === "on-failure" && !good);
      if (!again) {
        if (!good) return this.become("failed");
        return this.become(this.settings.remainAfterExit ? "active" : "inactive");
      }
      if (this.limitReached()) {
        this.failure = "start of the service was attempted too often";
        await this.note(`${this.unit}: Start request repeated too quickly.`);
        return this.become("failed");
      }
      this.become("activating");
      await this.note(`${this.unit}: Scheduled restart job, restart counter is at ${this.starts.length}.`);
      await wait(this.settings.restartMilliseconds);
      if (this.stopping) return this.become("inactive");
    }
  }

  /** Runs the service once to its end. Was it a good end? */
  private async once(started: () => void): Promise<boolean> {
    this.starts.push(Date.now());
    this.become("activating");
    for (const command of this.settings.before) {
      const ended = await this.run(command);
      if (ended !== undefined && !command.mayFail) return this.failed(ended);
    }
    const { oneshot } = this;
    const ended = await this.run(this.settings.start, () => {
      if (oneshot) return;
      this.become("active");
      started();
    });
    return ended === undefined || this.settings.start.mayFail ? true : this.failed(ended);
  }

  private async failed(how: string): Promise<false> {
    this.failure = `the control process exited with error code: ${how}`;
    if (!this.stopping) await this.note(`${this.unit}: Main process exited, ${how}`);
    return false;
  }

  /** Undefined after a good end, else how it ended. */
  private async run(command: ServiceCommand, running?: () => void): Promise<string | undefined> {
    const [name = "", ...rest] = command.words;
    const program = this.executable(name);
    if (!program) return `status=203/EXEC, no such file: ${this.paths.outOfMachine(name)}`;
    const output = await open(this.log, "a");
    try {
      const child = spawn(
        program,
        rest.flatMap((word) => this.substitute(word)),
        {
          cwd: this.settings.workingDirectory,
          env: { ...this.environment, ...this.settings.environment, ...this.ports() },
          stdio: ["ignore", output.fd, output.fd],
          detached: true,
        },
      );
      this.child = child;
      child.once("spawn", () => running?.());
      return await new Promise((resolve) => {
        child.once("error", (error) => resolve(`status=203/EXEC, ${error.message}`));
        child.once("exit", (code, name_) => {
          // what it left behind goes with it, as systemd's KillMode=control-group has it
          signal(child, "SIGKILL");
          const good =
            code === null
              ? this.settings.successSignals.has(name_ ?? "")
              : this.settings.successCodes.has(code);
          resolve(good ? undefined : code === null ? `status=${name_}` : `status=${code}/n/a`);
        });
      });
    } finally {
      this.child = undefined;
      await output.close();
    }
  }

  /** The unit may not take away what stands for the machine's network. */
  private ports(): Record<string, string> {
    const { SERVER_ADDRESS, SERVER_PORT } = this.environment;
    return { SERVER_ADDRESS: SERVER_ADDRESS ?? "", SERVER_PORT: SERVER_PORT ?? "" };
  }

  /** A program of the image, else the host's; Java only once a package has brought it into the image. */
  private executable(name: string): string | undefined {
    const inImage = this.paths.inRoot(name);
    if (basename(name) === "java")
      return existsSync(this.paths.inRoot("/usr/bin/java")) ? onHost("java") : undefined;
    if (existsSync(inImage)) return inImage;
    return existsSync(name) ? name : onHost(basename(name));
  }

  private substitute(word: string): string[] {
    const values = { ...this.environment, ...this.settings.environment, ...this.ports() } as Record<
      string,
      string
    >;
    const whole = /^\$(\w+)$/.exec(word)?.[1];
    if (whole) return (values[whole] ?? "").split(/\s+/).filter((part) => part !== "");
    return [
      word
        .replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? "")
        .replaceAll("$$", "$")
        .replaceAll("%%", "%"),
    ];
  }

  private limitReached(): boolean {
    const since = Date.now() - startLimit.milliseconds;
    return this.starts.filter((start) => start > since).length >= startLimit.starts;
  }

  private note(text: string): Promise<void> {
    return appendFile(this.log, `systemd: ${text}\n`);
  }

  private become(state: ServiceState): void {
    this.state = state;
    this.changed();
  }
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // the whole group has ended
  }
}
