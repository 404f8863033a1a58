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
  readonly environments: readonly EnvironmentConfiguration[];
  /** Mail address for notices of failed executions; undefined: a topic without subscription. */
  readonly noticesTo: string | undefined;
}

export type Architecture = "arm64" | "x86_64";

/** One fleet and its stage of the pipeline. Stages follow each other in the order of the list. */
export interface EnvironmentConfiguration {
  readonly name: string;
  /** A person must approve each release before it is rolled out here. */
  readonly approval: boolean;
  readonly capacity: { readonly desired: number; readonly max: number };
  readonly loadBalancer: LoadBalancerConfiguration | undefined;
}

export interface LoadBalancerConfiguration {
  /** CIDR blocks that may connect. */
  readonly allowedCidrs: readonly string[];
  /** ACM certificate; with it the listener speaks HTTPS, without it HTTP. */
  readonly certificateArn: string | undefined;
  readonly deletionProtection: boolean;
}
