import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { terraformProgram } from "../../cli/requirements";
import { CommandFailure, Commands } from "../../rehearsal/command";
import { mirrorProvider, testedProviderVersion } from "../../rehearsal/provider-mirror";
import { cacheDirectory } from "../../rehearsal/workspace";
import type { RunningCloud } from "./running-cloud";

export interface StateResource {
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly instances: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
}
export interface State {
  readonly serial: number;
  readonly lineage: string;
  readonly resources: readonly StateResource[];
}

/** Terraform and the real provider, in one folder, on the local cloud. */
export class Terraform {
  private constructor(
    readonly directory: string,
    private readonly commands: Commands,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  static async in(directory: string, cloud: RunningCloud, endpoint?: string): Promise<Terraform> {
    const commands = new Commands(join(cloud.directory, "logs"));
    const cliConfiguration = await mirrorProvider(cacheDirectory, testedProviderVersion, commands);
    return new Terraform(directory, commands, cloud.environment(cliConfiguration, endpoint));
  }

  /** @returns what it printed. @throws Error with the end of that when the exit code is none of `accepted` */
  async run(
    command: string,
    args: readonly string[] = [],
    accepted: readonly number[] = [0],
  ): Promise<{ readonly code: number; readonly output: string }> {
    const input = command === "show" ? [] : ["-input=false"];
    const { directory, environment } = this;
    const options = { directory, environment, log: command };
    try {
      const all = [command, ...input, "-no-color", ...args];
      return await this.commands.run(terraformProgram(), all, options, accepted);
    } catch (error) {
      // its log goes with the folder
      throw error instanceof CommandFailure ? new Error(`${error.message}:\n${error.lastLines}`) : error;
    }
  }

  /** Runs in the background, in a process group of its own, for a test to kill. */
  start(command: string, args: readonly string[]): ChildProcess {
    return spawn(terraformProgram(), [command, "-input=false", "-no-color", ...args], {
      cwd: this.directory,
      env: this.environment,
      stdio: "ignore",
      detached: true,
    });
  }

  /** What a person types in a shell, with the answers to what is asked. */
  typed(line: string, answers: string): { readonly status: number | null; readonly output: string } {
    const { status, stdout, stderr } = spawnSync("bash", ["-c", line], {
      cwd: this.directory,
      env: this.environment,
      input: answers,
      encoding: "utf8",
    });
    return { status, output: `${stdout}${stderr}` };
  }

  /** A saved plan, as `terraform show -json` gives it. */
  async shown(plan: string): Promise<Plan> {
    return JSON.parse((await this.run("show", ["-json", plan])).output) as Plan;
  }

  localState(): State {
    return JSON.parse(readFileSync(join(this.directory, "terraform.tfstate"), "utf8")) as State;
  }
}

export interface Plan {
  readonly resource_changes: readonly {
    readonly address: string;
    readonly mode: "managed" | "data";
    readonly change: {
      readonly actions: readonly string[];
      readonly before: Readonly<Record<string, unknown>> | null;
      readonly after: Readonly<Record<string, unknown>> | null;
      readonly importing?: object;
    };
  }[];
}
