import {
  GetImagePipelineCommand,
  UpdateImagePipelineCommand,
  type ImagePipeline,
  type ImagebuilderClient,
} from "@aws-sdk/client-imagebuilder";
import { jobFailed } from "./action-failure";
import { isSameArn } from "./image-builder-arn";

/** Points the image pipeline to a recipe; does nothing if it points there. @returns the pipeline */
export async function pointPipelineTo(
  imageBuilder: ImagebuilderClient,
  imagePipelineArn: string,
  imageRecipeArn: string,
  clientToken: string,
): Promise<ImagePipeline> {
  const { imagePipeline } = await imageBuilder.send(new GetImagePipelineCommand({ imagePipelineArn }));
  if (!imagePipeline) throw jobFailed(`Image Builder returned no image pipeline ${imagePipelineArn}`);
  if (isSameArn(imagePipeline.imageRecipeArn, imageRecipeArn)) return imagePipeline;
  // An update replaces everything: what it does not repeat is gone. What is repeated is Terraform's.
  await imageBuilder.send(
    new UpdateImagePipelineCommand({
      imagePipelineArn,
      imageRecipeArn,
      clientToken,
      infrastructureConfigurationArn: imagePipeline.infrastructureConfigurationArn,
      distributionConfigurationArn: imagePipeline.distributionConfigurationArn,
      description: imagePipeline.description,
      enhancedImageMetadataEnabled: imagePipeline.enhancedImageMetadataEnabled,
      executionRole: imagePipeline.executionRole,
      imageScanningConfiguration: imagePipeline.imageScanningConfiguration,
      imageTags: imagePipeline.imageTags,
      imageTestsConfiguration: imagePipeline.imageTestsConfiguration,
      loggingConfiguration: imagePipeline.loggingConfiguration,
      schedule: imagePipeline.schedule,
      status: imagePipeline.status,
      workflows: imagePipeline.workflows,
    }),
  );
  return imagePipeline;
}
