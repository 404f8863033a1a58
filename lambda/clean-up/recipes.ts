import {
  DeleteImageRecipeCommand,
  ListImageRecipesCommand,
  type ImagebuilderClient,
} from "@aws-sdk/client-imagebuilder";
import { allPages } from "../shared/pages";
import { isOwnedBy, ownedByOther } from "./ownership";
import type { Removal } from "./removal";

/** Removes every version of the releases' recipe. The others are Terraform's. */
export async function removeRecipes(
  imageBuilder: ImagebuilderClient,
  name: string,
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
    if (recipe.name !== name) continue;
    const thing = `recipe ${recipe.arn}`;
    if (!isOwnedBy(application, recipe.tags)) removal.keep(thing, ownedByOther(application, recipe.tags));
    else
      await removal.remove(thing, () =>
        imageBuilder.send(new DeleteImageRecipeCommand({ imageRecipeArn: recipe.arn })),
      );
  }
}
