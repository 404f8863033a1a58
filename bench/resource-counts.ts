import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** How many resources the synthesized Terraform has, by what they are settings of. */
export interface ResourceCounts {
  readonly all: number;
  /** Settings of another resource that CloudFormation has as its properties, such as a bucket's versioning. */
  readonly settings: number;
}

/** In Terraform resources of their own; in CloudFormation parts of a bucket, a rule, a security group. */
const settingsOfOthers = [
  /^aws_s3_bucket_(?!policy$)/,
  /^aws_cloudwatch_event_target$/,
  /^aws_vpc_security_group_(?:in|e)gress_rule$/,
];

export function terraformResources(output: string): ResourceCounts {
  const stacks = path.join(output, "stacks");
  const types = readdirSync(stacks).flatMap((stack) => {
    const { resource } = read<{ resource: Record<string, object> }>(path.join(stacks, stack, "cdk.tf.json"));
    return Object.entries(resource).flatMap(([type, all]) => Object.keys(all).map(() => type));
  });
  const settings = types.filter((type) => settingsOfOthers.some((pattern) => pattern.test(type)));
  return { all: types.length, settings: settings.length };
}

export function cloudFormationResources(output: string): ResourceCounts {
  const types = readdirSync(output)
    .filter((name) => name.endsWith(".template.json"))
    .map((name) => read<{ Resources: Record<string, { Type: string }> }>(path.join(output, name)).Resources)
    .flatMap((resources) => Object.values(resources).map(({ Type }) => Type));
  const settings = types.filter((type) => /^AWS::EC2::SecurityGroup(?:In|E)gress$/.test(type));
  return { all: types.length, settings: settings.length };
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
