import { readFileSync } from "node:fs";
import { join } from "node:path";
import { terraformProgram } from "../../cli/requirements";
import { Commands } from "../../rehearsal/command";
import { mirrorProvider } from "../../rehearsal/provider-mirror";
import { cacheDirectory } from "../../rehearsal/workspace";
import type { RunningCloud } from "./running-cloud";

/** What the stacks ask for; see stacks/aws-stack.ts. */
export const providerConstraint = ">= 5.100.0, < 7.0.0";

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
    const cliConfiguration = await mirrorProvider(cacheDirectory, providerConstraint, commands);
    return new Terraform(directory, commands, cloud.environment(cliConfiguration, endpoint));
  }

  /** @returns what it printed. @throws CommandFailure when the exit code is none of `accepted` */
  async run(
    command: string,
    args: readonly string[] = [],
    accepted: readonly number[] = [0],
  ): Promise<{ readonly code: number; readonly output: string }> {
    const interactive = ["force-unlock", "show", "output"].includes(command) ? [] : ["-input=false"];
    return this.commands.run(
      terraformProgram(),
      [command, ...interactive, "-no-color", ...args],
      { directory: this.directory, environment: this.environment, log: command },
      accepted,
    );
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
