import { ImagebuilderImagePipeline } from "@cdktf/provider-aws/lib/imagebuilder-image-pipeline";
import { Construct } from "constructs";
import type { EncryptionKey } from "../shared/encryption-key";
import { LogGroup } from "../shared/log-group";
import type { Grantee } from "../shared/role";
import type { BaseImage } from "./base-image";
import type { CleanUp } from "./clean-up";
import type { ImageBuilder } from "./image-builder";
import { ImageDistribution } from "./image-distribution";
import { imageTests } from "./image-tests";
import { InitialRecipe } from "./initial-recipe";

/** What every image is baked with, the base image as well. */
export interface Baking {
  readonly applicationName: string;
  readonly region: string;
  readonly testsEnabled: boolean;
  readonly baseImage: BaseImage;
  readonly imageBuilder: ImageBuilder;
  readonly cleanUp: CleanUp;
  readonly key: EncryptionKey;
}

export interface ImagePipelineProps extends Baking {
  readonly name: string;
  readonly initialRecipeName: string;
  /** Every image of the releases' recipe. */
  readonly imageArns: string;
  readonly imageRecipeArns: string;
}

/** Turns a recipe into an image. Which recipe, each release says; Terraform only names one to begin with. */
export class ImagePipeline extends Construct {
  readonly arn: string;
  private readonly distribution: ImageDistribution;

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
    const { log: instanceLog, role } = props.imageBuilder;
    props.cleanUp.keepMeanwhile(log.resource, instanceLog.resource, ...role.policies);
    this.distribution = new ImageDistribution(this, "Distribution", {
      name: props.name,
      region: props.region,
      amiNamePrefix: props.applicationName,
      amiDescription: `An image of ${props.applicationName}; its tags say which release`,
      amiTags: { Application: props.applicationName },
    });
    const initialRecipe = new InitialRecipe(this, "InitialRecipe", {
      recipeName: props.initialRecipeName,
      baseImage: props.baseImage,
      outlivedBy: [props.cleanUp.invocation],
    });
    const pipeline = new ImagebuilderImagePipeline(this, "Resource", {
      name: props.name,
      description: "Bakes an image from the recipe of a release",
      imageRecipeArn: initialRecipe.arn,
      infrastructureConfigurationArn: props.imageBuilder.configurationArn,
      distributionConfigurationArn: this.distribution.arn,
      imageTestsConfiguration: imageTests(props.testsEnabled),
      enhancedImageMetadataEnabled: true,
      status: "ENABLED",
      tags: { Application: props.applicationName },
      // bake-image points it at the recipe of the release
      lifecycle: { ignoreChanges: ["image_recipe_arn"] },
      // a recipe that it points at could not be removed
      dependsOn: [log.resource, props.cleanUp.invocation],
    });
    this.arn = pipeline.arn;
  }

  /** To bake the recipe of a release, and to see how it goes. */
  grantBake(grantee: Grantee): void {
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
      resources: [this.distribution.arn],
    });
    grantee.allow({ actions: ["imagebuilder:GetImageRecipe"], resources: [this.props.imageRecipeArns] });
    grantee.allow({ actions: ["imagebuilder:StartImagePipelineExecution"], resources: [this.arn] });
    grantee.allow({
      actions: ["imagebuilder:GetImage", "imagebuilder:TagResource"],
      resources: [this.props.imageArns],
    });
  }
}
