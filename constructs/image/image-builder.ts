import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { ImagebuilderInfrastructureConfiguration } from "@cdktf/provider-aws/lib/imagebuilder-infrastructure-configuration";
import { Construct } from "constructs";
import type { ArtifactBucket } from "../build/artifact-bucket";
import type { Network } from "../shared/network";
import { LogGroup } from "../shared/log-group";
import type { EncryptionKey } from "../shared/encryption-key";
import { Role } from "../shared/role";
import { SecurityGroup } from "../shared/security-group";
import { grantInventory, grantSystemsManager } from "../shared/systems-manager";

export interface ImageBuilderProps {
  readonly name: string;
  readonly applicationName: string;
  readonly instanceType: string;
  readonly network: Network;
  readonly artifacts: ArtifactBucket;
  readonly key: EncryptionKey;
  /** Components that an instance runs. */
  readonly componentArns: readonly string[];
  /** Image Builder writes what an instance does to `/aws/imagebuilder/<recipe>`. */
  readonly recipeName: string;
  readonly instanceArns: string;
  readonly associationArns: string;
  readonly documentArns: readonly string[];
  /** Objects in Image Builder's own buckets. */
  readonly imageBuilderObjectArns: readonly string[];
}

/** The instances that images are built and tested on: without inbound, without key pair, gone when done or failed. */
export class ImageBuilder extends Construct {
  readonly configurationArn: string;
  /** Of the releases' images. */
  readonly log: LogGroup;
  /** Of the instances. */
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ImageBuilderProps) {
    super(scope, id);
    this.log = new LogGroup(this, "Log", {
      logGroupName: `/aws/imagebuilder/${props.recipeName}`,
      key: props.key,
    });
    this.role = this.makeRole(props);
    const profile = new IamInstanceProfile(this, "Profile", { name: props.name, role: this.role.roleName });
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      securityGroupName: props.name,
      description: "Instances that images are built on",
      vpcId: props.network.vpcId,
    });
    // packages, the artifact and AWS's APIs all come over TLS
    securityGroup.allowToInternet(443, "Packages and the APIs of AWS");
    const configuration = new ImagebuilderInfrastructureConfiguration(this, "Resource", {
      name: props.name,
      description: "The instances that images are built and tested on",
      instanceProfileName: profile.name,
      instanceTypes: [props.instanceType],
      subnetId: props.network.firstSubnetId,
      securityGroupIds: [securityGroup.id],
      instanceMetadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      terminateInstanceOnFailure: true,
      resourceTags: { Application: props.applicationName },
      dependsOn: this.role.policies,
    });
    this.configurationArn = configuration.arn;
  }

  /** For images of another recipe than the releases'. */
  writeLog(log: LogGroup): void {
    log.grantWriteAsAgent(this.role);
  }

  private makeRole(props: ImageBuilderProps): Role {
    const role = new Role(this, "Role", {
      roleName: props.name,
      description: "Assumed by the instances that Image Builder builds and tests images on",
      assumedBy: { service: "ec2.amazonaws.com" },
    });
    // what AWS's EC2InstanceProfileForImageBuilder and AmazonSSMManagedInstanceCore allow, cut down to what is ours and used:
    // no reading of parameters, no snapshots, no other account's documents
    role.allow({ actions: ["imagebuilder:GetComponent"], resources: props.componentArns });
    props.artifacts.grantRead(role);
    // the program that runs components, and what it starts with
    role.allow({ actions: ["s3:GetObject"], resources: props.imageBuilderObjectArns });
    this.log.grantWriteAsAgent(role);
    grantSystemsManager(role, props.instanceArns);
    grantInventory(role, props);
    return role;
  }
}
