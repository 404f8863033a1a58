import type {
  ImageScanningConfiguration,
  ImageTestsConfiguration,
  WorkflowConfiguration,
} from "@aws-sdk/client-imagebuilder";
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
import { type ImageWorkflow, imageWorkflows } from "../workflows/image-workflows";
import type { WorkflowExecutions } from "../workflows/workflow-executions";
import { bake } from "./bake";
import { BakeFailure } from "./bake-failure";
import { BakeLog } from "./bake-log";

export interface BakeOrder {
  readonly imageRecipeArn?: string | undefined;
  readonly infrastructureConfigurationArn?: string | undefined;
  readonly distributionConfigurationArn?: string | undefined;
  readonly imageTestsConfiguration?: ImageTestsConfiguration | undefined;
  readonly enhancedImageMetadataEnabled?: boolean | undefined;
  readonly imageScanningConfiguration?: ImageScanningConfiguration | undefined;
  readonly executionRole?: string | undefined;
  readonly workflows?: readonly WorkflowConfiguration[] | undefined;
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
    readonly executions: WorkflowExecutions,
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
    const workflows = imageWorkflows(store, order.workflows);
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
      imageScanningConfiguration: order.imageScanningConfiguration,
      executionRole: order.executionRole,
      workflows: order.workflows?.map((each) => ({
        ...each,
        workflowArn: store.workflow(each.workflowArn!).arn,
      })),
      sourcePipelineArn: order.sourcePipeline?.arn,
      sourcePipelineName: order.sourcePipeline?.name,
      buildType: "USER_INITIATED",
      imageSource: "CUSTOM",
      dateCreated: new Date().toISOString(),
      outputResources: {},
      tags: order.tags,
      cancel: new AbortController(),
    });
    const run = this.run(image, recipe, workflows).finally(() => this.running.delete(run));
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

  private async run(
    image: ImageRecord,
    recipe: RecipeRecord,
    workflows: readonly ImageWorkflow[],
  ): Promise<void> {
    const log = new BakeLog(this.cloud, `/aws/imagebuilder/${recipe.name}`, image.version!);
    const signal = AbortSignal.any([this.cloud.signal, image.cancel.signal]);
    try {
      await bake(this, image, recipe, workflows, log, signal);
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
    const { place, component } = error instanceof BakeFailure ? error : {};
    const logs = ` Log group ${log.group}, log stream ${log.stream}.`;
    const text = place ? `Workflow Execution ID: ${place.executionId} failed with reason: ${reason}` : reason;
    this.enter(
      image,
      {
        status: "FAILED",
        reason: text.slice(0, longestReason - logs.length) + logs,
        failureContext: {
          imageStatus: image.state.status,
          failedStep: place?.step,
          workflowArn: place?.workflowArn,
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
