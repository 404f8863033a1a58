import { ImagebuilderDistributionConfiguration } from "@cdktf/provider-aws/lib/imagebuilder-distribution-configuration";
import { ImagebuilderImagePipeline } from "@cdktf/provider-aws/lib/imagebuilder-image-pipeline";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { acceptFindings } from "../shared/accepted-finding";
import type { EncryptionKey } from "../shared/encryption-key";
import { LogGroup } from "../shared/log-group";
import type { Grantee } from "../shared/role";
import type { BaseImage } from "./base-image";
import type { ImageBuilder } from "./image-builder";

export interface ImagePipelineProps {
  readonly name: string;
  readonly applicationName: string;
  readonly region: string;
  readonly baseImage: BaseImage;
  readonly imageBuilder: ImageBuilder;
  readonly key: EncryptionKey;
  /** Every image of the releases' recipe. */
  readonly imageArns: string;
  readonly imageRecipeArns: string;
}

/** Turns a recipe into an image. Which recipe, each release says; Terraform only names the first. */
export class ImagePipeline extends Construct {
  readonly arn: string;
  readonly resource: ITerraformDependable;
  private readonly distributionArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ImagePipelineProps,
  ) {
    super(scope, id);
    const log = new LogGroup(this, "Log", {
      logGroupName: `/aws/imagebuilder/pipeline/${props.name}`,
      key: props.key,
    });
    this.distributionArn = this.distribution(props);
    const pipeline = new ImagebuilderImagePipeline(this, "Resource", {
      name: props.name,
      description: "Bakes an image from the recipe of a release",
      imageRecipeArn: props.baseImage.recipeArn,
      infrastructureConfigurationArn: props.imageBuilder.configurationArn,
      distributionConfigurationArn: this.distributionArn,
      // the component's test phase runs on an instance of the finished image
      imageTestsConfiguration: { imageTestsEnabled: true, timeoutMinutes: 60 },
      enhancedImageMetadataEnabled: true,
      status: "ENABLED",
      tags: { Application: props.applicationName },
      // bake-image points it at the recipe of the release
      lifecycle: { ignoreChanges: ["image_recipe_arn"] },
      dependsOn: [log.resource],
    });
    this.arn = pipeline.arn;
    this.resource = pipeline;
  }

  /** To point the pipeline back at the base recipe. */
  grantPointBack(grantee: Grantee): void {
    this.grantPoint(grantee);
    this.props.baseImage.grantRead(grantee);
  }

  /** To bake the recipe of a release, and to see how it goes. */
  grantBake(grantee: Grantee): void {
    this.grantPoint(grantee);
    grantee.allow({ actions: ["imagebuilder:GetImageRecipe"], resources: [this.props.imageRecipeArns] });
    grantee.allow({ actions: ["imagebuilder:StartImagePipelineExecution"], resources: [this.arn] });
    grantee.allow({
      actions: ["imagebuilder:GetImage", "imagebuilder:TagResource"],
      resources: [this.props.imageArns],
    });
  }

  private grantPoint(grantee: Grantee): void {
    grantee.allow({
      actions: ["imagebuilder:GetImagePipeline", "imagebuilder:UpdateImagePipeline"],
      resources: [this.arn],
    });
    // UpdateImagePipeline depends on reading what the pipeline is to be made of, says the service authorization reference
    grantee.allow({
      actions: ["imagebuilder:GetInfrastructureConfiguration"],
      resources: [this.props.imageBuilder.configurationArn],
    });
    grantee.allow({
      actions: ["imagebuilder:GetDistributionConfiguration"],
      resources: [this.distributionArn],
    });
  }

  private distribution(props: ImagePipelineProps): string {
    const configuration = new ImagebuilderDistributionConfiguration(this, "Distribution", {
      name: props.name,
      description: "Where images go, and what they are called",
      distribution: [
        {
          region: props.region,
          amiDistributionConfiguration: {
            name: `${props.applicationName}-{{ imagebuilder:buildDate }}`,
            description: `An image of ${props.applicationName}; its tags say which release`,
            amiTags: { Application: props.applicationName },
          },
        },
      ],
    });
    acceptFindings(configuration, {
      CKV_AWS_199:
        "encrypted with the account's key for volumes; a key of ours would have to be granted to Auto Scaling in every account",
    });
    return configuration.arn;
  }
}
