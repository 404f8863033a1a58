import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { LaunchTemplate, type LaunchTemplateConfig } from "@cdktf/provider-aws/lib/launch-template";
import { Fn } from "cdktf";
import { Construct } from "constructs";

export interface LaunchTemplatesProps {
  readonly applicationName: string;
  readonly environmentName: string;
  readonly blueprintName: string;
  readonly releaseName: string;
  readonly architecture: "arm64" | "x86_64";
  readonly instanceType: string;
  readonly instanceProfileName: string;
  readonly securityGroupId: string;
  /** @default 8, as the image's */
  readonly volumeGigabytes?: number;
}

/**
 * Two templates. The blueprint is everything but the image, and Terraform's. The release template is the pipeline's: each
 * of its versions is the blueprint of that day with an image. Terraform makes the first one and never looks again.
 */
export class LaunchTemplates extends Construct {
  readonly releaseId: string;
  /** Of the newest release that was rolled out. */
  readonly releaseDefaultVersion: string;

  constructor(scope: Construct, id: string, props: LaunchTemplatesProps) {
    super(scope, id);
    new LaunchTemplate(this, "Blueprint", {
      ...settings(props),
      name: props.blueprintName,
      description: "Everything but the image",
      updateDefaultVersion: true,
    });
    const release = new LaunchTemplate(this, "Release", {
      ...settings(props),
      name: props.releaseName,
      description: "Placeholder until the first release",
      imageId: this.placeholderImage(props.architecture),
      // the pipeline makes the versions and says which one is the default
      lifecycle: { ignoreChanges: "all" },
    });
    this.releaseId = release.id;
    this.releaseDefaultVersion = Fn.tostring(release.defaultVersion);
  }

  /** An image that exists: a group needs one, even while it has no instances. */
  private placeholderImage(architecture: "arm64" | "x86_64"): string {
    return new DataAwsSsmParameter(this, "PlaceholderImage", {
      name: `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`,
    }).insecureValue;
  }
}

function settings(props: LaunchTemplatesProps): LaunchTemplateConfig {
  // permissions select by these, so they stand here and not in the stack's default tags
  const tags = { Application: props.applicationName, Environment: props.environmentName };
  return {
    tags,
    instanceType: props.instanceType,
    iamInstanceProfile: { name: props.instanceProfileName },
    vpcSecurityGroupIds: [props.securityGroupId],
    ebsOptimized: "true",
    // no key_name: Session Manager is the way in
    metadataOptions: {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
      // send-logs reads its application and environment there
      instanceMetadataTags: "enabled",
    },
    monitoring: { enabled: true },
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: {
          encrypted: "true",
          volumeType: "gp3",
          volumeSize: props.volumeGigabytes ?? 8,
          deleteOnTermination: "true",
        },
      },
    ],
    tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
      resourceType,
      tags,
    })),
  };
}
