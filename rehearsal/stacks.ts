import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { terraformProgram } from "../cli/requirements";
import type { Commands } from "./command";
import type { Workspace } from "./workspace";

/** The commands with which a person deploys, reviews and removes the stacks. */
export class Stacks {
  constructor(
    private readonly names: readonly string[],
    private readonly workspace: Workspace,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly commands: Commands,
  ) {}

  /** `npm run bootstrap`, with `--remove` the reverse */
  async bootstrap(...args: string[]): Promise<void> {
    await this.node(["run.mjs", "cli/bootstrap.ts", ...args], args.length ? "bootstrap-remove" : "bootstrap");
  }

  /** `cdktf deploy`. The provider is locked by the rehearsal's mirror, so cdktf need not ask the registry. */
  async deploy(): Promise<void> {
    await this.cdktf("deploy", this.names);
  }

  /** The same for one stack, with another configuration where a file with one is given. */
  async deployOne(stack: string, configurationFile?: string): Promise<void> {
    const other = configurationFile === undefined ? {} : { PIPELINE_CONFIG: configurationFile };
    await this.cdktf("deploy", [stack], other);
  }

  async destroy(): Promise<void> {
    await this.cdktf("destroy", this.names);
  }

  /** `npm run push-app` @returns what it said */
  async pushApp(directory: string, message: string): Promise<string> {
    const args = ["run.mjs", "cli/push-app.ts", "--directory", directory, "--message", message];
    return (await this.node(args, "push-app")).output;
  }

  /** One of our other commands. @returns what it said */
  async command(file: string, ...args: string[]): Promise<string> {
    return (await this.node(["run.mjs", file, ...args], basename(file, ".ts"))).output;
  }

  /** `terraform plan` on a deployed stack. @returns true when it shows changes */
  async planShowsChanges(stack: string): Promise<boolean> {
    const init = { ...this.inStack(stack), log: `init-${stack}` };
    await this.commands.run(terraformProgram(), ["init", "-input=false", "-no-color"], init);
    const args = ["plan", "-detailed-exitcode", "-input=false", "-no-color"];
    const settings = { ...this.inStack(stack), log: `plan-${stack}` };
    return (await this.commands.run(terraformProgram(), args, settings, [0, 2])).code === 2;
  }

  /** Outputs of a stack, as `terraform output` gives them. */
  async outputs(stack: string): Promise<Record<string, string>> {
    const settings = { ...this.inStack(stack), log: `output-${stack}` };
    const { output } = await this.commands.run(terraformProgram(), ["output", "-json"], settings);
    const values = JSON.parse(output) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, String(value)]));
  }

  private inStack(stack: string): { directory: string; environment: NodeJS.ProcessEnv } {
    return { directory: this.workspace.stackDirectory(stack), environment: this.environment };
  }

  private async cdktf(
    command: "deploy" | "destroy",
    names: readonly string[],
    variables: NodeJS.ProcessEnv = {},
  ): Promise<void> {
    const cdktf = join(this.workspace.projectDirectory, "node_modules/.bin/cdktf");
    const output = ["--output", this.workspace.outputDirectory];
    await this.commands.run(cdktf, [command, "--auto-approve", "--skip-provider-lock", ...output, ...names], {
      directory: this.workspace.projectDirectory,
      environment: { ...this.environment, ...variables },
      log: `cdktf-${command}`,
    });
  }

  private node(args: readonly string[], log: string): Promise<{ output: string }> {
    return this.commands.run(process.execPath, args, {
      directory: this.workspace.projectDirectory,
      environment: this.environment,
      log,
    });
  }
}

/** The provider constraint that the synthesized stacks carry. */
export function providerConstraint(stackDirectory: string): string {
  const document = JSON.parse(readFileSync(join(stackDirectory, "cdk.tf.json"), "utf8")) as {
    terraform: { required_providers: { aws: { version: string } } };
  };
  return document.terraform.required_providers.aws.version;
}
