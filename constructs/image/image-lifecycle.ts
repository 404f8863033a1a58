import {
  ImagebuilderLifecyclePolicy,
  type ImagebuilderLifecyclePolicyPolicyDetailExclusionRules,
  type ImagebuilderLifecyclePolicyResourceSelection,
} from "@cdktf/provider-aws/lib/imagebuilder-lifecycle-policy";
import { Construct } from "constructs";
import type { BaseImage } from "./base-image";
import { Role } from "../shared/role";
import { imageBuilderSnapshots } from "./snapshots";

const selectsByTag =
  "asked for by a policy that selects by recipe; AWS's own policy for lifecycles grants it to all";

/** Releases take the newest; a release that was prepared and is not baked yet may need the one before. */
const keptBaseImages = 3;

export interface ImageLifecycleProps {
  readonly name: string;
  readonly roleName: string;
  readonly applicationName: string;
  /** Where base images are baked: their recipe, and what their policy is called. */
  readonly baseImages?: { readonly policyName: string; readonly baseImage: BaseImage };
  readonly imageArns: readonly string[];
  readonly amiArns: string;
  readonly snapshotArns: string;
  /** @default 20: how many releases back one can go */
  readonly keepImages?: number;
}

interface Policy {
  readonly name: string;
  readonly description: string;
  readonly selection: ImagebuilderLifecyclePolicyResourceSelection;
  readonly keepImages: number;
  readonly exclusions?: ImagebuilderLifecyclePolicyPolicyDetailExclusionRules;
}

/** Deletes old images with their AMIs and snapshots, but none that an instance of a fleet was started from lately. */
export class ImageLifecycle extends Construct {
  constructor(scope: Construct, id: string, props: ImageLifecycleProps) {
    super(scope, id);
    const role = this.role(props);
    this.policy("Resource", role, {
      name: props.name,
      description: "Deletes old images with their AMIs and snapshots",
      // by tag: each release has a recipe version of its own
      selection: { tagMap: { Application: props.applicationName } },
      keepImages: props.keepImages ?? 20,
      exclusions: { amis: [{ isPublic: false, lastLaunched: [{ unit: "DAYS", value: 30 }] }] },
    });
    if (props.baseImages === undefined) return;
    const { policyName, baseImage } = props.baseImages;
    this.policy("BaseImages", role, {
      name: policyName,
      description: "Deletes old base images with their AMIs and snapshots",
      // by recipe: what a schedule bakes has no tags. Images of another content stay until the stack is destroyed
      selection: { recipe: [{ name: baseImage.recipeName, semanticVersion: baseImage.recipeVersion }] },
      keepImages: keptBaseImages,
    });
  }

  private policy(id: string, role: Role, policy: Policy): void {
    new ImagebuilderLifecyclePolicy(this, id, {
      name: policy.name,
      description: policy.description,
      executionRole: role.arn,
      resourceType: "AMI_IMAGE",
      resourceSelection: [policy.selection],
      policyDetail: [
        {
          // every member is given: the provider can't match a member that it learns of only after the apply
          action: [
            { type: "DELETE", includeResources: [{ amis: true, snapshots: true, containers: false }] },
          ],
          filter: [{ type: "COUNT", value: policy.keepImages }],
          ...(policy.exclusions === undefined ? {} : { exclusionRules: [policy.exclusions] }),
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
      resources: props.imageArns,
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
