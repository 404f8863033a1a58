import { CodeCommitClient, GetBranchCommand } from "@aws-sdk/client-codecommit";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Configuration, EnvironmentConfiguration } from "../config/configuration";
import { Names } from "../config/names";
import type { ConfigurationInput } from "../config/schema";
import { withApproval, writeConfiguration } from "./approval-configuration";
import { bakeBaseImage, requireBakedOn } from "./base-image";
import type { ClientOptions } from "./cloud/cloud";
import type { Commands } from "./command";
import { drills } from "./drills/catalog";
import { ApplicationCopies, changes } from "./drills/application-copies";
import type { DrillSettings } from "./drills/context";
import type { Drill } from "./drills/drill";
import { carryOut } from "./drills/drill-run";
import { LoadGenerator } from "./drills/load-generator";
import { answersWith, fleetAddress, wholeFleet } from "./fleet";
import { ImageLifecycle } from "./image-lifecycle";
import { type Inventory, leftovers, takeInventory } from "./inventory";
import { PipelineFollower } from "./pipeline-follower";
import { Progress } from "./progress";
import { defectsOf } from "./report/defects";
import { checkPermissions, type PermissionCheckSettings } from "./report/permissions";
import { Stacks } from "./stacks";
import type { Steps } from "./steps";
import type { Workspace } from "./workspace";

export interface RehearsalSettings {
  readonly configuration: Configuration;
  /** What the configuration was made from. */
  readonly configurationInput: ConfigurationInput;
  readonly workspace: Workspace;
  readonly environment: NodeJS.ProcessEnv;
  /** Credentials and endpoint of whoever deploys. */
  readonly options: ClientOptions;
  readonly commands: Commands;
  readonly steps: Steps;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The main job, on the local cloud: from an empty account to a replaced fleet, and back to an empty account. */
export class Rehearsal {
  private readonly names: Names;
  private readonly stackNames: readonly string[];
  private readonly stacks: Stacks;
  private readonly follower: PipelineFollower;
  /** What the cloud held before anything of ours was made. */
  private before: Inventory = new Set();
  /** What the permissions are judged by; undefined before anything was carried out to its end. */
  private carriedOut: Pick<PermissionCheckSettings, "drills" | "complete"> | undefined;

  constructor(private readonly settings: RehearsalSettings) {
    const { configuration, workspace, environment, commands, options, progress } = settings;
    this.names = new Names(configuration);
    const fleets = configuration.environments.map(({ name }) => this.names.environment(name).fleetStack);
    this.stackNames = [...fleets, this.names.pipelineStack];
    this.stacks = new Stacks(this.stackNames, workspace, environment, commands);
    this.follower = new PipelineFollower(new CodePipelineClient(options), this.names.pipeline, progress);
  }

  /** Deploys, releases twice and reviews. @throws StepFailure */
  async perform(): Promise<void> {
    const { steps } = this.settings;
    const first = await this.begin();
    const baseImage = await this.baseImage();
    const second = await this.release(
      "second release",
      this.application("app-src").tested(changes.greeting("Hello again from an immutable server")),
      "Say hello louder",
      baseImage,
    );
    await steps.run("replacement", async () => {
      for (const { name } of this.settings.configuration.environments)
        this.requireReplaced(name, first, second);
    });
    await steps.run("lifecycle", () => this.manageImages());
    await steps.run("plan", () => this.requireNoChanges());
    this.carriedOut = { drills: [], complete: true };
  }

  /** Deploys, releases once, and carries out drills on the fleet under load. @throws StepFailure */
  async drill(selected: readonly Drill[]): Promise<void> {
    const { steps, progress } = this.settings;
    await this.begin();
    await steps.run("drills", async () => {
      const settings = await this.drillSettings();
      try {
        const starts = await carryOut(selected, settings, progress);
        this.carriedOut = { drills: starts, complete: selected.length === drills.length };
      } finally {
        await settings.load.stop();
      }
    });
  }

  /** Destroys everything and makes sure that nothing is left. @throws StepFailure */
  async remove(): Promise<void> {
    const { steps, progress, options } = this.settings;
    await steps.run("destroy", async () => {
      await this.stacks.destroy();
      await this.stacks.bootstrap("--remove");
    });
    await steps.run("leftovers", async () => {
      const left = leftovers(this.before, await takeInventory(options));
      if (left.length > 0)
        throw new Error(`the cloud still holds ${left.length} things of ours:\n  ${left.join("\n  ")}`);
      progress.line("leftovers", "the cloud holds nothing that we made");
    });
    await steps.run("defects", async () => this.requireNoDefects());
    // last, because one of the roles acts when the stacks are destroyed
    const { carriedOut } = this;
    if (carriedOut) await steps.run("permissions", async () => this.requirePermissions(carriedOut));
  }

  /** From an empty account to the first release. @returns its instances by environment */
  private async begin(): Promise<ReadonlyMap<string, string[]>> {
    const { steps, workspace } = this.settings;
    this.before = await steps.run("inventory", () => takeInventory(this.settings.options));
    await steps.run("bootstrap", () => this.stacks.bootstrap());
    await steps.run("deploy", () => this.stacks.deploy());
    return this.release("first release", join(workspace.projectDirectory, "app-src"), "First commit");
  }

  /** After the first release, which has to do without: one is baked where the configuration has it on a schedule. @returns its AMI */
  private async baseImage(): Promise<string | undefined> {
    const { steps, progress, options, configuration, signal } = this.settings;
    if (configuration.image.baseImageSchedule === undefined) return undefined;
    return steps.run("base image", async () => {
      const { BaseImagePipelineArn } = await this.stacks.outputs(this.names.pipelineStack);
      const ami = await bakeBaseImage(options, BaseImagePipelineArn!, signal);
      progress.line("base image", `${ami}, baked as its schedule would`);
      return ami;
    });
  }

  /** The load begins with this. */
  private async drillSettings(): Promise<DrillSettings> {
    const { configuration, options, workspace, signal } = this.settings;
    const balanced = configuration.environments.find(({ loadBalancer }) => loadBalancer !== undefined);
    if (!balanced)
      throw new Error("drills need an environment with a load balancer, and the configuration has none");
    const environment = this.names.environment(balanced.name);
    const outputs = await this.stacks.outputs(environment.fleetStack);
    const address = await fleetAddress(options, environment.autoScalingGroup, outputs);
    const logFile = join(workspace.logDirectory, "drills.log");
    const log = (text: string): void => appendFileSync(logFile, `${text}\n`);
    return {
      options,
      names: this.names,
      environment,
      environmentName: balanced.name,
      application: this.application("drill-app-src"),
      follower: new PipelineFollower(new CodePipelineClient(options), this.names.pipeline, new Progress(log)),
      push: async (directory, message) => {
        await this.stacks.pushApp(directory, message);
        return this.tip();
      },
      withApproval: (work) => this.withApproval(balanced, work),
      executionMode: configuration.executionMode,
      noticesTopicArn: this.names.arn("sns", this.names.noticesTopic),
      cloudDirectory: workspace.cloudDirectory,
      command: (file, ...args) => this.stacks.command(file, ...args),
      record: (name, facts) =>
        writeFileSync(join(workspace.logDirectory, `${name}.json`), JSON.stringify(facts, undefined, 2)),
      log,
      signal,
      load: new LoadGenerator(address),
    };
  }

  /** @param copy name of the folder below the run's own */
  private application(copy: string): ApplicationCopies {
    const { workspace } = this.settings;
    return new ApplicationCopies(
      join(workspace.projectDirectory, "app-src"),
      join(workspace.directory, copy),
    );
  }

  private async withApproval<T>(
    { name, approval }: EnvironmentConfiguration,
    work: () => Promise<T>,
  ): Promise<T> {
    if (approval) return work();
    const { workspace, configurationInput } = this.settings;
    const file = join(workspace.directory, "with-approval.json");
    writeConfiguration(file, withApproval(configurationInput, name));
    await this.stacks.deployOne(this.names.pipelineStack, file);
    try {
      return await work();
    } finally {
      await this.stacks.deployOne(this.names.pipelineStack);
    }
  }

  /**
   * Pushes a directory as a commit and follows it until every fleet answers with its version.
   * @param baseImage AMI that its image must have been baked on, where there is one
   * @returns instances by environment
   */
  private async release(
    step: string,
    directory: string,
    message: string,
    baseImage?: string,
  ): Promise<ReadonlyMap<string, string[]>> {
    const { steps, progress, options, configuration, signal } = this.settings;
    return steps.run(step, async () => {
      await this.stacks.pushApp(directory, message);
      const commit = await this.tip();
      progress.line("push-app", `commit ${commit.slice(0, 8)} "${message}"`);
      const id = await this.follower.executionOf(commit, signal);
      const execution = await this.follower.follow(id, signal);
      if (execution.status !== "Succeeded") {
        const failed = execution.actions.filter((action) => action.status === "Failed");
        const reasons = failed.map(
          ({ stageName, actionName, output }) =>
            `${stageName}/${actionName}: ${output?.executionResult?.errorDetails?.message}`,
        );
        throw new Error(`execution ${id} ended ${execution.status}\n${reasons.join("\n")}`);
      }
      const version = execution.actions.find(({ output }) => output?.outputVariables?.Version)?.output
        ?.outputVariables?.Version;
      if (baseImage !== undefined) {
        const recipe = this.names.arn("imagebuilder", `image-recipe/${this.names.recipe}/${version}`);
        await requireBakedOn(options, recipe, baseImage);
      }
      const instances = new Map<string, string[]>();
      for (const { name } of configuration.environments) {
        const names = this.names.environment(name);
        const address = await fleetAddress(
          options,
          names.autoScalingGroup,
          await this.stacks.outputs(names.fleetStack),
        );
        const greeting = await answersWith(address, version!, signal);
        instances.set(name, await wholeFleet(options, names.autoScalingGroup, signal));
        progress.line(
          "fleet",
          `${name} at ${address}: "${greeting.message}", version ${greeting.version}, commit ${greeting.commit.slice(0, 8)}, instance ${greeting.instance}`,
        );
      }
      return instances;
    });
  }

  private async tip(): Promise<string> {
    const { branch } = await new CodeCommitClient(this.settings.options).send(
      new GetBranchCommand({
        repositoryName: this.names.repository,
        branchName: this.settings.configuration.branch,
      }),
    );
    return branch!.commitId!;
  }

  private requireReplaced(
    environment: string,
    first: ReadonlyMap<string, string[]>,
    second: ReadonlyMap<string, string[]>,
  ): void {
    const [old, now] = [first.get(environment)!, second.get(environment)!];
    const kept = now.filter((instance) => old.includes(instance));
    if (kept.length > 0 || now.length !== old.length)
      throw new Error(
        `${environment}: the fleet was ${old.join(", ")} and is ${now.join(", ")}: not every instance was replaced`,
      );
    this.settings.progress.line("fleet", `${environment}: ${old.join(", ")} replaced by ${now.join(", ")}`);
  }

  private requireNoDefects(): void {
    const defects = defectsOf(this.settings.workspace.cloudDirectory);
    if (defects.length > 0)
      throw new Error(`the local cloud itself went wrong, see cloud.log:\n  ${defects.join("\n  ")}`);
  }

  private async manageImages(): Promise<void> {
    const { options, signal, progress } = this.settings;
    const lifecycle = new ImageLifecycle({
      options,
      signal,
      policyName: this.names.imageLifecycle,
      imagePipelineArn: this.names.arn("imagebuilder", `image-pipeline/${this.names.imagePipeline}`),
      applicationName: this.names.application,
    });
    progress.line("lifecycle", `the policy keeps the ${await lifecycle.runPolicy()} images of the releases`);
    progress.line(
      "lifecycle",
      `${await lifecycle.deleteOneMore()}, baked for this, is deleted by the policy's role`,
    );
  }

  private requirePermissions(carriedOut: Pick<PermissionCheckSettings, "drills" | "complete">): void {
    const { workspace, progress } = this.settings;
    const { findings, totals } = checkPermissions({
      callsFile: join(workspace.cloudDirectory, "calls.jsonl"),
      outputDirectory: workspace.outputDirectory,
      reportDirectory: workspace.directory,
      ...carriedOut,
    });
    progress.line("permissions", totals);
    if (findings.length > 0)
      throw new Error(`the roles' permissions do not fit their use:\n  ${findings.join("\n  ")}`);
  }

  private async requireNoChanges(): Promise<void> {
    const stacks = ["state", ...this.stackNames];
    const changed = await Promise.all(stacks.map((stack) => this.stacks.planShowsChanges(stack)));
    const named = stacks.filter((_, index) => changed[index]);
    if (named.length > 0)
      throw new Error(
        `terraform plan shows changes after the releases on ${named.join(", ")}; see the logs plan-<stack>.log`,
      );
    this.settings.progress.line("plan", `no changes on ${stacks.join(", ")}`);
  }
}
