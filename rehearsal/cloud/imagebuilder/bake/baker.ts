import type { ImageTestsConfiguration } from "@aws-sdk/client-imagebuilder";
import { versionParts } from "../arns";
import type { Arns } from "../arns";
import type { Cloud } from "../../cloud";
import type { Authorizer } from "../../gateway/authorizer";
import type { MachineImages } from "../../machine/machine-images";
import { emitStateChange } from "../events";
import {
  type ImageBuilderStore,
  type ImageRecord,
  type ImageStateRecord,
  isFinal,
  type PipelineRecord,
  type RecipeRecord,
} from "../store";
import { bake } from "./bake";
import { BakeFailure } from "./bake-failure";
import { BakeLog } from "./bake-log";

export interface BakeOrder {
  readonly imageRecipeArn?: string | undefined;
  readonly infrastructureConfigurationArn?: string | undefined;
  readonly distributionConfigurationArn?: string | undefined;
  readonly imageTestsConfiguration?: ImageTestsConfiguration | undefined;
  readonly enhancedImageMetadataEnabled?: boolean | undefined;
  readonly sourcePipeline: PipelineRecord | undefined;
  readonly tags: Record<string, string>;
}

/** The members of an image's state hold up to this many characters. */
const longestReason = 1024;

/** Starts bakes and walks their images through the states. */
export class Baker {
  private readonly running = new Set<Promise<void>>();

  constructor(
    readonly cloud: Cloud,
    readonly store: ImageBuilderStore,
    readonly arns: Arns,
    readonly machineImages: MachineImages,
    readonly authorizer: Authorizer,
  ) {}

  nextBuild(recipe: RecipeRecord): number {
    const prefix = `${this.arns.image(recipe.name, recipe.version!)}/`;
    const builds = this.store.images.all().filter(({ arn }) => arn.startsWith(prefix));
    return Math.max(0, ...builds.map(({ arn }) => Number(versionParts(arn).build))) + 1;
  }

  /** Makes the image and begins to bake it; the image is PENDING when this returns. */
  start(order: BakeOrder): ImageRecord {
    const { store } = this;
    const recipe = store.recipe(order.imageRecipeArn!);
    const build = this.nextBuild(recipe);
    const distribution = order.distributionConfigurationArn;
    const image: ImageRecord = store.images.add({
      arn: this.arns.image(recipe.name, recipe.version!, build),
      name: recipe.name,
      version: `${recipe.version}/${build}`,
      type: "AMI",
      platform: "Linux",
      osVersion: "Amazon Linux 2023",
      enhancedImageMetadataEnabled: order.enhancedImageMetadataEnabled ?? true,
      state: { status: "PENDING" },
      imageRecipe: recipe,
      infrastructureConfiguration: store.infrastructures.get(order.infrastructureConfigurationArn!),
      distributionConfiguration: distribution ? store.distributions.get(distribution) : undefined,
      imageTestsConfiguration: order.imageTestsConfiguration,
      sourcePipelineArn: order.sourcePipeline?.arn,
      sourcePipelineName: order.sourcePipeline?.name,
      buildType: "USER_INITIATED",
      imageSource: "CUSTOM",
      dateCreated: new Date().toISOString(),
      outputResources: {},
      tags: order.tags,
      cancel: new AbortController(),
    });
    const run = this.run(image, recipe).finally(() => this.running.delete(run));
    this.running.add(run);
    return image;
  }

  /** Resolves when every bake has ended, after the cloud's signal has been aborted. */
  async close(): Promise<void> {
    await Promise.all(this.running);
  }

  enter(image: ImageRecord, state: ImageStateRecord, log: BakeLog): void {
    const previous = image.state;
    image.state = state;
    log.say(`Image transitioned to ${state.status} state for Image ARN: ${image.arn}`);
    emitStateChange(this.cloud, image.arn, previous, state);
    if (isFinal(state.status))
      this.cloud.log("imagebuilder", `${image.arn} is ${state.status} ${state.reason ?? ""}`);
  }

  private async run(image: ImageRecord, recipe: RecipeRecord): Promise<void> {
    const log = new BakeLog(this.cloud, `/aws/imagebuilder/${recipe.name}`, image.version!);
    const signal = AbortSignal.any([this.cloud.signal, image.cancel.signal]);
    try {
      await bake(this, image, recipe, log, signal);
      this.enter(image, { status: "AVAILABLE" }, log);
    } catch (error) {
      if (signal.aborted)
        this.enter(image, { status: "CANCELLED", reason: "The image creation was cancelled." }, log);
      else this.fail(image, error, log);
    } finally {
      await log.close();
    }
  }

  private fail(image: ImageRecord, error: unknown, log: BakeLog): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof BakeFailure))
      this.cloud.log("imagebuilder", `${image.arn}: ${(error as Error).stack}`);
    const { failedStep, component } = error instanceof BakeFailure ? error : {};
    const place = ` Log group ${log.group}, log stream ${log.stream}.`;
    const stage = image.state.status === "TESTING" ? "test" : "build";
    const text = `Workflow Execution ID: ${workflowExecution()} failed with reason: ${reason}`;
    this.enter(
      image,
      {
        status: "FAILED",
        reason: text.slice(0, longestReason - place.length) + place,
        failureContext: {
          imageStatus: image.state.status,
          failedStep,
          workflowArn: failedStep && this.arns.managedWorkflow(stage, `${stage}-image`),
          componentFailure: component && {
            componentArn: component.arn,
            phaseName: component.phase,
            stepName: component.step,
            action: component.action,
            errorMessage: component.message,
          },
        },
      },
      log,
    );
  }
}

const workflowExecution = (): string => `wf-${crypto.randomUUID()}`;
