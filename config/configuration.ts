/** What a user may set, after validation, with every default filled in. `schema.ts` says what is allowed. */
export interface Configuration {
  /** Application name: the repository's, the pipeline's, and the first part of every other name. */
  readonly name: string;
  readonly region: string;
  /** The only account that this may be deployed to. */
  readonly accountId: string;
  /** Bucket that holds the Terraform states; made by `npm run bootstrap`. */
  readonly stateBucket: string;
  /** Branch whose commits are released. */
  readonly branch: string;
  /** `MAJOR.MINOR` of the versions; the pipeline draws PATCH. */
  readonly versionLine: string;
  /** Subnets for builds and fleets. Empty: the subnets of the default VPC. */
  readonly subnetIds: readonly string[];
  readonly architecture: Architecture;
  /** Instance type of the fleets, of the configured architecture. */
  readonly instanceType: string;
  /** Instance type that images are built on. */
  readonly builderInstanceType: string;
  readonly image: ImageConfiguration;
  readonly environments: readonly EnvironmentConfiguration[];
  /** What a new commit does to executions that wait: comes after them, or takes their place. */
  readonly executionMode: ExecutionMode;
  /** Mail address for notices of failed executions; undefined: a topic without subscription. */
  readonly noticesTo: string | undefined;
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html */
export type ExecutionMode = "QUEUED" | "SUPERSEDED";

export type Architecture = "arm64" | "x86_64";

export interface ImageConfiguration {
  /** Whether each image is started once and tested before it is offered. */
  readonly testsEnabled: boolean;
  /** When a base image is baked that releases add the application to; undefined: each release bakes the whole. */
  readonly baseImageSchedule: BaseImageSchedule | undefined;
}

/** https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_Schedule.html */
export interface BaseImageSchedule {
  readonly scheduleExpression: string;
  readonly timezone: string;
}

/** One fleet and its stage of the pipeline. Stages follow each other in the order of the list. */
export interface EnvironmentConfiguration {
  readonly name: string;
  /** A person must approve each release before it is rolled out here. */
  readonly approval: boolean;
  readonly capacity: { readonly desired: number; readonly max: number };
  /** Time that a new instance gets to become ready before it is replaced. */
  readonly healthCheckGraceSeconds: number;
  /** Time after its launch for which a roll-out waits for each new instance. */
  readonly instanceWarmupSeconds: number;
  readonly rollOut: RollOutConfiguration;
  readonly loadBalancer: LoadBalancerConfiguration | undefined;
}

export interface RollOutConfiguration {
  /** Least and most instances while they are replaced, in percent of the desired capacity. */
  readonly minHealthyPercentage: number;
  readonly maxHealthyPercentage: number;
  /** Time that alarms get after the last instance was replaced, before the release counts as good. */
  readonly bakeSeconds: number;
  /** Percentages of the fleet at which a roll-out waits. */
  readonly checkpoints: readonly number[];
  readonly checkpointSeconds: number;
  /** Alarms that take a release back, beside the load balancer's. */
  readonly alarms: readonly string[];
  /** What the pipeline's stage does when it fails: stop, or run the last good release's once more. */
  readonly onFailure: "stop" | "rollBack";
}

export interface LoadBalancerConfiguration {
  /** CIDR blocks that may connect. */
  readonly allowedCidrs: readonly string[];
  /** ACM certificate; with it the listener speaks HTTPS, without it HTTP. */
  readonly certificateArn: string | undefined;
  readonly deletionProtection: boolean;
}
