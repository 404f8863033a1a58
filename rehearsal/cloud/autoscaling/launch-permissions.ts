import { GetInstanceProfileCommand } from "@aws-sdk/client-iam";
import type { Permission } from "../api/service";
import type { Cloud } from "../cloud";
import type { LaunchTemplateVersion } from "../instances/launch-template";
import { resourceTags } from "../resource-tags";

/**
 * What a caller must be allowed to do itself when a request names a launch template: launch from it, tag as it tags,
 * and pass the role of its instance profile.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
 */
export async function launchPermissions(
  cloud: Cloud,
  template: LaunchTemplateVersion,
  subnetIds: readonly string[],
): Promise<Permission[]> {
  const { partition, region, accountId } = cloud;
  const ec2 = (resource: string): string => `arn:${partition}:ec2:${region}:${accountId}:${resource}`;
  const context = {
    "ec2:LaunchTemplate": ec2(`launch-template/${template.id}`),
    "ec2:IsLaunchTemplateResource": "true",
    "ec2:InstanceType": template.instanceType,
    "ec2:MetadataHttpTokens": template.metadataTokensRequired ? "required" : "optional",
  };
  const tagged = [
    { resource: ec2(`launch-template/${template.id}`), id: template.id },
    { resource: `arn:${partition}:ec2:${region}::image/${template.imageId}`, id: template.imageId ?? "" },
  ];
  const resources = [
    ec2("instance/*"),
    ec2("network-interface/*"),
    ec2("volume/*"),
    ...subnetIds.map((subnetId) => ec2(`subnet/${subnetId}`)),
    ...template.securityGroupIds.map((id) => ec2(`security-group/${id}`)),
  ];
  return [
    ...(await Promise.all(
      tagged.map(async ({ resource, id }) => ({
        action: "ec2:RunInstances",
        resource,
        context: { ...context, ...(await resourceTags(cloud.backend.ec2, id)) },
      })),
    )),
    ...resources.map((resource) => ({ action: "ec2:RunInstances", resource, context })),
    ...[...template.tags].map(([type, tags]) => ({
      action: "ec2:CreateTags",
      resource: ec2(`${type}/*`),
      context: {
        "ec2:CreateAction": "RunInstances",
        "aws:TagKeys": [...tags.keys()],
        ...Object.fromEntries([...tags].map(([key, value]) => [`aws:RequestTag/${key}`, value])),
      },
    })),
    ...(await passRole(cloud, template.instanceProfile)),
  ];
}

async function passRole(cloud: Cloud, profile: string | undefined): Promise<Permission[]> {
  if (!profile) return [];
  const found = await cloud.backend.iam
    .send(new GetInstanceProfileCommand({ InstanceProfileName: profile }))
    .catch(() => undefined);
  return (found?.InstanceProfile?.Roles ?? []).map((role) => ({
    action: "iam:PassRole",
    resource: role.Arn!,
    context: { "iam:PassedToService": "ec2.amazonaws.com" },
  }));
}
