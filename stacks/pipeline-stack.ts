import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { BaseImageSchedule, Configuration, EnvironmentConfiguration } from "../config/configuration";
import { Names } from "../config/names";
import { ApplicationBuild } from "../constructs/build/application-build";
import { ArtifactBucket } from "../constructs/build/artifact-bucket";
import { BaseImage } from "../constructs/image/base-image";
import { BaseImagePipeline } from "../constructs/image/base-image-pipeline";
import { CleanUp } from "../constructs/image/clean-up";
import { ImageBuilder } from "../constructs/image/image-builder";
import { ImageFunctions } from "../constructs/image/image-functions";
import { ImageLifecycle } from "../constructs/image/image-lifecycle";
import { ImagePipeline, type Baking } from "../constructs/image/image-pipeline";
import { VersionCounter } from "../constructs/image/version-counter";
import { approval } from "../constructs/release/approval";
import { DeliveryPipeline, type Stage } from "../constructs/release/delivery-pipeline";
import { FailureNotices } from "../constructs/release/failure-notices";
import { NoticesTopic } from "../constructs/release/notices-topic";
import { ReleaseFunctions } from "../constructs/release/release-functions";
import { ReleaseWithdrawal } from "../constructs/release/release-withdrawal";
import { EncryptionKey } from "../constructs/shared/encryption-key";
import { FunctionBundles } from "../constructs/shared/function-bundles";
import { Network } from "../constructs/shared/network";
import { variable } from "../constructs/shared/pipeline-action";
import { CommitTrigger } from "../constructs/source/commit-trigger";
import { Repository } from "../constructs/source/repository";
import { AwsStack } from "./aws-stack";

/** From the commit to every fleet. */
export class PipelineStack extends AwsStack {
  private readonly names: Names;
  private readonly key: EncryptionKey;
  private readonly bundles: FunctionBundles;
  private readonly notices: NoticesTopic;

  constructor(
    scope: Construct,
    private readonly configuration: Configuration,
    bundleDirectory: string,
  ) {
    const names = new Names(configuration);
    super(scope, names.pipelineStack, configuration);
    const { accountId, region, architecture, branch } = configuration;
    this.names = names;
    this.bundles = new FunctionBundles(this, "Bundles", { directory: bundleDirectory });
    this.key = new EncryptionKey(this, "Key", {
      aliasName: names.application,
      description: `Artifacts, logs and notices of the pipeline ${names.pipeline}`,
      accountId,
      region,
    });
    const { key } = this;
    this.notices = new NoticesTopic(this, "Notices", {
      topicName: names.noticesTopic,
      key,
      mailAddress: configuration.noticesTo,
    });

    const repository = new Repository(this, "Repository", { repositoryName: names.repository, branch });
    const artifacts = new ArtifactBucket(this, "Artifacts", { bucketName: names.artifactBucket, key });
    const build = new ApplicationBuild(this, "Build", {
      projectName: names.buildProject,
      projectArn: names.buildProjectArn,
      roleName: names.role("build"),
      accountId,
      architecture,
      artifacts,
      key,
    });
    const cleanUp = this.cleanUp();
    const image = this.image(repository, artifacts, cleanUp);

    const [source, application] = ["Source", "Application"] as const;
    const version = image.version.action({
      namespace: "VersionVariables",
      parameters: { ExecutionId: executionId },
    });
    const prepareImage = image.prepareImage.action({
      namespace: "ImageVariables",
      input: application,
      parameters: {
        ExecutionId: executionId,
        Version: version.output("Version"),
        RepositoryName: repository.repositoryName,
        BranchName: repository.branchName,
        CommitId: repository.commitId,
        JarSha256: build.jarSha256,
      },
    });
    const bakeImage = image.bakeImage.action({
      namespace: "BakeVariables",
      parameters: {
        ExecutionId: executionId,
        Version: version.output("Version"),
        ImageRecipeArn: prepareImage.output("ImageRecipeArn"),
      },
    });
    new DeliveryPipeline(this, "Pipeline", {
      pipelineName: names.pipeline,
      roleName: names.role("pipeline"),
      accountId,
      executionMode: configuration.executionMode,
      artifacts,
      outlivedBy: [cleanUp.invocation],
      stages: [
        { name: "Source", actions: [repository.action({ output: source })] },
        { name: "BuildCode", actions: [build.action({ input: source, output: application })] },
        { name: "BuildImage", actions: [version, prepareImage, bakeImage] },
        ...configuration.environments.map((environment) =>
          this.deployment(environment, version.output("Version"), bakeImage.output("ImageId")),
        ),
      ],
    });
    new CommitTrigger(this, "CommitTrigger", {
      ruleName: names.commitRule,
      roleName: names.role("commit-trigger"),
      accountId,
      repository,
      branch,
      pipelineArn: names.pipelineArn,
    });
    new FailureNotices(this, "FailureNotices", {
      functionName: names.functionName("announce-failure"),
      pipelineName: names.pipeline,
      pipelineArn: names.pipelineArn,
      topic: this.notices,
      bundles: this.bundles,
      key,
    });
    new TerraformOutput(this, "CloneUrl", { value: repository.cloneUrl });
    new TerraformOutput(this, "PipelineUrl", { value: names.pipelineUrl });
  }

  private image(repository: Repository, artifacts: ArtifactBucket, cleanUp: CleanUp): ImageFunctions {
    const { names, configuration, bundles, key } = this;
    const { image, region, architecture } = configuration;
    const baseImage = new BaseImage(this, "BaseImage", {
      namePrefix: names.baseImage,
      parentImageArn: names.parentImageArn(architecture),
      parentImageVersionsArn: names.parentImageArn(architecture, "*"),
      applicationName: names.application,
      outlivedBy: [cleanUp.invocation],
    });
    const baking: Baking = {
      applicationName: names.application,
      region,
      testsEnabled: image.testsEnabled,
      baseImage,
      imageBuilder: this.imageBuilder(artifacts),
      cleanUp,
      key,
    };
    const schedule = image.baseImageSchedule;
    const baseImagePipeline = schedule && this.baseImagePipeline(baking, schedule);
    this.imageLifecycle(schedule && baseImage);
    return new ImageFunctions(this, "Image", {
      applicationName: names.application,
      functionNames: {
        version: names.functionName("version"),
        prepareImage: names.functionName("prepare-image"),
        bakeImage: names.functionName("bake-image"),
      },
      versionLine: configuration.versionLine,
      componentName: names.applicationComponent,
      componentArns: names.applicationComponentArns,
      recipeName: names.recipe,
      recipeArns: names.recipeArns,
      versionCounter: new VersionCounter(this, "VersionCounter", { parameterName: names.versionParameter }),
      repository,
      baseImage,
      baseImagePipeline,
      imagePipeline: new ImagePipeline(this, "ImagePipeline", {
        ...baking,
        name: names.imagePipeline,
        initialRecipeName: names.initialRecipe,
        imageArns: names.imageArns,
        imageRecipeArns: names.recipeArns,
      }),
      bundles,
      key,
    });
  }

  private imageBuilder(artifacts: ArtifactBucket): ImageBuilder {
    const { names, configuration, key } = this;
    return new ImageBuilder(this, "ImageBuilder", {
      name: names.imageBuilder,
      applicationName: names.application,
      instanceType: configuration.builderInstanceType,
      network: new Network(this, "Network", { subnetIds: configuration.subnetIds }),
      artifacts,
      key,
      componentArns: [names.baseComponentArns, names.applicationComponentArns],
      recipeName: names.recipe,
      instanceArns: names.ec2Arns("instance"),
      associationArns: names.ssmAssociationArns,
      documentArns: names.inventoryDocumentArns,
      imageBuilderObjectArns: names.imageBuilderObjectArns,
    });
  }

  private baseImagePipeline(baking: Baking, schedule: BaseImageSchedule): BaseImagePipeline {
    const { names } = this;
    const { recipeName, recipeVersion } = baking.baseImage;
    const pipeline = new BaseImagePipeline(this, "BaseImagePipeline", {
      ...baking,
      ...schedule,
      name: names.baseImagePipeline,
      amiName: names.baseImage,
      imageVersionArn: names.imageVersionArn(recipeName, recipeVersion),
      imageArns: names.baseImageArns,
    });
    new TerraformOutput(this, "BaseImagePipelineArn", { value: pipeline.arn });
    return pipeline;
  }

  /** @param scheduledBase the base image where one is baked on a schedule */
  private imageLifecycle(scheduledBase: BaseImage | undefined): void {
    const { names } = this;
    new ImageLifecycle(this, "ImageLifecycle", {
      name: names.imageLifecycle,
      roleName: names.role("image-lifecycle"),
      applicationName: names.application,
      baseImages: scheduledBase && { policyName: names.baseImageLifecycle, baseImage: scheduledBase },
      imageArns: scheduledBase ? [names.imageArns, names.baseImageArns] : [names.imageArns],
      amiArns: names.ec2SharedArns("image"),
      snapshotArns: names.ec2SharedArns("snapshot"),
    });
  }

  private cleanUp(): CleanUp {
    const { names, configuration, bundles, key } = this;
    return new CleanUp(this, "CleanUp", {
      functionName: names.functionName("clean-up"),
      environment: {
        APPLICATION: names.application,
        COMPONENT_NAME: names.applicationComponent,
        RECIPE_NAME: names.recipe,
        BASE_NAME_PREFIX: names.baseImage,
        REGIONS: configuration.region,
      },
      applicationName: names.application,
      componentArns: [names.applicationComponentArns, names.baseComponentArns],
      recipeArns: names.recipeArns,
      // base images may be left of a schedule that is no longer configured
      imageArns: [names.imageArns, names.baseImageArns],
      amiArns: names.ec2SharedArns("image"),
      snapshotArns: names.ec2SharedArns("snapshot"),
      bundles,
      key,
    });
  }

  /** The stage that brings the image to one environment. */
  private deployment(environment: EnvironmentConfiguration, version: string, imageId: string): Stage {
    const names = this.names.environment(environment.name);
    const release = this.releaseFunctions(environment);
    const prepareRelease = release.prepareRelease.action({
      namespace: `ReleaseVariables-${environment.name}`,
      parameters: { ExecutionId: executionId, Version: version, ImageId: imageId },
    });
    const rollOut = release.rollOut.action({
      namespace: `RollOutVariables-${environment.name}`,
      parameters: {
        ExecutionId: executionId,
        Version: version,
        LaunchTemplateVersion: prepareRelease.output("LaunchTemplateVersion"),
      },
    });
    if (environment.approval) this.withdrawal(environment, release);
    const question = `Roll out version ${version} to ${environment.name}?`;
    return {
      name: names.stage,
      actions: [prepareRelease, ...(environment.approval ? [approval(question)] : []), rollOut],
      rollsBack: environment.rollOut.onFailure === "rollBack",
    };
  }

  private withdrawal({ name }: EnvironmentConfiguration, release: ReleaseFunctions): void {
    const { names: all, notices: topic, bundles, key } = this;
    const names = all.environment(name);
    new ReleaseWithdrawal(release, "Withdrawal", {
      functionName: names.functionName("withdraw-release"),
      environmentName: name,
      pipelineName: all.pipeline,
      pipelineArn: all.pipelineArn,
      stageName: names.stage,
      autoScalingGroupName: names.autoScalingGroup,
      releaseTemplateName: names.releaseTemplate,
      launchTemplateArns: all.ec2Arns("launch-template"),
      ownTemplates: release.ownTemplates,
      topic,
      bundles,
      key,
    });
  }

  private releaseFunctions(environment: EnvironmentConfiguration): ReleaseFunctions {
    const { names: all, bundles, key } = this;
    const names = all.environment(environment.name);
    const { alarms, ...waits } = environment.rollOut;
    const ownAlarms =
      environment.loadBalancer === undefined ? [] : [names.serverErrorsAlarm, names.unhealthyHostsAlarm];
    return new ReleaseFunctions(this, names.stage, {
      applicationName: all.application,
      environmentName: environment.name,
      functionNames: {
        prepareRelease: names.functionName("prepare-release"),
        rollOut: names.functionName("roll-out"),
      },
      blueprintTemplateName: names.blueprintTemplate,
      releaseTemplateName: names.releaseTemplate,
      autoScalingGroupName: names.autoScalingGroup,
      autoScalingGroupArn: names.autoScalingGroupArn,
      instanceRoleArn: names.instanceRoleArn,
      desiredCapacity: environment.capacity.desired,
      rollOut: { ...waits, alarmNames: [...ownAlarms, ...alarms] },
      arns: {
        launchTemplates: all.ec2Arns("launch-template"),
        instanceParts: ["instance", "volume", "network-interface", "security-group", "subnet"].map((kind) =>
          all.ec2Arns(kind),
        ),
        instances: all.ec2Arns("instance"),
        volumes: all.ec2Arns("volume"),
        networkInterfaces: all.ec2Arns("network-interface"),
        amis: all.ec2SharedArns("image"),
      },
      bundles,
      key,
    });
  }
}

const executionId = variable("codepipeline", "PipelineExecutionId");
