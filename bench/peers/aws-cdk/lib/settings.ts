/** What pipeline.config.ts says, its defaults filled in, without any validation. */
export const settings = {
  name: "hello-world",
  region: "eu-west-1",
  accountId: "111122223333",
  stateBucket: "hello-world-terraform-state-111122223333",
  branch: "main",
  versionLine: "1.0",
  // a fixed network: looking up the default one would cost CDK more
  vpcId: "vpc-00000000000000001",
  subnetIds: ["subnet-00000000000000001", "subnet-00000000000000002"],
  availabilityZones: ["eu-west-1a", "eu-west-1b"],
  instanceType: "t4g.small",
  builderInstanceType: "t4g.medium",
  environments: [{ name: "production", capacity: { desired: 2, max: 4 }, allowedCidr: "10.0.0.0/8" }],
} as const;

export type Environment = (typeof settings.environments)[number];

/** ARN of something of this account and region. */
export function arn(service: string, resource: string, account: string = settings.accountId): string {
  return `arn:aws:${service}:${settings.region}:${account}:${resource}`;
}
