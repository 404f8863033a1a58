import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ImagebuilderComponent } from "@cdktf/provider-aws/lib/imagebuilder-component";
import {
  ImagebuilderImageRecipe,
  type ImagebuilderImageRecipeBlockDeviceMapping,
} from "@cdktf/provider-aws/lib/imagebuilder-image-recipe";
import { AssetType, Fn, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { acceptFindings } from "../shared/accepted-finding";
import type { Grantee } from "../shared/role";

const document = "constructs/image/base-component.yml";
/** The numbers stand still: a new content is a new name, which may exist beside the old one until that is replaced. */
const version = "1.0.0";

export interface BaseImageProps {
  /** First part of the component's and the recipe's names; what follows is made from their content. */
  readonly namePrefix: string;
  /** Image Builder's own image that everything starts from. */
  readonly parentImageArn: string;
  /** The same in any version, for permissions. */
  readonly parentImageVersionsArn: string;
  readonly applicationName: string;
  /** @default 8: what Amazon Linux 2023 asks for at least, and room for the application */
  readonly volumeGigabytes?: number;
}

/** What every release adds its application to: the parent image, the platform's own component and the volume. */
export class BaseImage extends Construct {
  readonly recipeArn: string;
  readonly componentArn: string;
  private readonly parentImageVersionsArn: string;

  constructor(scope: Construct, id: string, props: BaseImageProps) {
    super(scope, id);
    const volume = rootVolume(props.volumeGigabytes ?? 8);
    const content = readFileSync(document);
    const component = this.component(`${props.namePrefix}-${digest(content)}`);
    const recipe = new ImagebuilderImageRecipe(this, "Resource", {
      name: `${props.namePrefix}-${digest(JSON.stringify([content.toString(), props.parentImageArn, volume]))}`,
      description: "What every release adds its application to; never built by itself",
      version,
      parentImage: props.parentImageArn,
      component: [{ componentArn: component.arn }],
      blockDeviceMapping: [volume],
      tags: { Application: props.applicationName },
      lifecycle: { createBeforeDestroy: true },
    });
    acceptFindings(recipe, {
      CKV_AWS_200:
        "encrypted with the account's key for volumes; a key of ours would have to be granted to Auto Scaling in every account",
    });
    this.componentArn = component.arn;
    this.recipeArn = recipe.arn;
    this.parentImageVersionsArn = props.parentImageVersionsArn;
  }

  grantRead(grantee: Grantee): void {
    grantee.allow({ actions: ["imagebuilder:GetImageRecipe"], resources: [this.recipeArn] });
  }

  /** To read the recipe, and to use what it is made of in another one. */
  grantExtend(grantee: Grantee): void {
    this.grantRead(grantee);
    // CreateImageRecipe depends on these three, says the service authorization reference
    grantee.allow({ actions: ["imagebuilder:GetComponent"], resources: [this.componentArn] });
    grantee.allow({ actions: ["imagebuilder:GetImage"], resources: [this.parentImageVersionsArn] });
    grantee.allow({
      actions: ["ec2:DescribeImages"],
      everyResource: "EC2 takes no resource for Describe actions",
    });
  }

  private component(name: string): ImagebuilderComponent {
    const asset = new TerraformAsset(this, "Document", { path: document, type: AssetType.FILE });
    const component = new ImagebuilderComponent(this, "Component", {
      name,
      description: "Sends the system's log to CloudWatch Logs and checks that Session Manager gets in",
      platform: "Linux",
      supportedOsVersions: ["Amazon Linux 2023"],
      version,
      // byte for byte: as a string, Terraform would read ${ in it
      data: Fn.file(asset.path),
      lifecycle: { createBeforeDestroy: true },
    });
    acceptFindings(component, { CKV_AWS_180: "the document is in this repository, no secret" });
    return component;
  }
}

function rootVolume(gigabytes: number): ImagebuilderImageRecipeBlockDeviceMapping {
  return {
    deviceName: "/dev/xvda",
    ebs: { encrypted: "true", volumeType: "gp3", volumeSize: gigabytes, deleteOnTermination: "true" },
  };
}

function digest(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 8);
}
