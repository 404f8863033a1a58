import {
  CreateImageRecipeCommand,
  GetImageRecipeCommand,
  type ComponentConfiguration,
  type ImageRecipe,
  type ImagebuilderClient,
} from "@aws-sdk/client-imagebuilder";
import { jobFailed } from "../shared/action-failure";
import { hasName, unlessMissing } from "../shared/errors";

/** What a release adds its component to: the content of the base recipe, or an image that it was baked into. */
export type Base = Pick<
  ImageRecipe,
  "components" | "blockDeviceMappings" | "workingDirectory" | "additionalInstanceConfiguration"
> & { readonly parentImage: string };

export interface RecipeVersion {
  readonly name: string;
  readonly version: string;
  readonly arn: string;
  /** What the release adds to the base's components. */
  readonly component: ComponentConfiguration;
  readonly amiTags: Readonly<Record<string, string>>;
  readonly clientToken: string;
}

/** Makes the recipe version: the base and the release's component. Takes an equal one that exists. */
export async function ensureRecipe(
  imageBuilder: ImagebuilderClient,
  base: Base,
  wanted: RecipeVersion,
): Promise<string> {
  const existing = await findRecipe(imageBuilder, wanted.arn);
  if (existing) return checkSame(existing, base, wanted);
  try {
    const { imageRecipeArn } = await imageBuilder.send(
      new CreateImageRecipeCommand({
        name: wanted.name,
        semanticVersion: wanted.version,
        parentImage: base.parentImage,
        components: [...(base.components ?? []), wanted.component],
        blockDeviceMappings: base.blockDeviceMappings,
        workingDirectory: base.workingDirectory,
        additionalInstanceConfiguration: base.additionalInstanceConfiguration,
        amiTags: { ...wanted.amiTags },
        tags: { ...wanted.amiTags },
        clientToken: wanted.clientToken,
      }),
    );
    return imageRecipeArn ?? wanted.arn;
  } catch (error) {
    if (!hasName(error, "ResourceAlreadyExistsException")) throw error;
    const other = await findRecipe(imageBuilder, wanted.arn);
    if (!other) throw error;
    return checkSame(other, base, wanted);
  }
}

/** @throws the service's error when there is no base recipe */
export async function readBaseRecipe(imageBuilder: ImagebuilderClient, arn: string): Promise<Base> {
  const { imageRecipe } = await imageBuilder.send(new GetImageRecipeCommand({ imageRecipeArn: arn }));
  const parentImage = imageRecipe?.parentImage;
  if (!parentImage) throw jobFailed(`the base recipe ${arn} has no parent image`);
  return { ...imageRecipe, parentImage };
}

/**
 * The same with the base recipe's components in the parent image already. The parent is the AMI and not the image of Image
 * Builder: an image that a recipe depends on can't be deleted, and the lifecycle policy has to.
 * https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_DeleteImage.html
 */
export function bakedBase(recipe: Base, imageId: string): Base {
  return { ...recipe, parentImage: imageId, components: [] };
}

async function findRecipe(imageBuilder: ImagebuilderClient, arn: string): Promise<ImageRecipe | undefined> {
  const look = imageBuilder.send(new GetImageRecipeCommand({ imageRecipeArn: arn }));
  return (await unlessMissing(look, "ResourceNotFoundException"))?.imageRecipe;
}

/** Compares what makes the image: parent, components and their parameters. */
function checkSame(existing: ImageRecipe, base: Base, wanted: RecipeVersion): string {
  const expected = contentOf(base.parentImage, [...(base.components ?? []), wanted.component]);
  const found = contentOf(existing.parentImage, existing.components ?? []);
  if (found === expected) return existing.arn ?? wanted.arn;
  throw jobFailed(
    `recipe ${wanted.arn} exists with other content than release ${wanted.version}: it has ${found}, the release ${expected}; a version is never changed`,
    wanted.arn,
  );
}

function contentOf(parentImage: string | undefined, components: readonly ComponentConfiguration[]): string {
  const listed = components.map(({ componentArn, parameters = [] }) => {
    const values = parameters.map(({ name, value }) => `${name}=${(value ?? []).join(" ")}`);
    return `${componentArn}(${values.sort().join(", ")})`;
  });
  return [parentImage, ...listed].join(" + ");
}
