import { DescribeImageAttributeCommand, type EC2Client, type Image } from "@aws-sdk/client-ec2";
import type { LifecyclePolicyDetailExclusionRulesAmis } from "@aws-sdk/client-imagebuilder";
import { hasAnyTag } from "./targets";
import { before } from "./time-units";

/**
 * Why an AMI is left alone, or undefined. Attributes are read only for the rules that need them.
 * https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_LifecyclePolicyDetailExclusionRulesAmis.html
 */
export async function exclusionOf(
  ec2: EC2Client,
  ami: Image,
  region: string,
  rules: LifecyclePolicyDetailExclusionRulesAmis,
  now: Date,
): Promise<string | undefined> {
  if (rules.regions?.includes(region)) return `The policy excludes AMIs in ${region}.`;
  const tags = Object.fromEntries((ami.Tags ?? []).map(({ Key, Value }) => [Key!, Value ?? ""]));
  if (hasAnyTag(tags, rules.tagMap)) return "The AMI has a tag that the policy excludes.";
  if (rules.isPublic || rules.sharedAccounts?.length) {
    const { LaunchPermissions = [] } = await ec2.send(
      new DescribeImageAttributeCommand({ ImageId: ami.ImageId, Attribute: "launchPermission" }),
    );
    if (rules.isPublic && LaunchPermissions.some(({ Group }) => Group === "all")) return "The AMI is public.";
    const shared = LaunchPermissions.find(({ UserId }) => UserId && rules.sharedAccounts?.includes(UserId));
    if (shared) return `The AMI is shared with the account ${shared.UserId}.`;
  }
  if (rules.lastLaunched) {
    const { value, unit } = rules.lastLaunched;
    const { LastLaunchedTime } = await ec2.send(
      new DescribeImageAttributeCommand({ ImageId: ami.ImageId, Attribute: "lastLaunchedTime" }),
    );
    const launched = LastLaunchedTime?.Value;
    if (launched && Date.parse(launched) >= before(now, value!, unit!).getTime())
      return `An instance was launched from the AMI at ${launched}.`;
  }
  return undefined;
}
