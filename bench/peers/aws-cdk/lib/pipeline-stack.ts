import { CfnOutput, CustomResource, Duration, Stack, type StackProps } from "aws-cdk-lib";
import { Cache, ComputeType, LinuxArmBuildImage, PipelineProject } from "aws-cdk-lib/aws-codebuild";
import { Repository } from "aws-cdk-lib/aws-codecommit";
import { Artifact, ExecutionMode, Pipeline, PipelineType, type IAction } from "aws-cdk-lib/aws-codepipeline";
import {
  CodeBuildAction,
  CodeCommitSourceAction,
  CodeCommitTrigger,
  LambdaInvokeAction,
} from "aws-cdk-lib/aws-codepipeline-actions";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { Role } from "aws-cdk-lib/aws-iam";
import type { CfnImageRecipe } from "aws-cdk-lib/aws-imagebuilder";
import type { Key } from "aws-cdk-lib/aws-kms";
import { SnsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Topic } from "aws-cdk-lib/aws-sns";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { Construct } from "constructs";
import { ApplicationFunction } from "./application-function";
import { ImageBuilding } from "./image-building";
import { privateBucket } from "./private-bucket";
import { arn, settings, type Environment } from "./settings";
import { allow, encryptionKey, logGroup, service, type Conditions } from "./shared";

export interface PipelineStackProps extends StackProps {
  /** Folder of the bundled functions. */
  readonly bundles: string;
}

const { name } = settings;
const executionId = "#{codepipeline.PipelineExecutionId}";
const releaseImages = arn("imagebuilder", `image/${name}-release/*`);
const releaseRecipes = arn("imagebuilder", `image-recipe/${name}-release/*`);
const components = arn("imagebuilder", `component/${name}-application/*`);

export class PipelineStack extends Stack {
  private readonly key: Key;
  private readonly artifacts: Bucket;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineStackProps,
  ) {
    super(scope, id, props);
    this.key = encryptionKey(this, name, `Artifacts, logs and notices of the pipeline ${name}`);
    this.artifacts = privateBucket(this, "Artifacts", {
      bucketName: `${name}-artifacts-${settings.accountId}-${settings.region}`,
      encryption: BucketEncryption.KMS,
      key: this.key,
      expires: true,
    });
    const repository = new Repository(this, "Repository", {
      repositoryName: name,
      description: "The application",
    });
    const building = new ImageBuilding(this, "Image", { key: this.key, artifacts: this.artifacts });
    const source = new Artifact("Source");
    const application = new Artifact("Application");
    const role = new Role(this, "PipelineRole", {
      roleName: `${name}-pipeline`,
      description: "Assumed by CodePipeline to pass artifacts and assume the action roles",
      assumedBy: service("codepipeline"),
    });
    const pipeline = new Pipeline(this, "Pipeline", {
      pipelineName: name,
      pipelineType: PipelineType.V2,
      executionMode: ExecutionMode.QUEUED,
      artifactBucket: this.artifacts,
      role,
    });
    pipeline.addStage({
      stageName: "Source",
      actions: [
        new CodeCommitSourceAction({
          actionName: "Source",
          variablesNamespace: "SourceVariables",
          repository,
          branch: settings.branch,
          output: source,
          trigger: CodeCommitTrigger.EVENTS,
          role,
        }),
      ],
    });
    pipeline.addStage({
      stageName: "BuildCode",
      actions: [
        new CodeBuildAction({
          actionName: "BuildCode",
          variablesNamespace: "BuildVariables",
          project: this.build(),
          input: source,
          outputs: [application],
          role,
        }),
      ],
    });
    pipeline.addStage({ stageName: "BuildImage", actions: this.image(repository, building, application) });
    for (const environment of settings.environments)
      pipeline.addStage({
        stageName: `DeployImage-${environment.name}`,
        actions: this.deployment(environment),
      });
    const cleanUp = this.cleanUp(building);
    pipeline.node.addDependency(cleanUp);
    this.notices();
    new CfnOutput(this, "CloneUrl", { value: repository.repositoryCloneUrlHttp });
    new CfnOutput(this, "PipelineUrl", {
      value: `https://${settings.region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${name}/view`,
    });
  }

  private build(): PipelineProject {
    return new PipelineProject(this, "Build", {
      projectName: `${name}-build`,
      description: "Tests and packages the application",
      environment: {
        buildImage: LinuxArmBuildImage.AMAZON_LINUX_2_STANDARD_3_0,
        computeType: ComputeType.SMALL,
      },
      timeout: Duration.minutes(30),
      encryptionKey: this.key,
      cache: Cache.bucket(this.artifacts, { prefix: "cache" }),
      logging: {
        cloudWatch: { logGroup: logGroup(this, "BuildLog", `/aws/codebuild/${name}-build`, this.key) },
      },
      role: new Role(this, "BuildRole", {
        roleName: `${name}-build`,
        description: "Assumed by CodeBuild to compile the application",
        assumedBy: service("codebuild"),
      }),
    });
  }

  private image(repository: Repository, building: ImageBuilding, application: Artifact): IAction[] {
    const counter = new StringParameter(this, "VersionCounter", {
      parameterName: `/${name}/ImageVersion`,
      description: "The execution that drew the last version",
      stringValue: "none",
    });
    const version = this.function("Version", "version", "draws the version of a release", {
      VERSION_LINE: settings.versionLine,
      VERSION_PARAMETER: counter.parameterName,
    });
    allow(version.role, ["ssm:PutParameter", "ssm:GetParameterHistory"], [counter.parameterArn]);
    const prepare = this.function("PrepareImage", "prepare-image", "makes the recipe version of a release", {
      APPLICATION: name,
      BASE_RECIPE_ARN: building.recipe.attrArn,
      BASE_IMAGE_VERSION_ARN: "none",
      COMPONENT_NAME: `${name}-application`,
      RECIPE_NAME: `${name}-release`,
    });
    allow(prepare.role, ["codecommit:GetCommit"], [repository.repositoryArn]);
    allow(prepare.role, ["imagebuilder:GetImageRecipe"], [building.recipe.attrArn]);
    allow(prepare.role, ["imagebuilder:GetComponent"], [building.component.attrArn]);
    allow(
      prepare.role,
      ["imagebuilder:GetImage"],
      [arn("imagebuilder", "image/amazon-linux-2023-arm64/*", "aws")],
    );
    allow(prepare.role, ["ec2:DescribeImages"], ["*"]);
    allow(prepare.role, verbs("imagebuilder", "CreateComponent GetComponent TagResource DeleteComponent"), [
      components,
    ]);
    allow(prepare.role, verbs("imagebuilder", "CreateImageRecipe GetImageRecipe TagResource"), [
      releaseRecipes,
    ]);
    const bake = this.function("BakeImage", "bake-image", "bakes the image of a release and waits for it", {
      IMAGE_PIPELINE_ARN: building.pipeline.attrArn,
    });
    this.allowBaking(bake.role, building, building.recipe);
    allow(bake.role, ["imagebuilder:StartImagePipelineExecution"], [building.pipeline.attrArn]);
    allow(bake.role, verbs("imagebuilder", "GetImage TagResource"), [releaseImages]);
    return [
      this.action(version, "version", "VersionVariables", 1, { ExecutionId: executionId }),
      this.action(
        prepare,
        "prepare-image",
        "ImageVariables",
        2,
        {
          ExecutionId: executionId,
          Version: "#{VersionVariables.Version}",
          RepositoryName: "#{SourceVariables.RepositoryName}",
          BranchName: "#{SourceVariables.BranchName}",
          CommitId: "#{SourceVariables.CommitId}",
          JarSha256: "#{BuildVariables.JAR_SHA256}",
        },
        application,
      ),
      this.action(bake, "bake-image", "BakeVariables", 3, {
        ExecutionId: executionId,
        Version: "#{VersionVariables.Version}",
        ImageRecipeArn: "#{ImageVariables.ImageRecipeArn}",
      }),
    ];
  }

  private deployment(environment: Environment): IAction[] {
    const prefix = `${name}-${environment.name}`;
    const templates = [arn("ec2", "launch-template/*")];
    const ours: Conditions = {
      StringEquals: { "aws:ResourceTag/Application": name, "aws:ResourceTag/Environment": environment.name },
    };
    const launched: Conditions = { ArnLike: { "ec2:LaunchTemplate": templates[0]! } };
    const prepare = this.function(
      `PrepareRelease-${environment.name}`,
      "prepare-release",
      `makes the launch template version of a release for ${environment.name}`,
      {
        APPLICATION: name,
        ENVIRONMENT: environment.name,
        BLUEPRINT_TEMPLATE: `${prefix}-blueprint`,
        RELEASE_TEMPLATE: `${prefix}-release`,
      },
      prefix,
    );
    allow(prepare.role, ["ec2:DescribeLaunchTemplateVersions", "ec2:DescribeImages"], ["*"]);
    allow(prepare.role, ["ec2:CreateLaunchTemplateVersion"], templates, ours);
    const rollOut = this.function(
      `RollOut-${environment.name}`,
      "roll-out",
      `replaces the fleet of ${environment.name} by an instance refresh and waits for it`,
      {
        AUTO_SCALING_GROUP: prefix,
        RELEASE_TEMPLATE: `${prefix}-release`,
        DESIRED_CAPACITY: String(environment.capacity.desired),
        REFRESH_PREFERENCES: JSON.stringify({
          MinHealthyPercentage: 100,
          MaxHealthyPercentage: 200,
          SkipMatching: true,
          AutoRollback: true,
          ScaleInProtectedInstances: "Refresh",
          StandbyInstances: "Terminate",
          AlarmSpecification: { Alarms: [`${prefix}-server-errors`, `${prefix}-unhealthy-hosts`] },
        }),
      },
      prefix,
    );
    const { role } = rollOut;
    const group = arn("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${prefix}`);
    allow(role, verbs("autoscaling", "StartInstanceRefresh UpdateAutoScalingGroup"), [group]);
    allow(
      role,
      [
        ...verbs(
          "autoscaling",
          "DescribeAutoScalingGroups DescribeInstanceRefreshes DescribeScalingActivities",
        ),
        "ec2:DescribeLaunchTemplateVersions",
      ],
      ["*"],
    );
    allow(role, verbs("ec2", "ModifyLaunchTemplate DeleteLaunchTemplateVersions"), templates, ours);
    allow(role, ["ec2:RunInstances"], templates, ours);
    allow(role, ["ec2:RunInstances"], [arn("ec2", "image/*", "")], {
      ...launched,
      StringEquals: { "aws:ResourceTag/Application": name },
    });
    const tagged = ["instance", "volume", "network-interface"].map((kind) => arn("ec2", `${kind}/*`));
    const used = ["security-group", "subnet"].map((kind) => arn("ec2", `${kind}/*`));
    allow(role, ["ec2:RunInstances"], [...tagged, ...used], launched);
    allow(role, ["ec2:CreateTags"], tagged, { StringEquals: { "ec2:CreateAction": "RunInstances" } });
    allow(role, ["iam:PassRole"], [`arn:aws:iam::${settings.accountId}:role/${prefix}-instance`], {
      StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" },
    });
    return [
      this.action(prepare, "prepare-release", `ReleaseVariables-${environment.name}`, 1, {
        ExecutionId: executionId,
        Version: "#{VersionVariables.Version}",
        ImageId: "#{BakeVariables.ImageId}",
      }),
      this.action(rollOut, "roll-out", `RollOutVariables-${environment.name}`, 2, {
        ExecutionId: executionId,
        Version: "#{VersionVariables.Version}",
        LaunchTemplateVersion: `#{ReleaseVariables-${environment.name}.LaunchTemplateVersion}`,
      }),
    ];
  }

  private cleanUp(building: ImageBuilding): CustomResource {
    const { role, lambda } = this.function("CleanUp", "clean-up", "removes images of releases", {
      APPLICATION: name,
      COMPONENT_NAME: `${name}-application`,
      RECIPE_NAME: `${name}-release`,
      BASE_NAME_PREFIX: `${name}-base`,
      REGIONS: settings.region,
    });
    this.allowBaking(role, building, building.recipe);
    allow(role, verbs("imagebuilder", "GetImage ListImageBuildVersions CancelImageCreation DeleteImage"), [
      releaseImages,
    ]);
    allow(role, ["imagebuilder:DeleteImageRecipe"], [releaseRecipes]);
    allow(role, verbs("imagebuilder", "ListComponentBuildVersions DeleteComponent"), [components]);
    allow(
      role,
      [...verbs("imagebuilder", "ListImages ListImageRecipes ListComponents"), "ec2:DescribeImages"],
      ["*"],
    );
    building.allowDeletion(role, ["ec2:DeregisterImage"]);
    const invocation = new CustomResource(this, "CleanUpInvocation", {
      serviceToken: lambda.functionArn,
      properties: { application: name },
    });
    invocation.node.addDependency(building.pipeline);
    return invocation;
  }

  private allowBaking(role: Role, building: ImageBuilding, recipe: CfnImageRecipe): void {
    allow(role, verbs("imagebuilder", "GetImagePipeline UpdateImagePipeline"), [building.pipeline.attrArn]);
    allow(role, ["imagebuilder:GetInfrastructureConfiguration"], [building.infrastructure.attrArn]);
    allow(role, ["imagebuilder:GetDistributionConfiguration"], [building.distribution.attrArn]);
    allow(role, ["imagebuilder:GetImageRecipe"], [releaseRecipes]);
    allow(role, ["imagebuilder:GetImageRecipe"], [recipe.attrArn]);
  }

  private notices(): void {
    const topic = new Topic(this, "Notices", {
      topicName: `${name}-notices`,
      masterKey: this.key,
      enforceSSL: true,
    });
    const { role, lambda } = this.function(
      "AnnounceFailure",
      "announce-failure",
      "announces a failed execution",
      { TOPIC_ARN: topic.topicArn },
    );
    allow(role, verbs("codepipeline", "GetPipelineExecution ListActionExecutions"), [
      arn("codepipeline", name),
    ]);
    topic.grantPublish(role);
    this.key.grantEncryptDecrypt(role);
    lambda.configureAsyncInvoke({
      maxEventAge: Duration.hours(6),
      retryAttempts: 2,
      onFailure: new SnsDestination(topic),
    });
    new Rule(this, "FailureRule", {
      ruleName: `${name}-announce-failure`,
      description: `A failed execution of the pipeline ${name}`,
      eventPattern: {
        source: ["aws.codepipeline"],
        detailType: ["CodePipeline Pipeline Execution State Change"],
        detail: { pipeline: [name], state: ["FAILED"] },
      },
      targets: [new LambdaTarget(lambda)],
    });
  }

  private function(
    id: string,
    bundle: string,
    description: string,
    environment: Record<string, string>,
    prefix: string = name,
  ): ApplicationFunction {
    return new ApplicationFunction(this, id, {
      functionName: `${prefix}-${bundle}`,
      bundle: `${this.props.bundles}/${bundle}`,
      description,
      environment,
      key: this.key,
    });
  }

  private action(
    { lambda, actionRole }: ApplicationFunction,
    actionName: string,
    variablesNamespace: string,
    runOrder: number,
    userParameters: Record<string, string>,
    input?: Artifact,
  ): LambdaInvokeAction {
    return new LambdaInvokeAction({
      actionName,
      variablesNamespace,
      runOrder,
      lambda,
      userParameters,
      inputs: input === undefined ? [] : [input],
      role: actionRole(),
    });
  }
}

function verbs(prefix: string, names: string): string[] {
  return names.split(" ").map((one) => `${prefix}:${one}`);
}
