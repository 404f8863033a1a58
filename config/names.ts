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
    return `${this.application}-artifacts-${this.configuration.accountId}-${this.configuration.region}`;
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
}
