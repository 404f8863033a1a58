import type { Cloud, RoleCredentials } from "../cloud";
import type { Authorizer } from "../gateway/authorizer";

const controlChannelCalls = ["ssmmessages:CreateControlChannel", "ssmmessages:OpenControlChannel"];
/** What the agent calls for a session or for the output of a command. */
export const dataChannelCalls = ["ssmmessages:CreateDataChannel", "ssmmessages:OpenDataChannel"];

/**
 * What the agent of Systems Manager calls when an instance boots: it registers, and waits for what it is told. The cloud
 * has nobody at the other end, so that it may is all that comes of it.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 * @throws ServiceError AccessDeniedException
 */
export async function connectAgent(
  { partition, region, accountId }: Cloud,
  authorizer: Authorizer,
  credentials: RoleCredentials,
  instanceId: string,
): Promise<void> {
  const instance = `arn:${partition}:ec2:${region}:${accountId}:instance/${instanceId}`;
  await authorizer.authorizeRole(credentials, "ssm:UpdateInstanceInformation", instance);
  for (const call of controlChannelCalls) await authorizer.authorizeRole(credentials, call, "*");
}
