import { ImagebuilderLifecyclePolicy } from "@cdktf/provider-aws/lib/imagebuilder-lifecycle-policy";
import { Construct } from "constructs";
import { Role } from "../shared/role";
import { imageBuilderSnapshots } from "./snapshots";

const selectsByTag =
  "asked for by a policy that selects by recipe; AWS's own policy for lifecycles grants it to all";

export interface ImageLifecycleProps {
  readonly name: string;
  readonly roleName: string;
  readonly applicationName: string;
  readonly imageArns: string;
  readonly amiArns: string;
  readonly snapshotArns: string;
  /** @default 20: how many releases back one can go */
  readonly keepImages?: number;
}

/** Deletes old images with their AMIs and snapshots, but none that an instance was started from lately. */
export class ImageLifecycle extends Construct {
  constructor(scope: Construct, id: string, props: ImageLifecycleProps) {
    super(scope, id);
    const role = this.role(props);
    new ImagebuilderLifecyclePolicy(this, "Resource", {
      name: props.name,
      description: "Deletes old images with their AMIs and snapshots",
      executionRole: role.arn,
      resourceType: "AMI_IMAGE",
      // by tag: each release has a recipe version of its own
      resourceSelection: [{ tagMap: { Application: props.applicationName } }],
      policyDetail: [
        {
          // every member is given: the provider can't match a member that it learns of only after the apply
          action: [
            { type: "DELETE", includeResources: [{ amis: true, snapshots: true, containers: false }] },
          ],
          filter: [{ type: "COUNT", value: props.keepImages ?? 20 }],
          exclusionRules: [{ amis: [{ isPublic: false, lastLaunched: [{ unit: "DAYS", value: 30 }] }] }],
        },
      ],
      dependsOn: role.policies,
    });
  }

  /** https://docs.aws.amazon.com/imagebuilder/latest/userguide/image-lifecycle-prerequisites.html, without what other types need */
  private role(props: ImageLifecycleProps): Role {
    const role = new Role(this, "Role", {
      roleName: props.roleName,
      description: "Assumed by Image Builder to delete old images",
      assumedBy: { service: "imagebuilder.amazonaws.com" },
    });
    role.allow({
      actions: ["imagebuilder:GetImage", "imagebuilder:ListImageBuildVersions", "imagebuilder:DeleteImage"],
      resources: [props.imageArns],
      unusedInRehearsal: { "imagebuilder:ListImageBuildVersions": selectsByTag },
    });
    role.allow({
      actions: ["imagebuilder:ListImages", "ec2:DescribeImages", "ec2:DescribeSnapshots", "tag:GetResources"],
      everyResource: "the service authorization reference has no resource type for any of the four",
      unusedInRehearsal: { "imagebuilder:ListImages": selectsByTag },
    });
    role.allow({
      actions: ["ec2:DeregisterImage", "ec2:DescribeImageAttribute"],
      resources: [props.amiArns],
      conditions: { StringEquals: { "aws:ResourceTag/Application": props.applicationName } },
    });
    role.allow({
      actions: ["ec2:DeleteSnapshot"],
      resources: [props.snapshotArns],
      conditions: imageBuilderSnapshots(props.imageArns),
    });
    return role;
  }
}
