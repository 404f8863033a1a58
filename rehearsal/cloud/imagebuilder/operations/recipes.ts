import type {
  CreateImageRecipeRequest,
  CreateImageRecipeResponse,
  DeleteImageRecipeRequest,
  DeleteImageRecipeResponse,
  GetImageRecipeRequest,
  GetImageRecipeResponse,
  ListImageRecipesRequest,
  ListImageRecipesResponse,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { listed, ownedBySelf } from "../listing";
import { parentPermissions, resolveParent } from "../parent-image";
import { creating, reading } from "../permissions";
import { invalidValue } from "../resources";
import type { ServiceContext } from "../service-context";
import { nextVersion } from "../versions";

export function recipeOperations({ cloud, store, arns, tokens }: ServiceContext) {
  const arnFor = ({ name, semanticVersion }: CreateImageRecipeRequest): string => {
    const taken = store.recipes.all().filter((recipe) => recipe.name === name);
    return arns.recipe(
      name!,
      nextVersion(
        semanticVersion!,
        taken.map(({ version }) => version!),
      ),
    );
  };

  const createImageRecipe: Operation<CreateImageRecipeRequest, CreateImageRecipeResponse> = {
    permissions: (input) => [
      ...creating("CreateImageRecipe", arnFor(input), input.tags),
      ...(input.components ?? []).flatMap(({ componentArn }) =>
        reading("GetComponent", store.component(componentArn!).arn),
      ),
      ...parentPermissions(cloud, store, input.parentImage!),
    ],
    run: (input) =>
      tokens.once("CreateImageRecipe", input, async () => {
        input.components?.forEach((_, index) => checkParameters(input, index));
        await resolveParent(cloud, store, input.parentImage!);
        const { clientToken, semanticVersion: _version, name, tags, ...settings } = input;
        const arn = arnFor(input);
        store.recipes.add({
          ...settings,
          arn,
          name: name!,
          version: arn.split("/").at(-1),
          type: "AMI",
          platform: "Linux",
          owner: cloud.accountId,
          additionalInstanceConfiguration: {
            systemsManagerAgent: { uninstallAfterBuild: false },
            ...input.additionalInstanceConfiguration,
          },
          dateCreated: new Date().toISOString(),
          tags: { ...tags },
        });
        return { clientToken, imageRecipeArn: arn };
      }),
  };

  /** @throws ServiceError when a component lacks a parameter that is given, or needs one that is not */
  function checkParameters({ components }: CreateImageRecipeRequest, index: number): void {
    const { componentArn, parameters = [] } = components![index]!;
    const { document } = store.component(componentArn!);
    const place = `components[${index}].parameters`;
    const undefined_ = parameters.filter(
      ({ name }) => !document.parameters.some((known) => known.name === name),
    );
    if (undefined_.length > 0)
      throw new ServiceError(
        "InvalidParameterCombinationException",
        `The value supplied for parameter '${place}' is not valid. The following parameters are not defined in the provided component: ${undefined_.map(({ name }) => name).join(", ")}`,
      );
    const missing = document.parameters.filter(
      (known) => known.default === undefined && !parameters.some(({ name }) => name === known.name),
    );
    if (missing.length > 0)
      throw new ServiceError(
        "InvalidParameterCombinationException",
        `The value supplied for parameter '${place}' is not valid. The following parameters have no default and must be provided: ${missing.map(({ name }) => name).join(", ")}`,
      );
    if (parameters.some(({ value }) => value?.length !== 1))
      throw invalidValue(place, "Exactly one value is allowed.");
  }

  const getImageRecipe: Operation<GetImageRecipeRequest, GetImageRecipeResponse> = {
    permissions: ({ imageRecipeArn }) => reading("GetImageRecipe", imageRecipeArn!),
    run: ({ imageRecipeArn }) => ({ imageRecipe: store.recipe(imageRecipeArn!) }),
  };

  const deleteImageRecipe: Operation<DeleteImageRecipeRequest, DeleteImageRecipeResponse> = {
    permissions: ({ imageRecipeArn }) => reading("DeleteImageRecipe", imageRecipeArn!),
    run({ imageRecipeArn }) {
      const used = store.pipelines.all().some((pipeline) => pipeline.imageRecipeArn === imageRecipeArn);
      store.recipes.remove(imageRecipeArn!, used);
      return { imageRecipeArn };
    },
  };

  const listImageRecipes: Operation<ListImageRecipesRequest, ListImageRecipesResponse> = {
    permissions: () => reading("ListImageRecipes", "*"),
    run(input) {
      const { items, next } = listed(ownedBySelf(input.owner) ? store.recipes.all() : [], input);
      return { imageRecipeSummaryList: items, nextToken: next };
    },
  };

  return {
    CreateImageRecipe: createImageRecipe,
    GetImageRecipe: getImageRecipe,
    DeleteImageRecipe: deleteImageRecipe,
    ListImageRecipes: listImageRecipes,
  };
}
