import type { Configuration } from "./configuration";

/**
 * Every name and ARN that is derived from the configuration. Stacks agree on names instead of referring to each
 * other, so each can be planned and destroyed on its own. Lengths: `schema.ts` refuses a name that would grow too long.
 */
export class Names {
  constructor(private readonly configuration: Pick<Configuration, "name" | "region" | "accountId">) {}

  readonly partition = "aws";

  /** The prefix of everything that belongs to the pipeline. */
  get application(): string {
    return this.configuration.name;
  }
  get repository(): string {
    return this.application;
  }
  get pipeline(): string {
    return this.application;
  }
  get pipelineArn(): string {
    return this.arn("codepipeline", this.pipeline);
  }
  get pipelineStack(): string {
    return `${this.application}-pipeline`;
  }
  get artifactBucket(): string {
    return this.bucket(`${this.application}-artifacts`);
  }
  get versionParameter(): string {
    return `/${this.application}/ImageVersion`;
  }
  /** Component that the application's repository carries, one version a release. */
  get applicationComponent(): string {
    return `${this.application}-application`;
  }
  /** Recipe of the releases, one version a release. */
  get recipe(): string {
    return `${this.application}-release`;
  }
  get imagePipeline(): string {
    return `${this.application}-image`;
  }
  /** Recipe that the image pipeline is made with. */
  get initialRecipe(): string {
    return `${this.application}-initial`;
  }
  get repositoryArn(): string {
    return this.arn("codecommit", this.repository);
  }
  get buildProject(): string {
    return `${this.application}-build`;
  }
  get buildProjectArn(): string {
    return this.arn("codebuild", `project/${this.buildProject}`);
  }
  /** First part of the names of the base component and the base recipe; the rest is made from their content. */
  get baseImage(): string {
    return `${this.application}-base`;
  }
  get baseComponentArns(): string {
    return this.arn("imagebuilder", `component/${this.baseImage}-*/*`);
  }
  get baseImageArns(): string {
    return this.arn("imagebuilder", `image/${this.baseImage}-*/*`);
  }
  get baseImagePipeline(): string {
    return `${this.application}-base-image`;
  }
  get baseImageLifecycle(): string {
    return `${this.application}-base-image-lifecycle`;
  }
  /** The image that a recipe is baked into, in all its builds. */
  imageVersionArn(recipeName: string, version: string): string {
    return this.arn("imagebuilder", `image/${recipeName}/${version}`);
  }
  /** Image Builder's own image of Amazon Linux 2023, in whatever version is the newest when a recipe is made. */
  parentImageArn(architecture: Configuration["architecture"], version = "x.x.x"): string {
    const name = architecture === "arm64" ? "amazon-linux-2023-arm64" : "amazon-linux-2023-x86";
    return `arn:${this.partition}:imagebuilder:${this.configuration.region}:aws:image/${name}/${version}`;
  }
  get imageBuilder(): string {
    return `${this.application}-image-builder`;
  }
  get imageLifecycle(): string {
    return `${this.application}-image-lifecycle`;
  }
  /** Every version of the releases' component, recipe and image. */
  get applicationComponentArns(): string {
    return this.arn("imagebuilder", `component/${this.applicationComponent}/*`);
  }
  get recipeArns(): string {
    return this.arn("imagebuilder", `image-recipe/${this.recipe}/*`);
  }
  get imageArns(): string {
    return this.arn("imagebuilder", `image/${this.recipe}/*`);
  }
  /** Everything of one kind in EC2, whose ids are not known beforehand. */
  ec2Arns(kind: string): string {
    return this.arn("ec2", `${kind}/*`);
  }
  /** AMIs and snapshots, whose ARNs name no account. */
  ec2SharedArns(kind: "image" | "snapshot"): string {
    return `arn:${this.partition}:ec2:${this.configuration.region}::${kind}/*`;
  }
  get ssmAssociationArns(): string {
    return this.arn("ssm", "association/*");
  }
  /**
   * The document that collects inventory. It is AWS's own, as every name that begins so: such an ARN has no account, while the
   * service authorization reference says that a document's has one. Nobody can make a document of this name.
   */
  get inventoryDocumentArns(): readonly string[] {
    const { region, accountId } = this.configuration;
    return ["", accountId].map(
      (account) => `arn:${this.partition}:ssm:${region}:${account}:document/AWS-GatherSoftwareInventory`,
    );
  }
  /**
   * What an instance takes from Image Builder's own buckets.
   * https://docs.aws.amazon.com/imagebuilder/latest/userguide/vpc-interface-endpoints.html
   */
  get imageBuilderObjectArns(): readonly string[] {
    const { partition, configuration } = this;
    return [
      `arn:${partition}:s3:::ec2imagebuilder-toe-${configuration.region}-prod/*`,
      `arn:${partition}:s3:::ec2imagebuilder-managed-resources-${configuration.region}-prod/components/*`,
    ];
  }
  get commitRule(): string {
    return `${this.application}-commit`;
  }
  get noticesTopic(): string {
    return `${this.application}-notices`;
  }
  get pipelineUrl(): string {
    const { region } = this.configuration;
    return `https://${region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${this.pipeline}/view?region=${region}`;
  }
  /** Where the state of a stack lies in the state bucket. */
  stateKey(stack: string): string {
    return `${this.application}/${stack}.tfstate`;
  }
  /** Function `subject`, and the rule that invokes it where one does. */
  functionName(subject: string): string {
    return `${this.application}-${subject}`;
  }
  /** Role `subject` of the pipeline. */
  role(subject: string): string {
    return `${this.application}-${subject}`;
  }

  environment(name: string): EnvironmentNames {
    return new EnvironmentNames(this, name);
  }

  bucket(name: string): string {
    return `${name}-${this.configuration.accountId}-${this.configuration.region}`;
  }

  /** An ARN in the configured region and account. */
  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.configuration.region}:${this.configuration.accountId}:${resource}`;
  }
  /** An ARN of IAM, which has no region. */
  iamArn(resource: string): string {
    return `arn:${this.partition}:iam::${this.configuration.accountId}:${resource}`;
  }
}

export class EnvironmentNames {
  constructor(
    private readonly names: Names,
    private readonly environment: string,
  ) {}

  /** The prefix of everything that belongs to this environment. */
  get prefix(): string {
    return `${this.names.application}-${this.environment}`;
  }
  get fleetStack(): string {
    return `${this.names.application}-fleet-${this.environment}`;
  }
  get autoScalingGroup(): string {
    return this.prefix;
  }
  get autoScalingGroupArn(): string {
    return this.names.arn("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${this.autoScalingGroup}`);
  }
  get blueprintTemplate(): string {
    return `${this.prefix}-blueprint`;
  }
  get releaseTemplate(): string {
    return `${this.prefix}-release`;
  }
  get instanceRole(): string {
    return `${this.prefix}-instance`;
  }
  get instanceRoleArn(): string {
    return this.names.iamArn(`role/${this.instanceRole}`);
  }
  get loadBalancer(): string {
    return this.prefix;
  }
  get loadBalancerSecurityGroup(): string {
    return `${this.prefix}-load-balancer`;
  }
  get instanceSecurityGroup(): string {
    return `${this.prefix}-instances`;
  }
  /** Bucket of the load balancer's access logs: names of buckets are taken world-wide, hence account and region. */
  get logBucket(): string {
    return this.names.bucket(`${this.prefix}-lb`);
  }
  /** Instances write here; constructs/image/base-component.yml makes the same name from the instance's tags. */
  get logGroup(): string {
    return `/${this.names.application}/${this.environment}`;
  }
  get key(): string {
    return this.prefix;
  }
  get serverErrorsAlarm(): string {
    return `${this.prefix}-server-errors`;
  }
  get unhealthyHostsAlarm(): string {
    return `${this.prefix}-unhealthy-hosts`;
  }
  /** Function `subject` of this environment's stage, its role, and the rule that invokes it where one does. */
  functionName(subject: string): string {
    return `${this.prefix}-${subject}`;
  }
  /** The stage of the pipeline that rolls out here. */
  get stage(): string {
    return `DeployImage-${this.environment}`;
  }
}
