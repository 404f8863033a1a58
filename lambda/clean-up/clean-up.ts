import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import { isBaseName } from "../../contract/base-image";
import type { cleanUpFunction, EnvironmentOf } from "../../contract/functions";
import { removeComponents } from "./components";
import { endedImages, removeImage, type Patience } from "./image-versions";
import { removeMachineImages } from "./machine-images";
import { removeRecipes } from "./recipes";
import { Removal } from "./removal";

export interface Services {
  readonly imageBuilder: ImagebuilderClient;
  readonly ec2In: (region: string) => EC2Client;
}

/**
 * Removes what releases and base images left, each before what it is made from: AMIs, images, recipes, components. By then
 * Terraform has removed the image pipelines, so nothing begins any more, and its own recipes, which the base components are
 * in.
 * @throws Error that lists what could not be removed
 */
export async function cleanUp(
  { imageBuilder, ec2In }: Services,
  environment: EnvironmentOf<typeof cleanUpFunction>,
  patience: Patience,
): Promise<readonly string[]> {
  const { APPLICATION: application, RECIPE_NAME: recipeName, COMPONENT_NAME: componentName } = environment;
  const isBase = (name: string): boolean => isBaseName(environment.BASE_NAME_PREFIX, name);
  const removal = new Removal();
  const isOurs = (name: string): boolean => name === recipeName || isBase(name);
  const images = await endedImages(imageBuilder, { application, isOurs }, patience, removal);
  const amis = images.flatMap((image) => image.amis);
  const regions = environment.REGIONS.split(",").map((region) => region.trim());
  const owner = { application, names: [application, environment.BASE_NAME_PREFIX] };
  for (const region of new Set([...regions, ...amis.map((ami) => ami.region)])) {
    const ids = amis.filter((ami) => ami.region === region).map((ami) => ami.id);
    await removeMachineImages(ec2In(region), region, owner, ids, removal);
  }
  for (const { arn } of images) await removeImage(imageBuilder, arn, removal);
  await removeRecipes(imageBuilder, recipeName, application, removal);
  const isOurComponent = (name: string): boolean => name === componentName || isBase(name);
  await removeComponents(imageBuilder, isOurComponent, application, removal);
  if (removal.left.length === 0) return removal.removed;
  throw new Error(
    `could not remove ${removal.left.length} of what releases left: ${removal.left.join("; ")}; removed: ${removal.removed.join(", ") || "nothing"}`,
  );
}
