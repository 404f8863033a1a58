import {
  DeleteComponentCommand,
  DeleteImageRecipeCommand,
  ListComponentBuildVersionsCommand,
  ListComponentsCommand,
  ListImageRecipesCommand,
  type ImagebuilderClient,
} from "@aws-sdk/client-imagebuilder";
import { applicationTag } from "../../contract/tags";
import { isSameArn } from "../shared/image-builder-arn";
import { allPages } from "../shared/pages";
import type { Removal } from "./removal";

type Tags = Readonly<Record<string, string>> | undefined;

/** Removes every version of the recipe, but the base recipe: that one is Terraform's. */
export async function removeRecipes(
  imageBuilder: ImagebuilderClient,
  name: string,
  baseRecipeArn: string,
  application: string,
  removal: Removal,
): Promise<void> {
  const recipes = await allPages(
    (nextToken) =>
      imageBuilder.send(
        new ListImageRecipesCommand({
          owner: "Self",
          filters: [{ name: "name", values: [name] }],
          nextToken,
        }),
      ),
    (page) => page.imageRecipeSummaryList,
    (page) => page.nextToken,
  );
  for (const recipe of recipes) {
    if (recipe.name !== name || isSameArn(recipe.arn, baseRecipeArn)) continue;
    const thing = `recipe ${recipe.arn}`;
    if (!isOurs(recipe.tags, application)) removal.keep(thing, foreign(recipe.tags, application));
    else
      await removal.remove(thing, () =>
        imageBuilder.send(new DeleteImageRecipeCommand({ imageRecipeArn: recipe.arn })),
      );
  }
}

/** Removes every build of every version of the component. */
export async function removeComponents(
  imageBuilder: ImagebuilderClient,
  name: string,
  application: string,
  removal: Removal,
): Promise<void> {
  const versions = await allPages(
    (nextToken) =>
      imageBuilder.send(
        new ListComponentsCommand({ owner: "Self", filters: [{ name: "name", values: [name] }], nextToken }),
      ),
    (page) => page.componentVersionList,
    (page) => page.nextToken,
  );
  for (const version of versions) {
    if (version.name !== name) continue;
    const builds = await allPages(
      (nextToken) =>
        imageBuilder.send(
          new ListComponentBuildVersionsCommand({ componentVersionArn: version.arn, nextToken }),
        ),
      (page) => page.componentSummaryList,
      (page) => page.nextToken,
    );
    for (const build of builds) {
      const thing = `component ${build.arn}`;
      if (!isOurs(build.tags, application)) removal.keep(thing, foreign(build.tags, application));
      else
        await removal.remove(thing, () =>
          imageBuilder.send(new DeleteComponentCommand({ componentBuildVersionArn: build.arn })),
        );
    }
  }
}

function isOurs(tags: Tags, application: string): boolean {
  return tags?.[applicationTag] === application;
}

function foreign(tags: Tags, application: string): string {
  return `its tag ${applicationTag} is "${tags?.[applicationTag] ?? ""}", not "${application}"`;
}
