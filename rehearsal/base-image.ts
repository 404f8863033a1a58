import {
  GetImageCommand,
  GetImageRecipeCommand,
  ImagebuilderClient,
  StartImagePipelineExecutionCommand,
} from "@aws-sdk/client-imagebuilder";
import { setTimeout as pause } from "node:timers/promises";
import type { ClientOptions } from "./cloud/cloud";

/** Bakes the base image, as its schedule would: the local cloud carries out none. @returns its AMI */
export async function bakeBaseImage(
  options: ClientOptions,
  imagePipelineArn: string,
  signal: AbortSignal,
): Promise<string> {
  const client = new ImagebuilderClient(options);
  const { imageBuildVersionArn } = await client.send(
    new StartImagePipelineExecutionCommand({ imagePipelineArn }),
  );
  for (;;) {
    const { image } = await client.send(new GetImageCommand({ imageBuildVersionArn }));
    const { status, reason } = image?.state ?? {};
    const ami = image?.outputResources?.amis?.find(({ region }) => region === options.region)?.image;
    if (status === "AVAILABLE" && ami !== undefined) return ami;
    if (status === "AVAILABLE" || status === "FAILED" || status === "CANCELLED")
      throw new Error(`the base image ${imageBuildVersionArn} is ${status}: ${reason ?? "it has no AMI"}`);
    await pause(500, undefined, { signal });
  }
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
