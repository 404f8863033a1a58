import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import type { cleanUpFunction, EnvironmentOf } from "../../contract/functions";
import { clientToken } from "../shared/client-token";
import { hasName } from "../shared/errors";
import { pointPipelineTo } from "../shared/image-pipeline";
import { endedImages, removeImage, type Patience } from "./image-versions";
import { removeMachineImages } from "./machine-images";
import { removeComponents, removeRecipes } from "./recipes-and-components";
import { Removal } from "./removal";

export interface Services {
  readonly imageBuilder: ImagebuilderClient;
  readonly ec2In: (region: string) => EC2Client;
}

/**
 * Removes what releases left, each before what it is made from: AMIs, images, recipes, components.
 * @throws Error that lists what could not be removed
 */
export async function cleanUp(
  { imageBuilder, ec2In }: Services,
  environment: EnvironmentOf<typeof cleanUpFunction>,
  patience: Patience,
): Promise<readonly string[]> {
  const { APPLICATION: application, RECIPE_NAME: recipeName, COMPONENT_NAME: componentName } = environment;
  const removal = new Removal();
  await releasePipeline(imageBuilder, environment, patience);
  const images = await endedImages(imageBuilder, { application, recipeName }, patience, removal);
  const amis = images.flatMap((image) => image.amis);
  const regions = environment.REGIONS.split(",").map((region) => region.trim());
  for (const region of new Set([...regions, ...amis.map((ami) => ami.region)])) {
    const ids = amis.filter((ami) => ami.region === region).map((ami) => ami.id);
    await removeMachineImages(ec2In(region), region, application, ids, removal);
  }
  for (const { arn } of images) await removeImage(imageBuilder, arn, removal);
  await removeRecipes(imageBuilder, recipeName, environment.BASE_RECIPE_ARN, application, removal);
  await removeComponents(imageBuilder, componentName, application, removal);
  if (removal.left.length === 0) return removal.removed;
  throw new Error(
    `could not remove ${removal.left.length} of what releases left: ${removal.left.join("; ")}; removed: ${removal.removed.join(", ") || "nothing"}`,
  );
}

/** A recipe that the image pipeline points to can't be deleted. */
async function releasePipeline(
  imageBuilder: ImagebuilderClient,
  { IMAGE_PIPELINE_ARN, BASE_RECIPE_ARN }: EnvironmentOf<typeof cleanUpFunction>,
  { endsAt }: Patience,
): Promise<void> {
  const attempt = { executionId: IMAGE_PIPELINE_ARN, functionName: "clean-up", jobId: String(endsAt) };
  try {
    await pointPipelineTo(
      imageBuilder,
      IMAGE_PIPELINE_ARN,
      BASE_RECIPE_ARN,
      clientToken(attempt, "pipeline"),
    );
  } catch (error) {
    if (!hasName(error, "ResourceNotFoundException")) throw error;
  }
}
