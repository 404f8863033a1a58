import { GetImageRecipeCommand, ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import { bakeImage } from "./bake-image";
import type { ClientOptions } from "./cloud/cloud";

/** Bakes the base image, as its schedule would: the local cloud carries out none. @returns its AMI */
export async function bakeBaseImage(
  options: ClientOptions,
  imagePipelineArn: string,
  signal: AbortSignal,
): Promise<string> {
  const image = await bakeImage(new ImagebuilderClient(options), { imagePipelineArn }, signal);
  const ami = image.outputResources?.amis?.find(({ region }) => region === options.region)?.image;
  if (ami === undefined)
    throw new Error(`the image ${image.arn} is AVAILABLE and has no AMI in ${options.region}`);
  return ami;
}

/** @throws Error unless the recipe adds one component, the application's, to the AMI */
export async function requireBakedOn(options: ClientOptions, recipeArn: string, ami: string): Promise<void> {
  const { imageRecipe } = await new ImagebuilderClient(options).send(
    new GetImageRecipeCommand({ imageRecipeArn: recipeArn }),
  );
  const { parentImage, components = [] } = imageRecipe ?? {};
  if (parentImage !== ami || components.length !== 1)
    throw new Error(
      `recipe ${recipeArn} adds ${components.length} components to ${parentImage}, not the application's to the base image ${ami}`,
    );
}
