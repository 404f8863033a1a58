import { readFileSync } from "node:fs";
import { SecurityGroup, Peer, Port } from "aws-cdk-lib/aws-ec2";
import { InstanceProfile, Role } from "aws-cdk-lib/aws-iam";
import {
  CfnComponent,
  CfnDistributionConfiguration,
  CfnImagePipeline,
  CfnImageRecipe,
  CfnInfrastructureConfiguration,
  CfnLifecyclePolicy,
} from "aws-cdk-lib/aws-imagebuilder";
import type { Key } from "aws-cdk-lib/aws-kms";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { arn, settings } from "./settings";
import { allow, allowAgents, logGroup, network, service } from "./shared";

const { name } = settings;
const document = `${__dirname}/../../../../constructs/image/base-component.yml`;

export interface ImageBuildingProps {
  readonly key: Key;
  readonly artifacts: Bucket;
}

/** Everything of Image Builder. */
export class ImageBuilding extends Construct {
  readonly component: CfnComponent;
  readonly recipe: CfnImageRecipe;
  readonly infrastructure: CfnInfrastructureConfiguration;
  readonly distribution: CfnDistributionConfiguration;
  readonly pipeline: CfnImagePipeline;

  constructor(scope: Construct, id: string, props: ImageBuildingProps) {
    super(scope, id);
    this.component = new CfnComponent(this, "Component", {
      name: `${name}-base`,
      description: "Sends the system's log to CloudWatch Logs and checks that Session Manager gets in",
      platform: "Linux",
      supportedOsVersions: ["Amazon Linux 2023"],
      version: "1.0.0",
      data: readFileSync(document, "utf8"),
    });
    this.recipe = new CfnImageRecipe(this, "Recipe", {
      name: `${name}-base`,
      description: "What every release adds its application to; never built by itself",
      version: "1.0.0",
      parentImage: arn("imagebuilder", "image/amazon-linux-2023-arm64/x.x.x", "aws"),
      components: [{ componentArn: this.component.attrArn }],
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: { encrypted: true, volumeSize: 8, volumeType: "gp3", deleteOnTermination: true },
        },
      ],
    });
    this.infrastructure = this.infrastructureOf(props);
    this.distribution = new CfnDistributionConfiguration(this, "Distribution", {
      name: `${name}-image`,
      description: "Where images go, and what they are called",
      distributions: [
        {
          region: settings.region,
          amiDistributionConfiguration: {
            Name: `${name}-{{ imagebuilder:buildDate }}`,
            Description: `An image of ${name}; its tags say which release`,
            AmiTags: { Application: name },
          },
        },
      ],
    });
    const log = logGroup(this, "PipelineLog", `/aws/imagebuilder/${name}-image`, props.key);
    this.pipeline = new CfnImagePipeline(this, "Pipeline", {
      name: `${name}-image`,
      description: "Bakes an image from the recipe of a release",
      imageRecipeArn: this.recipe.attrArn,
      infrastructureConfigurationArn: this.infrastructure.attrArn,
      distributionConfigurationArn: this.distribution.attrArn,
      enhancedImageMetadataEnabled: true,
      imageTestsConfiguration: { imageTestsEnabled: true, timeoutMinutes: 60 },
      status: "ENABLED",
    });
    this.pipeline.node.addDependency(log);
    this.lifecycle();
  }

  /** Deleting images of releases, and their snapshots. */
  allowDeletion(role: Role, actions: string[]): void {
    allow(role, actions, [arn("ec2", "image/*", "")], {
      StringEquals: { "aws:ResourceTag/Application": name },
    });
    allow(role, ["ec2:DeleteSnapshot"], [arn("ec2", "snapshot/*", "")], {
      StringEquals: { "aws:ResourceTag/CreatedBy": "EC2 Image Builder" },
      StringLikeIfExists: {
        "aws:ResourceTag/Ec2ImageBuilderArn": arn("imagebuilder", `image/${name}-release/*`),
      },
    });
  }

  private infrastructureOf({ key, artifacts }: ImageBuildingProps): CfnInfrastructureConfiguration {
    const role = new Role(this, "Role", {
      roleName: `${name}-image-builder`,
      description: "Assumed by the instances that images are built on",
      assumedBy: service("ec2"),
    });
    allow(
      role,
      ["imagebuilder:GetComponent"],
      [this.component.attrArn, arn("imagebuilder", `component/${name}-application/*`)],
    );
    allow(role, ["s3:GetObject", "s3:GetObjectVersion"], [artifacts.arnForObjects("*")]);
    allow(role, ["kms:Decrypt"], [key.keyArn]);
    allow(role, ["s3:ListBucket"], [artifacts.bucketArn]);
    allowAgents(role, logGroup(this, "Log", `/aws/imagebuilder/${name}`, key));
    allow(
      role,
      ["ssm:ListInstanceAssociations", "ssm:UpdateInstanceAssociationStatus"],
      [arn("ec2", "instance/*"), arn("ssm", "association/*")],
    );
    allow(role, ["ssm:DescribeDocument", "ssm:GetDocument"], [arn("ssm", "document/*", "")]);
    allow(role, ["ssm:PutInventory"], ["*"]);
    const profile = new InstanceProfile(this, "Profile", {
      instanceProfileName: `${name}-image-builder`,
      role,
    });
    const group = new SecurityGroup(this, "SecurityGroup", {
      securityGroupName: `${name}-image-builder`,
      description: "Instances that images are built on",
      vpc: network(this),
      allowAllOutbound: false,
    });
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "Packages and the APIs of AWS");
    return new CfnInfrastructureConfiguration(this, "Infrastructure", {
      name: `${name}-image-builder`,
      description: "The instances that images are built and tested on",
      instanceProfileName: profile.instanceProfileName,
      instanceTypes: [settings.builderInstanceType],
      instanceMetadataOptions: { httpPutResponseHopLimit: 1, httpTokens: "required" },
      resourceTags: { Application: name },
      securityGroupIds: [group.securityGroupId],
      subnetId: settings.subnetIds[0],
      terminateInstanceOnFailure: true,
    });
  }

  private lifecycle(): void {
    const role = new Role(this, "LifecycleRole", {
      roleName: `${name}-image-lifecycle`,
      description: "Assumed by Image Builder to delete old images",
      assumedBy: service("imagebuilder"),
    });
    allow(
      role,
      ["imagebuilder:GetImage", "imagebuilder:ListImageBuildVersions", "imagebuilder:DeleteImage"],
      [arn("imagebuilder", `image/${name}-release/*`)],
    );
    allow(
      role,
      ["imagebuilder:ListImages", "ec2:DescribeImages", "ec2:DescribeSnapshots", "tag:GetResources"],
      ["*"],
    );
    this.allowDeletion(role, ["ec2:DeregisterImage", "ec2:DescribeImageAttribute"]);
    new CfnLifecyclePolicy(this, "Lifecycle", {
      name: `${name}-image-lifecycle`,
      description: "Deletes old images with their AMIs and snapshots",
      executionRole: role.roleArn,
      resourceType: "AMI_IMAGE",
      resourceSelection: { tagMap: { Application: name } },
      policyDetails: [
        {
          action: { type: "DELETE", includeResources: { amis: true, containers: false, snapshots: true } },
          exclusionRules: { amis: { isPublic: false, lastLaunched: { unit: "DAYS", value: 30 } } },
          filter: { type: "COUNT", value: 20 },
        },
      ],
    });
  }
}
