import type { Cloud, RoleCredentials } from "../../cloud";
import type { Authorizer } from "../../gateway/authorizer";
import { roleOfProfile } from "../instance-profile";
import { BakeFailure } from "./bake-failure";

/**
 * What the Systems Manager agent on the instance calls before Image Builder can run anything there.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
const agentCalls = [
  "ssmmessages:CreateControlChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenDataChannel",
];

/** Credentials of a build or test instance: its profile's role, and an agent that Systems Manager can reach. */
export async function instanceCredentials(
  cloud: Cloud,
  authorizer: Authorizer,
  profile: string,
  instanceId: string,
): Promise<RoleCredentials> {
  try {
    const credentials = await cloud.assumeRole(
      await roleOfProfile(cloud, profile),
      "ec2.amazonaws.com",
      instanceId,
    );
    const { partition, region, accountId } = cloud;
    const instance = `arn:${partition}:ec2:${region}:${accountId}:instance/${instanceId}`;
    await authorizer.authorizeRole(credentials, "ssm:UpdateInstanceInformation", instance);
    for (const call of agentCalls) await authorizer.authorizeRole(credentials, call, "*");
    return credentials;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BakeFailure(`SSM Agent verification failed on instance ${instanceId}: ${reason}`);
  }
}
