import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ImagebuilderComponent } from "@cdktf/provider-aws/lib/imagebuilder-component";
import {
  ImagebuilderImageRecipe,
  type ImagebuilderImageRecipeBlockDeviceMapping,
} from "@cdktf/provider-aws/lib/imagebuilder-image-recipe";
import { AssetType, Fn, TerraformAsset, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { baseName } from "../../contract/base-image";
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
  /** Gone after the recipe when all is destroyed: the clean-up, which removes the components. */
  readonly outlivedBy: readonly ITerraformDependable[];
  /** @default 8: what Amazon Linux 2023 asks for at least, and room for the application */
  readonly volumeGigabytes?: number;
}

/** What every release adds its application to: the parent image, the platform's own component and the volume. */
export class BaseImage extends Construct {
  readonly recipeArn: string;
  readonly recipeName: string;
  readonly recipeVersion = version;
  readonly componentArn: string;
  readonly parentImageArn: string;
  private readonly parentImageVersionsArn: string;

  constructor(scope: Construct, id: string, props: BaseImageProps) {
    super(scope, id);
    const volume = rootVolume(props.volumeGigabytes ?? 8);
    const content = readFileSync(document);
    const component = this.component(baseName(props.namePrefix, sha256(content)));
    this.recipeName = baseName(
      props.namePrefix,
      sha256(JSON.stringify([content.toString(), props.parentImageArn, volume])),
    );
    const recipe = new ImagebuilderImageRecipe(this, "Resource", {
      name: this.recipeName,
      description: "What every release adds its application to",
      version,
      parentImage: props.parentImageArn,
      component: [{ componentArn: component.arn }],
      blockDeviceMapping: [volume],
      tags: { Application: props.applicationName },
      lifecycle: { createBeforeDestroy: true },
      dependsOn: [...props.outlivedBy],
    });
    acceptFindings(recipe, {
      CKV_AWS_200:
        "encrypted with the account's key for volumes; a key of ours would have to be granted to Auto Scaling in every account",
    });
    this.componentArn = component.arn;
    this.recipeArn = recipe.arn;
    this.parentImageArn = props.parentImageArn;
    this.parentImageVersionsArn = props.parentImageVersionsArn;
  }

  /** To read the recipe, and to use what it is made of in another one. */
  grantExtend(grantee: Grantee): void {
    grantee.allow({ actions: ["imagebuilder:GetImageRecipe"], resources: [this.recipeArn] });
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
      // recipes of releases use it, also after it was replaced, and keep it from being deleted; the clean-up does
      skipDestroy: true,
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

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
