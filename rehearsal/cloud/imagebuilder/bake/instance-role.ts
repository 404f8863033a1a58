import type { Cloud, RoleCredentials } from "../../cloud";
import type { Authorizer } from "../../gateway/authorizer";
import { connectAgent, dataChannelCalls } from "../../instances/systems-manager-agent";
import { roleOfProfile } from "../instance-profile";
import { BakeFailure } from "./bake-failure";

/** A build or test instance, and what it may do. */
export interface BuildInstance {
  readonly instanceId: string;
  readonly credentials: RoleCredentials;
}

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
    await connectAgent(cloud, authorizer, credentials, instanceId);
    // Image Builder runs everything by commands, whose output needs a channel
    for (const call of dataChannelCalls) await authorizer.authorizeRole(credentials, call, "*");
    for (const object of ownObjects(cloud))
      await authorizer.authorizeRole(credentials, "s3:GetObject", object);
    return credentials;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BakeFailure(`SSM Agent verification failed on instance ${instanceId}: ${reason}`);
  }
}

/**
 * What an instance downloads before it can run components: the program for it, and scripts.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/vpc-interface-endpoints.html
 */
function ownObjects({ partition, region }: Cloud): readonly string[] {
  return [
    `arn:${partition}:s3:::ec2imagebuilder-managed-resources-${region}-prod/components/bootstrap`,
    `arn:${partition}:s3:::ec2imagebuilder-toe-${region}-prod/latest/linux/awstoe`,
  ];
}
