import { DescribeImagesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  GetImageCommand,
  GetLifecycleExecutionCommand,
  GetLifecyclePolicyCommand,
  ImagebuilderClient,
  type LifecycleExecution,
  type LifecyclePolicy,
  ListImagesCommand,
  ListLifecycleExecutionResourcesCommand,
  ListLifecyclePoliciesCommand,
  StartResourceStateUpdateCommand,
} from "@aws-sdk/client-imagebuilder";
import { setTimeout as pause } from "node:timers/promises";
import { bakeImage } from "./bake-image";
import type { ClientOptions } from "./cloud/cloud";
import { lifecycleRunPath } from "./cloud/imagebuilder/lifecycle-run";

export interface ImageLifecycleSettings {
  readonly options: ClientOptions;
  readonly policyName: string;
  readonly imagePipelineArn: string;
  readonly applicationName: string;
  readonly signal: AbortSignal;
}

/**
 * What a rehearsal can see of the images' lifecycle in minutes. The policy runs as it is deployed, and has to leave the
 * images of the releases alone. Deleting is then asked for one image more that nobody has launched, with the policy's
 * own role, action and exclusions.
 */
export class ImageLifecycle {
  private readonly imageBuilder: ImagebuilderClient;

  constructor(private readonly settings: ImageLifecycleSettings) {
    this.imageBuilder = new ImagebuilderClient(settings.options);
  }

  /** @returns how many images the policy has kept @throws Error when it would delete one of them */
  async runPolicy(): Promise<number> {
    const { arn } = await this.policy();
    const { options } = this.settings;
    const url = `${options.endpoint}${lifecycleRunPath}?policy=${encodeURIComponent(arn!)}`;
    const response = await fetch(url, { method: "POST" });
    const answer = (await response.json()) as { lifecycleExecutionId?: string; message?: string };
    if (!answer.lifecycleExecutionId)
      throw new Error(`the lifecycle policy ${arn} does not run: ${answer.message}`);
    const { resourcesImpactedSummary } = await this.ended(answer.lifecycleExecutionId);
    if (resourcesImpactedSummary?.hasImpactedResources)
      throw new Error(`the lifecycle policy ${arn} acted on an image of a release`);
    const { imageVersionList } = await this.imageBuilder.send(new ListImagesCommand({ owner: "Self" }));
    return imageVersionList?.length ?? 0;
  }

  /** @returns the AMI that went @throws Error when it, or its image, is still there */
  async deleteOneMore(): Promise<string> {
    const { imageBuilder } = this;
    const { imagePipelineArn, applicationName, signal } = this.settings;
    const { executionRole, policyDetails } = await this.policy();
    const rule = policyDetails!.find(({ action }) => action?.type === "DELETE")!;
    // of the newest release's recipe
    const tags = { Application: applicationName };
    const image = await bakeImage(imageBuilder, { imagePipelineArn, tags }, signal);
    const ami = image.outputResources!.amis![0]!.image!;
    const { lifecycleExecutionId } = await imageBuilder.send(
      new StartResourceStateUpdateCommand({
        resourceArn: image.arn,
        state: { status: "DELETED" },
        executionRole,
        includeResources: rule.action!.includeResources,
        exclusionRules: { amis: rule.exclusionRules?.amis },
      }),
    );
    await this.ended(lifecycleExecutionId!);
    const { Images } = await new EC2Client(this.settings.options).send(
      new DescribeImagesCommand({ Filters: [{ Name: "image-id", Values: [ami] }] }),
    );
    if (Images?.length)
      throw new Error(`the AMI ${ami} of ${image.arn} was to be deleted and is still there`);
    const left = await imageBuilder.send(new GetImageCommand({ imageBuildVersionArn: image.arn })).then(
      () => true,
      () => false,
    );
    if (left) throw new Error(`the image ${image.arn} was to be deleted and is still there`);
    return ami;
  }

  private async policy(): Promise<LifecyclePolicy> {
    const { policyName } = this.settings;
    const { lifecyclePolicySummaryList } = await this.imageBuilder.send(new ListLifecyclePoliciesCommand({}));
    const found = lifecyclePolicySummaryList?.find(({ name }) => name === policyName);
    if (!found) throw new Error(`there is no lifecycle policy ${policyName}`);
    const { lifecyclePolicy } = await this.imageBuilder.send(
      new GetLifecyclePolicyCommand({ lifecyclePolicyArn: found.arn }),
    );
    return lifecyclePolicy!;
  }

  /** @throws Error unless it ended with success */
  private async ended(lifecycleExecutionId: string): Promise<LifecycleExecution> {
    for (;;) {
      const { lifecycleExecution } = await this.imageBuilder.send(
        new GetLifecycleExecutionCommand({ lifecycleExecutionId }),
      );
      const { status, reason } = lifecycleExecution!.state!;
      if (status === "SUCCESS") return lifecycleExecution!;
      if (status === "FAILED" || status === "CANCELLED")
        throw new Error(
          `the lifecycle execution ${lifecycleExecutionId} is ${status}: ${reason}; ${await this.why(lifecycleExecutionId)}`,
        );
      await pause(100, undefined, { signal: this.settings.signal });
    }
  }

  private async why(lifecycleExecutionId: string): Promise<string> {
    const list = (parentResourceId?: string) =>
      this.imageBuilder.send(
        new ListLifecycleExecutionResourcesCommand({ lifecycleExecutionId, parentResourceId }),
      );
    const { resources: images = [] } = await list();
    const amis = await Promise.all(images.map(({ resourceId }) => list(resourceId)));
    return [...images, ...amis.flatMap(({ resources = [] }) => resources)]
      .map(({ resourceId, state }) => `${resourceId} ${state?.status}: ${state?.reason ?? ""}`)
      .join("; ");
  }
}
